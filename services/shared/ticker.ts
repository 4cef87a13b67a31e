import { pauseBefore } from "../../mixins/durable-events/backoff.ts";

interface Log {
  info(...words: unknown[]): void;
  error(...words: unknown[]): void;
}

const LONGEST_PAUSE = 5_000;

/**
 * Looks for work when it is woken and every so often, never twice at once; `stop` waits for the look that runs. While
 * looks fail, as where a server is away, pauses grow, and the log has one line and another when it is over.
 */
export class Ticker {
  readonly #look: () => Promise<void>;
  readonly #every: number;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #again = false;
  #on = false;
  #failures = 0;

  constructor(look: () => Promise<void>, every: number, log: Log) {
    this.#look = look;
    this.#every = every;
    this.#log = log;
  }

  start(): void {
    this.#on = true;
    this.wake();
  }

  wake(): void {
    if (!this.#on) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#on = false;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    do {
      this.#again = false;
      try {
        await this.#look();
      } catch (error) {
        if (this.#failures++ === 0) this.#log.error("A look for due work failed", error);
        break;
      }
      if (this.#failures) this.#log.info(`Due work is looked for again, after ${this.#failures} failures`);
      this.#failures = 0;
    } while (this.#again && this.#on);
    this.#running = null;
    const pause = this.#failures ? Math.min(LONGEST_PAUSE, pauseBefore(this.#failures)) : this.#every;
    if (this.#on) this.#timer = setTimeout(() => this.wake(), Math.max(pause, this.#every)).unref();
  }
}
