import type { Access } from "./contract.ts";
import { forbidden, unauthorized } from "./shared/errors.ts";

/** The services through which the outside comes in, and the operator's socket. */
const EDGES = new Set(["api", "grpc"]);
export const OPERATOR = "control";

/** What a request carries from node to node; only the edges fill it, from a verified token. */
export interface Meta {
  userId?: string;
  permissions?: string[];
  /** The session that the access token is of. */
  sessionId?: string;
  /** The key of this request, as the edge claimed it. */
  idempotencyKey?: string;
  /** Where this belongs in a trace that began outside (W3C Trace Context). */
  traceparent?: string;
  tracestate?: string;
  /** What a guest shows to see an order. */
  orderToken?: string;
}

/** True where the call came in from outside: its params are checked strictly and its access by the contract. */
export const fromEdge = (caller: string | null): boolean => caller === null || EDGES.has(caller) || caller === OPERATOR;

export const holds = (meta: Meta, permission: string): boolean =>
  meta.permissions?.some((held) => held === permission || held === "*") ?? false;

/**
 * Throws where `caller` may not make this call. Services are trusted; the operator, who can read the data folder, is
 * too; a call that does not say who makes it is refused. Whose document it is, the service itself checks.
 */
export function authorize(access: Access, caller: string | null, meta: Meta): void {
  if (caller === null) throw forbidden("CALLER_MISSING", "A call must say which service makes it");
  if (!EDGES.has(caller)) return;
  if (access === "public" || access === "edge" || typeof access === "object") return;
  if (access === "internal") throw forbidden("ACTION_INTERNAL", "Only services may do this");
  if (!meta.userId) throw unauthorized("SIGN_IN_REQUIRED", "Sign in to do this");
  if (access !== "customer" && !holds(meta, access)) {
    throw forbidden("PERMISSION_MISSING", `This needs the permission ${access}`, { permission: access });
  }
}
