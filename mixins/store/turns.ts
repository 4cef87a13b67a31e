/** Who has its turn with a key, and what the one before left for the next, without a pause since so many. */
export interface Turn<T> {
  left: T | undefined;
  streak: number;
}

interface Queue<T> extends Turn<T> {
  waiting: number;
  tail: Promise<unknown>;
}

/** One at a time for each key, in the order of asking; nothing is kept of keys that nobody waits for. */
export class Turns<T> {
  readonly #queues = new Map<string, Queue<T>>();

  async take<R>(key: string, work: (turn: Turn<T>) => Promise<R>): Promise<R> {
    const queue = this.#queues.get(key) ?? { left: undefined, streak: 0, waiting: 0, tail: Promise.resolve() };
    this.#queues.set(key, queue);
    queue.waiting++;
    const run = queue.tail.then(() => work(queue));
    queue.tail = run.catch(() => undefined);
    try {
      return await run;
    } finally {
      if (--queue.waiting === 0) this.#queues.delete(key);
    }
  }
}
