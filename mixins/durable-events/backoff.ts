/** Milliseconds to wait before attempt `attempts + 1`: 200 ms doubled each time, at most a minute. */
export const pauseBefore = (attempts: number): number => Math.min(60_000, 200 * 2 ** Math.max(0, attempts - 1));
