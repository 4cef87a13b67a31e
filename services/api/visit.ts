import type { IncomingMessage, ServerResponse } from "node:http";
import { secretId } from "../shared/ids.ts";
import { type Trace, traceOf } from "./trace-context.ts";

/** What is known of a request before anybody has looked at what it wants. */
export interface Visit {
  requestId: string;
  trace: Trace | undefined;
  /** The headers of whatever is answered, names and values in turn. */
  headers: string[];
}

/** This gateway and how many requests it has had: unlike any other's, and made without asking for randomness each time. */
const gateway = secretId();
let count = 0;
const nextId = (): string => `${gateway}.${(++count).toString(36)}`;

const visits = new WeakMap<IncomingMessage, Visit>();

export function visitOf(req: IncomingMessage): Visit {
  const known = visits.get(req);
  if (known) return known;
  const { headers } = req;
  const given = headers["x-request-id"];
  const requestId = typeof given === "string" && /^[\w.:-]{1,100}$/.test(given) ? given : nextId();
  const trace = headers.traceparent === undefined ? undefined : traceOf(headers.traceparent, headers.tracestate);
  const own = ["X-Request-Id", requestId];
  if (trace) own.push("traceparent", trace.traceparent);
  return { requestId, trace, headers: own };
}

/** From here on the request is moleculer-web's: it reads the id from the headers, and answers set theirs one by one. */
export function enter(req: IncomingMessage, res: ServerResponse, visit: Visit, head: readonly string[]): void {
  visits.set(req, visit);
  req.headers["x-request-id"] = visit.requestId;
  // moleculer-web would take this one instead.
  delete req.headers["x-correlation-id"];
  for (const headers of [head, visit.headers]) {
    for (let at = 0; at < headers.length; at += 2) res.setHeader(headers[at] as string, headers[at + 1] as string);
  }
}
