/** What scripts of other origins may read of an answer. */
const EXPOSED =
  "ETag, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Idempotent-Replayed, WWW-Authenticate, traceparent";
const ALLOWED =
  "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Order-Token, X-Request-Id, traceparent, tracestate";

/** The headers of answers to scripts of other origins, by the origin; names and values in turn. */
export function crossOrigin(origins: "*" | readonly string[]): (origin: string | undefined) => readonly string[] {
  if (origins === "*") {
    const all = ["Access-Control-Allow-Origin", "*", "Access-Control-Expose-Headers", EXPOSED];
    return () => all;
  }
  if (origins.length === 0) return () => [];
  const varies = ["Vary", "Origin"];
  const known = new Map(
    origins.map((origin) => [
      origin,
      [...varies, "Access-Control-Allow-Origin", origin, "Access-Control-Expose-Headers", EXPOSED],
    ]),
  );
  return (origin) => (origin !== undefined && known.get(origin)) || varies;
}

/** What a preflight is told beside that: how this path may be asked. */
export const preflight = (methods: readonly string[]): Record<string, string> => ({
  "Access-Control-Allow-Methods": methods.join(", "),
  "Access-Control-Allow-Headers": ALLOWED,
  "Access-Control-Max-Age": "600",
});
