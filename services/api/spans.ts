import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Context } from "moleculer";
import type { IncomingRequest } from "moleculer-web";
import type { Endpoint } from "./routes.ts";
import { parentOf } from "./trace-context.ts";

/** Where the spans of a request belong: under the caller's where it sent one, otherwise in a trace of their own. */
export function originOf({ url = "", headers }: IncomingMessage): { traceID: string; id: string; sampled: boolean } {
  const parent = parentOf(headers.traceparent);
  // Probes come every half second, and nobody looks for them.
  const wanted = !url.startsWith("/health/");
  if (!parent) return { traceID: randomBytes(16).toString("hex"), id: "", sampled: wanted };
  return { traceID: parent.trace, id: parent.span, sampled: wanted && (Number.parseInt(parent.flags, 16) & 1) === 1 };
}

/** By itself moleculer-web would name the span by the URL, with all that is in it. */
export const byMethod = {
  tags: { params: false },
  spanName: (ctx: Context) => `${(ctx.params as { req: IncomingMessage }).req.method}`,
};

/** Traces are looked for by what was asked, and by the id that whoever asked was told. */
export function nameSpan({ $ctx }: IncomingRequest, { method, path }: Endpoint, requestId: string): void {
  const { span } = $ctx as unknown as Context;
  if (!span) return;
  span.name = `${method} ${path}`;
  span.addTags({ requestId });
}
