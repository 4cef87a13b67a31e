import { pauseBefore } from "../durable-events/backoff.ts";
import type { Log } from "../log.ts";

/** A collection as the relay knows it. */
export interface Relayed {
  name: string;
  outbox: { relay(before: string): Promise<number>; idle(): Promise<void> };
  /** Brings documents up to date that older releases have written meanwhile. */
  upgradeOlder(): Promise<void>;
}

interface RelayOptions {
  /** Milliseconds that an event stands in its outbox until its node is believed dead. */
  patience?: number;
  /** Milliseconds between looks. */
  every?: number;
}

const LONGEST_PAUSE = 5_000;
const UPGRADES_EVERY = 30_000;

/** Finds by index what other nodes, or this one, could not publish, and publishes it. */
export class MongoRelay {
  readonly #collections: Relayed[] = [];
  readonly #log: () => Log | undefined;
  readonly #patience: number;
  readonly #every: number;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #running = false;
  #failures = 0;
  #upgraded = 0;

  constructor(log: () => Log | undefined, { patience = 5_000, every = 2_000 }: RelayOptions = {}) {
    this.#log = log;
    this.#patience = patience;
    this.#every = every;
  }

  add(collection: Relayed): void {
    this.#collections.push(collection);
  }

  start(): void {
    this.#running = true;
    this.#upgraded = Date.now();
    this.#later();
  }

  /** Ends when the look that is under way, and what was about to be published, has ended. */
  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    await this.#looking;
    await Promise.all(this.#collections.map(({ outbox }) => outbox.idle()));
  }

  #later(): void {
    if (!this.#running) return;
    const pause = this.#failures ? Math.min(LONGEST_PAUSE, pauseBefore(this.#failures)) : this.#every;
    // Nodes that started together shall not look together.
    this.#timer = setTimeout(() => this.#look(), pause * (0.75 + Math.random() / 2)).unref();
  }

  #look(): void {
    const upgrade = Date.now() - this.#upgraded > UPGRADES_EVERY;
    if (upgrade) this.#upgraded = Date.now();
    const looks = this.#collections.map((collection) => this.#one(collection, upgrade));
    this.#looking = Promise.all(looks).then((well) => {
      this.#failures = well.every(Boolean) ? 0 : this.#failures + 1;
      this.#looking = undefined;
      this.#later();
    });
  }

  async #one(collection: Relayed, upgrade: boolean): Promise<boolean> {
    const { name } = collection;
    try {
      if (upgrade) await collection.upgradeOlder();
      const told = await collection.outbox.relay(new Date(Date.now() - this.#patience).toISOString());
      if (told) this.#log()?.info(`${told} events of ${name} were found in their outboxes and published`);
      return true;
    } catch (error) {
      this.#log()?.warn(`Outboxes of ${name} could not be relayed`, error);
      return false;
    }
  }
}
