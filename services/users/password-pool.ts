import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { defineMixin } from "../cluster.ts";
import { unavailable } from "../shared/errors.ts";
import type { Task } from "./password-worker.ts";

interface Job {
  task: Task;
  /** Since when it waits. */
  at: number;
  resolve(answer: string | boolean): void;
  reject(error: unknown): void;
}

/**
 * Hashes passwords in threads of their own, because a hash would hold up the event loop for a third of a second. Threads
 * start with the first job and end when there has been none for a while.
 */
export class PasswordPool {
  readonly #size: number;
  readonly #waitingMost: number;
  readonly #patience: number;
  readonly #idle: number;
  readonly #workers = new Map<Worker, Job | null>();
  readonly #waiting: Job[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor({
    size = Math.min(4, Math.max(1, availableParallelism() - 1)),
    waiting = 64,
    patience = 4_000,
    idle = 30_000,
  } = {}) {
    this.#size = size;
    this.#waitingMost = waiting;
    this.#patience = patience;
    this.#idle = idle;
  }

  hash(password: string, cost: number): Promise<string> {
    return this.#run({ password, cost }) as Promise<string>;
  }

  compare(password: string, hash: string): Promise<boolean> {
    return this.#run({ password, hash }) as Promise<boolean>;
  }

  /** How many threads there are now. */
  get threads(): number {
    return this.#workers.size;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    for (const job of this.#waiting.splice(0)) job.reject(busy());
    await Promise.all([...this.#workers.keys()].map((worker) => worker.terminate()));
  }

  #run(task: Task): Promise<string | boolean> {
    // Who waits longer than this has gone: better told at once.
    if (this.#waiting.length >= this.#waitingMost) return Promise.reject(busy());
    const { promise, resolve, reject } = Promise.withResolvers<string | boolean>();
    this.#waiting.push({ task, at: performance.now(), resolve, reject });
    this.#next();
    return promise;
  }

  #next(): void {
    clearTimeout(this.#timer);
    this.#dismiss();
    while (this.#waiting.length) {
      const worker = [...this.#workers].find(([, job]) => job === null)?.[0] ?? this.#hire();
      if (!worker) return;
      const job = this.#waiting.shift() as Job;
      this.#workers.set(worker, job);
      worker.ref();
      worker.postMessage(job.task);
    }
    if ([...this.#workers.values()].some((job) => job !== null)) return;
    this.#timer = setTimeout(() => this.close(), this.#idle).unref();
  }

  /** On a busy machine hashes take longer than they should: who has waited for so long is told, before the gateway does. */
  #dismiss(): void {
    const since = performance.now() - this.#patience;
    while (this.#waiting[0] && this.#waiting[0].at < since) this.#waiting.shift()?.reject(busy());
  }

  #hire(): Worker | undefined {
    if (this.#workers.size >= this.#size) return undefined;
    const worker = new Worker(new URL("./password-worker.ts", import.meta.url), {
      // Nothing of what the process was given: neither secrets nor a debugger's port.
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 32 },
    });
    this.#workers.set(worker, null);
    worker.on("message", (answer: string | boolean) => {
      const job = this.#workers.get(worker);
      this.#workers.set(worker, null);
      worker.unref();
      job?.resolve(answer);
      this.#next();
    });
    worker.on("error", (error) => this.#lose(worker, error));
    worker.on("exit", () => this.#lose(worker, busy()));
    return worker;
  }

  #lose(worker: Worker, error: unknown): void {
    const job = this.#workers.get(worker);
    if (!this.#workers.delete(worker)) return;
    job?.reject(error);
    this.#next();
  }
}

const busy = () => unavailable("SIGN_IN_BUSY", "Too many people sign in at this moment: try again shortly");

/** Lends `this.passwords`. */
export const passwords = defineMixin<{ passwords: PasswordPool }>({
  created() {
    this.passwords = new PasswordPool();
  },
  stopped() {
    return this.passwords.close();
  },
});
