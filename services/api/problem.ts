import { STATUS_CODES } from "node:http";
import { Errors } from "moleculer";
import { typeOf } from "../shared/errors.ts";
import { versionTag } from "./conditions.ts";
import { limitHeaders } from "./rate-limits.ts";

/** RFC 9457, with the machine's word in `code` and the ids and figures of the error beside it. */
export interface Problem {
  type: "about:blank";
  title: string;
  status: number;
  detail: string;
  code: string;
  requestId: string;
  errors?: { path: string; message: string }[];
  [field: string]: unknown;
}

interface Kind {
  status: number;
  code: string;
  detail: string;
}

const away: Kind = {
  status: 503,
  code: "SERVICE_UNAVAILABLE",
  detail: "A part of the shop is away at the moment: try again",
};

/** What Moleculer's own errors mean to somebody outside. */
const OWN: Record<string, Kind> = {
  SERVICE_NOT_FOUND: away,
  SERVICE_NOT_AVAILABLE: away,
  REQUEST_REJECTED: away,
  REQUEST_SKIPPED: away,
  QUEUE_FULL: away,
  BAD_GATEWAY: away,
  REQUEST_TIMEOUT: {
    status: 504,
    code: "SERVICE_TIMEOUT",
    detail: "The answer took too long; whether the request had an effect is not known yet",
  },
  ANSWER_TOO_LARGE: {
    status: 500,
    code: "ANSWER_TOO_LARGE",
    detail: "The answer is larger than can be passed on; what was asked for has been done",
  },
  UNABLE_DECODE_PARAM: { status: 400, code: "PATH_MALFORMED", detail: "The path is not valid percent-encoded UTF-8" },
};
const RESERVED = new Set(["type", "title", "status", "detail", "code", "requestId", "errors", "final"]);

/** What the outside is told of an error: of one that was not foreseen only that it happened. */
export function problemOf(error: unknown, requestId: string): Problem {
  const { status, code, detail } = kindOf(error);
  const data = status === 500 ? {} : ((error as { data?: Record<string, unknown> }).data ?? {});
  const own = OWN[typeOf(error) ?? ""] ? [] : Object.entries(data).filter(([name]) => !RESERVED.has(name));
  return {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail,
    code,
    requestId,
    ...(Array.isArray(data.errors) ? { errors: data.errors as { path: string; message: string }[] } : {}),
    ...Object.fromEntries(own),
  };
}

function kindOf(error: unknown): Kind {
  const type = typeOf(error);
  if (error instanceof Errors.MoleculerError && type) {
    const known = OWN[type];
    if (known) return known;
    const { code, message } = error;
    const said = error instanceof Errors.MoleculerClientError && code >= 400 && code < 500;
    if (said || (error instanceof Errors.MoleculerRetryableError && code === 503)) {
      return { status: code, code: type, detail: message };
    }
  }
  return { status: 500, code: "INTERNAL_ERROR", detail: "Something went wrong on our side; it has been noted" };
}

/** The headers that belong to a problem. */
export function headersOf({ status, code, allow, ...rest }: Problem): Record<string, string> {
  if (status === 401) {
    const why = code.startsWith("TOKEN_") ? ', error="invalid_token"' : "";
    return { "WWW-Authenticate": `Bearer realm="molecart"${why}` };
  }
  if (status === 405 && Array.isArray(allow)) return { Allow: allow.join(", ") };
  if (status === 429) return limitHeaders(rest);
  if (status === 412 && Number.isInteger(rest.rev)) return { ETag: versionTag(rest.rev as number) };
  if (status === 503 && Number.isInteger(rest.retryAfter)) return { "Retry-After": String(rest.retryAfter) };
  if (status === 503 || code === "IDEMPOTENCY_IN_PROGRESS") return { "Retry-After": "1" };
  return {};
}
