import type { Meta } from "../access.ts";
import { badRequest } from "../shared/errors.ts";
import { newId, sha256 } from "../shared/ids.ts";

/** JSON with the fields of every object in one order, so that equal values are equal texts. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, part]) => `${JSON.stringify(name)}:${canonical(part)}`).join()}}`;
}

/** The client's key, checked; undefined where none came and none is needed. */
export function clientKey(header: string | undefined, needed: boolean): string | undefined {
  if (header === undefined) {
    if (!needed) return undefined;
    throw badRequest("IDEMPOTENCY_KEY_REQUIRED", "Send an Idempotency-Key, the same whenever you repeat this request");
  }
  if (!/^[\x20-\x7e]{1,200}$/.test(header)) {
    throw badRequest("IDEMPOTENCY_KEY_INVALID", "An Idempotency-Key has 1 to 200 printable ASCII characters");
  }
  return header;
}

export interface KeyedRequest {
  method: string;
  /** With its params filled in. */
  path: string;
  params: Record<string, unknown>;
}

/**
 * What names this request for ever: who asks (a guest is the cart), for what, under which key. Two guests with the same
 * key text never meet. Without a key every request is its own.
 */
export function requestName(key: string | undefined, { method, path, params }: KeyedRequest, meta: Meta): string {
  if (key === undefined) return newId();
  const cart = typeof params.cartId === "string" ? params.cartId : "";
  const principal = meta.userId ? `user ${meta.userId}` : `guest ${cart}`;
  return sha256([principal, method, path, key].map((part) => JSON.stringify(part)).join());
}

export const fingerprint = (params: unknown): string => sha256(canonical(params));

/** Whether an error is the business's last word on this request; everything else may go better another time. */
export function isFinal(error: unknown): boolean {
  const { code, data } = error as { code?: unknown; data?: { final?: unknown; orderId?: unknown } };
  return (code === 402 || code === 409) && (data?.final === true || typeof data?.orderId === "string");
}
