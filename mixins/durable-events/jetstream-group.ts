import type { Log } from "../log.ts";
import { type NatsLine, reasonOf } from "../nats/nats-line.ts";
import { isWorthAnother } from "./backoff.ts";
import type { Consume } from "./event-bus.ts";
import type { JetStreamDeadLetters } from "./jetstream-dead-letters.ts";
import type { Delivered } from "./jetstream-message.ts";

export interface GroupOptions {
  group: string;
  handlers: Map<string, Consume>;
  attempts: number;
  /** Milliseconds for which an event is not given up that waits for something to come back. */
  patience: number;
  pause(attempts: number): number;
  /** How many events are handled at once. */
  atOnce: number;
  /** Milliseconds without a sign of life after which the server gives a delivery to another node. */
  ackWait: number;
  letters: JetStreamDeadLetters;
  line: NatsLine;
  log: () => Log | undefined;
}

/** How many answered events are remembered: a server that was killed may have forgotten some of the last answers. */
const REMEMBERED = 2_000;

interface Held {
  delivered: Delivered;
  name: string;
  since: number;
  release(): void;
}

/** What a handler made of an event: nothing to say, or what went wrong, and whether it is to be asked again. */
type Failure = { error: string; again: boolean } | null;

/** The events that this node holds for one group: handled so many at once, and then answered to the server. */
export class JetStreamGroup {
  readonly #options: GroupOptions;
  readonly #held = new Map<string, Held>();
  readonly #done = new Set<string>();
  readonly #queue: Held[] = [];
  #running = 0;
  #stopped = false;
  readonly #stopping = Promise.withResolvers<void>();
  readonly #alive: NodeJS.Timeout;
  #idle: (() => void)[] = [];

  constructor(options: GroupOptions) {
    this.#options = options;
    this.#alive = setInterval(() => this.#tellAlive(), options.ackWait / 3).unref();
  }

  take(delivered: Delivered, name: string, release: () => void): void {
    const key = `${name}:${delivered.key}`;
    const known = this.#held.get(key);
    const done = this.#done.has(key) || !delivered.isFor(this.#options.group);
    if (known || done || this.#stopped) {
      release();
      // The server could not be told for a while that the handler runs: what it says in the end is for this delivery.
      if (known) known.delivered = delivered;
      else this.#answer(() => (done ? delivered.ack() : delivered.nak()));
      return;
    }
    const held = { delivered, name, since: Date.now(), release };
    this.#held.set(key, held);
    this.#queue.push(held);
    this.#next();
  }

  /** Gives back what has not begun, and waits for what runs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopping.resolve();
    for (const held of this.#queue.splice(0)) {
      this.#answer(() => held.delivered.nak());
      this.#letGo(held);
    }
    if (this.#running > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    clearInterval(this.#alive);
  }

  #next(): void {
    while (this.#running < this.#options.atOnce) {
      const held = this.#queue.shift();
      if (!held) return;
      this.#running++;
      void this.#deliver(held);
    }
  }

  async #deliver(held: Held): Promise<void> {
    try {
      const answer = await this.#outcome(held);
      await this.#connected();
      this.#answer(answer);
    } finally {
      this.#letGo(held);
      this.#running--;
      this.#next();
      if (this.#running === 0) for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  /** The answer to the server; a dead letter is stored before. */
  async #outcome(held: Held): Promise<() => void> {
    const { group, pause, letters, log } = this.#options;
    const { delivered, name } = held;
    const failure = await this.#handle(held);
    if (!failure) return () => this.#acknowledge(held);
    const { attempt } = delivered;
    log()?.warn(`${group} could not handle ${name} ${delivered.id} at attempt ${attempt}: ${failure.error}`);
    if (failure.again) return () => held.delivered.nak(pause(attempt));
    try {
      await letters.store(delivered, { group, name, error: failure.error });
      return () => this.#acknowledge(held);
    } catch (error) {
      const what = `The dead letter of ${name} ${delivered.id} at ${group} could not be stored`;
      log()?.error(`${what}: ${reasonOf(error)}`);
      return () => held.delivered.nak(pause(attempt));
    }
  }

  async #handle({ delivered, name }: Held): Promise<Failure> {
    const { attempt } = delivered;
    let event: ReturnType<Delivered["event"]>;
    try {
      event = delivered.event(name);
    } catch (error) {
      return { error: `The payload is not JSON: ${(error as Error).message}`, again: false };
    }
    try {
      await this.#options.handlers.get(name)?.(event);
      return null;
    } catch (error) {
      const again = isWorthAnother({ attempt, age: Date.now() - delivered.at, error }, this.#options);
      return { error: (error as Error | undefined)?.message ?? String(error), again };
    }
  }

  #acknowledge({ name, delivered }: Held): void {
    delivered.ack();
    this.#done.add(`${name}:${delivered.key}`);
    for (const oldest of this.#done) {
      if (this.#done.size <= REMEMBERED) break;
      this.#done.delete(oldest);
    }
  }

  /** An answer given while the server is away would be lost, and the event handled again; a node that stops won't wait. */
  async #connected(): Promise<void> {
    const { line } = this.#options;
    if (line.up || this.#stopped) return;
    const back = Promise.withResolvers<void>();
    const unlisten = line.onBack(back.resolve);
    await Promise.race([back.promise, this.#stopping.promise]);
    unlisten();
  }

  #answer(answer: () => void): void {
    try {
      answer();
    } catch (error) {
      this.#options.log()?.debug(`An event could not be answered and will come again: ${reasonOf(error)}`);
    }
  }

  #letGo(held: Held): void {
    this.#held.delete(`${held.name}:${held.delivered.key}`);
    held.release();
  }

  #tellAlive(): void {
    const before = Date.now() - this.#options.ackWait / 4;
    if (!this.#options.line.up) return;
    for (const { delivered, since } of this.#held.values()) if (since < before) this.#answer(() => delivered.working());
  }
}
