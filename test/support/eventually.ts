type Falsy = false | 0 | "" | null | undefined;

/** Waits until `look` gives something truthy, looking again and again; says what it last saw when time is up. */
export async function eventually<T>(
  look: () => Promise<T> | T,
  { within = 15_000, every = 20 } = {},
): Promise<Exclude<T, Falsy>> {
  const end = Date.now() + within;
  let seen: T | undefined;
  let error: unknown;
  do {
    try {
      seen = await look();
      if (seen) return seen as Exclude<T, Falsy>;
    } catch (thrown) {
      error = thrown;
    }
    await new Promise((resume) => setTimeout(resume, every));
  } while (Date.now() < end);
  throw error ?? new Error(`Still not so after ${within} ms; last seen: ${JSON.stringify(seen)}`);
}
