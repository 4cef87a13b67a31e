interface Log {
  error(...words: unknown[]): void;
}

/** Looks for work when it is woken and every so often, never twice at once; `stop` waits for the look that runs. */
export class Ticker {
  readonly #look: () => Promise<void>;
  readonly #every: number;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #again = false;
  #on = false;

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
        this.#log.error("A look for due work failed", error);
        break;
      }
    } while (this.#again && this.#on);
    this.#running = null;
    if (this.#on) this.#timer = setTimeout(() => this.wake(), this.#every).unref();
  }
}
