/**
 * Rules across documents hold once what is in flight has landed: looks again while there is something to complain of,
 * and gives what is still there when `within` milliseconds are over.
 */
export async function settled<T>(look: () => Promise<T[]>, within = 5_000, every = 100): Promise<T[]> {
  const end = Date.now() + within;
  for (;;) {
    const found = await look();
    if (found.length === 0 || Date.now() > end) return found;
    await new Promise((resume) => setTimeout(resume, every));
  }
}
