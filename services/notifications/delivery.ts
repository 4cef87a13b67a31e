/** How often a mail is offered to the server: over a day and a half, as servers that are down or greylist expect. */
export const ATTEMPTS = 16;

/** Milliseconds before the next attempt: 1 s, then four times as long each time, at most 4 hours. */
export const pauseAfter = (attempts: number): number => Math.min(4 * 3600_000, 1000 * 4 ** Math.max(0, attempts - 1));

/** What becomes of a mail that could not be sent: when to try again, or null where that is no use. */
export function afterFailure(
  error: unknown,
  attempts: number,
  now: number,
): { reason: string; retryAt: string | null } {
  const reason = (error instanceof Error ? error.message : String(error)).slice(0, 1_000);
  const over = attempts >= ATTEMPTS || isRefusal(error);
  return { reason, retryAt: over ? null : new Date(now + pauseAfter(attempts)).toISOString() };
}

/** Whether the server will never take this mail (5xx to its addresses or its text); a refused sign-in is the shop's. */
function isRefusal(error: unknown): boolean {
  const { code, permanent } = error as { code?: unknown; permanent?: unknown };
  return permanent === true && (code === "EENVELOPE" || code === "EMESSAGE");
}
