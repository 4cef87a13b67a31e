/** Waits until `look` gives something truthy, looking again and again; says what it last saw when time is up. */
export async function eventually<T>(look: () => Promise<T> | T, { within = 15_000, every = 20 } = {}): Promise<T & {}> {
  const end = Date.now() + within;
  let seen: T | undefined;
  let error: unknown;
  do {
    try {
      seen = await look();
      if (seen) return seen;
    } catch (thrown) {
      error = thrown;
    }
    await new Promise((resume) => setTimeout(resume, every));
  } while (Date.now() < end);
  throw error ?? new Error(`Still not so after ${within} ms; last seen: ${JSON.stringify(seen)}`);
}
