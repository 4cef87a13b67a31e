import type { Collection } from "mongodb";
import { pauseBefore } from "../durable-events/backoff.ts";
import { publishEach } from "../durable-events/publish-each.ts";
import type { Untold } from "./collection.ts";
import type { Stored } from "./mongo-entries.ts";
import { clear, type OutboxEntry, toEvent, type Waiting, without } from "./mongo-entries.ts";
import { MongoLeftovers } from "./mongo-leftovers.ts";
import type { MongoLink } from "./mongo-link.ts";

/** Milliseconds that the first of a batch waits for others. */
const GATHER = 3;
/** Milliseconds after which outboxes are cleared of what was published: many at once, since nobody waits for it. */
const SWEEP = 100;
/** Events in one batch, and events that wait for the batch before: what is beyond, the relay finds. */
const BATCH = 200;
const MOST_WAITING = 2_000;
const LONGEST_REST = 5_000;

/**
 * The outboxes of one collection's documents: what a write has put there is published at once and taken out again; what
 * stays, because the node died or the bus was away, is found by index and published later. So each event is published
 * once or more, never not at all.
 */
export class MongoOutbox {
  readonly #name: string;
  readonly #in: MongoLink;
  readonly #leftovers: MongoLeftovers;
  #waiting: Waiting[] = [];
  #count = 0;
  #flushing: Promise<void> | undefined;
  /** Published, and still in the outboxes. */
  #published: Waiting[] = [];
  #sweep: NodeJS.Timeout | undefined;
  readonly #clearing = new Set<Promise<void>>();
  #failures = 0;
  #restUntil = 0;

  constructor(name: string, link: MongoLink) {
    this.#name = name;
    this.#in = link;
    this.#leftovers = new MongoLeftovers(name, link);
  }

  /** The bus is away or full: outboxes may grow. */
  get resting(): boolean {
    return this.#failures > 0;
  }

  /** Publishes soon, together with what comes meanwhile. */
  push(doc: string, entries: readonly OutboxEntry[]): void {
    // What is not taken here stays in the outbox, and there is no other memory of it.
    if (!entries.length || Date.now() < this.#restUntil || this.#count >= MOST_WAITING) return;
    this.#waiting.push({ doc, entries });
    this.#count += entries.length;
    this.#flushing ??= this.#flush();
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    await this.#flushing;
    this.#clearPublished();
    await Promise.all(this.#clearing);
  }

  /** Publishes what has stood in outboxes since before this time; gives how many events. */
  async relay(before: string): Promise<number> {
    const told = await this.#leftovers.publish(before);
    if (told) this.#well();
    return told;
  }

  untold(asked: Untold): Promise<{ documents: number; since: string | null }> {
    return this.#leftovers.untold(asked);
  }

  #docs(): Collection<Stored> {
    return this.#in.db().collection<Stored>(this.#name);
  }

  async #flush(): Promise<void> {
    await new Promise((resume) => setTimeout(resume, GATHER));
    while (this.#waiting.length) {
      const batch = this.#take();
      try {
        const events = batch.flatMap(({ entries }) => entries.map(toEvent));
        // What it refuses stays, and the relay says so.
        const refused = await publishEach((some) => this.#in.publish(some), events);
        this.#published.push(...without(batch, refused));
        this.#well();
      } catch (error) {
        this.#rest(error);
        break;
      }
      if (this.#published.length >= BATCH) this.#clearPublished();
      else this.#sweep ??= setTimeout(() => this.#clearPublished(), SWEEP);
    }
    // In the same turn in which nothing waited any more: whoever comes next begins anew.
    this.#flushing = undefined;
  }

  #clearPublished(): void {
    clearTimeout(this.#sweep);
    this.#sweep = undefined;
    if (!this.#published.length) return;
    const clearing = clear(this.#docs(), this.#published.splice(0))
      // Then they are published again, which does no harm.
      .catch((error) => this.#in.log()?.debug(`Outboxes of ${this.#name} could not be cleared`, error))
      .finally(() => this.#clearing.delete(clearing));
    this.#clearing.add(clearing);
  }

  #take(): Waiting[] {
    let size = 0;
    let count = 0;
    while (count < this.#waiting.length && size < BATCH) size += this.#waiting[count++]?.entries.length ?? 0;
    this.#count -= size;
    return this.#waiting.splice(0, count);
  }

  #well(): void {
    this.#failures = 0;
    this.#restUntil = 0;
  }

  /** What waits is left to the relay, which finds it in the outboxes. */
  #rest(error: unknown): void {
    const pause = Math.min(LONGEST_REST, pauseBefore(++this.#failures));
    this.#restUntil = Date.now() + pause;
    this.#waiting = [];
    this.#count = 0;
    this.#in.log()?.warn(`Events of ${this.#name} wait in their outboxes: they could not be published`, error);
  }
}
