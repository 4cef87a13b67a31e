/**
 * Works through the items in their order, `width` at a time, but never two of one lane at once: those follow each
 * other. The first failure ends it when what runs has ended.
 */
export async function inLanes<T>(
  items: readonly T[],
  { width, laneOf }: { width: number; laneOf: (item: T) => unknown },
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items].reverse();
  const busy = new Set<unknown>();
  const failures: unknown[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();

  /** The earliest whose lane is free, among the next few. */
  const take = (): T | undefined => {
    for (let at = waiting.length - 1; at >= Math.max(0, waiting.length - width * 8); at--) {
      if (!busy.has(laneOf(waiting[at] as T))) return waiting.splice(at, 1)[0];
    }
    return undefined;
  };
  const fill = () => {
    while (busy.size < width && failures.length === 0) {
      const item = take();
      if (item === undefined) break;
      const lane = laneOf(item);
      busy.add(lane);
      work(item)
        .catch((error) => failures.push(error))
        .finally(() => {
          busy.delete(lane);
          fill();
        });
    }
    if (busy.size > 0) return;
    if (failures.length) reject(failures[0]);
    else resolve();
  };
  fill();
  return promise;
}
