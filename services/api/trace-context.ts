import { randomBytes } from "node:crypto";

/** Where a request belongs in a trace that began elsewhere (W3C Trace Context). */
export interface Trace {
  traceparent: string;
  tracestate?: string;
}

const PARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;
/** What a later version may append is not read. */
const LATER = /^(?!00|ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** What the caller's header says; undefined where it is none. */
export function parentOf(traceparent: unknown): { trace: string; span: string; flags: string } | undefined {
  if (typeof traceparent !== "string" || traceparent.length > 200) return undefined;
  const [, trace, span, flags] = PARENT.exec(traceparent) ?? LATER.exec(traceparent) ?? [];
  return trace && span && flags ? { trace, span, flags } : undefined;
}

/** A span of our own in the caller's trace; undefined where no valid one was sent. */
export function traceOf(traceparent: unknown, tracestate?: unknown): Trace | undefined {
  const parent = parentOf(traceparent);
  if (!parent) return undefined;
  const own = { traceparent: `00-${parent.trace}-${randomBytes(8).toString("hex")}-${parent.flags}` };
  const state = typeof tracestate === "string" && tracestate.length <= 512 ? tracestate : undefined;
  return state ? { ...own, tracestate: state } : own;
}
