/** Milliseconds to wait before attempt `attempts + 1`: 200 ms doubled each time, at most a minute. */
export const pauseBefore = (attempts: number): number => Math.min(60_000, 200 * 2 ** Math.max(0, attempts - 1));

/** Milliseconds for which an event is not given up that only waits for something to come back; kept it is for a week. */
export const PATIENCE = 6 * 24 * 3600_000;

/** Whether an error says that something is away or full, and nothing of what was asked. */
export const isPassing = (error: unknown): boolean =>
  (error as { retryable?: unknown } | null | undefined)?.retryable === true;

/** An attempt to handle an event that has failed: which it was, and how old the event is, in milliseconds. */
interface Failed {
  attempt: number;
  age: number;
  error: unknown;
}

/**
 * Whether there is to be another attempt. An error that is retryable says that something is away, and not that anything
 * is wrong with the event: however many attempts an outage takes, nothing becomes a dead letter by it.
 */
export function isWorthAnother(
  { attempt, age, error }: Failed,
  limits: { attempts: number; patience: number },
): boolean {
  return attempt < limits.attempts || (isPassing(error) && age < limits.patience);
}
