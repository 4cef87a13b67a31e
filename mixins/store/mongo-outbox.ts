import type { AnyBulkWriteOperation, Collection, Filter } from "mongodb";
import { pauseBefore } from "../durable-events/backoff.ts";
import type { DurableEvent } from "../durable-events/event-bus.ts";
import type { MongoLink } from "./mongo-documents.ts";
import type { Stored } from "./mongo-language.ts";

/** An event that stands on the document whose change it tells of, until it is published. */
export interface OutboxEntry {
  id: string;
  name: string;
  /** As JSON: names of fields that MongoDB would not like are of no matter then. */
  payload: string;
  at: string;
}

interface Waiting {
  doc: string;
  entries: readonly OutboxEntry[];
}

/** Milliseconds that the first of a batch waits for others. */
const GATHER = 3;
/** Milliseconds after which outboxes are cleared of what was published: many at once, since nobody waits for it. */
const SWEEP = 100;
/** Events in one batch, and events that wait for the batch before: what is beyond, the relay finds. */
const BATCH = 200;
const MOST_WAITING = 2_000;
const LONGEST_REST = 5_000;
/** Failures in a row until it must be the bus, and not an event; one is enough that took so many milliseconds. */
const ENOUGH = 4;
const SLOW = 1_000;

export const toEntries = (events: readonly DurableEvent[], at: string): OutboxEntry[] =>
  events.map(({ id, name, payload }) => ({ id, name, payload: JSON.stringify(payload) ?? "null", at }));

const toEvent = ({ id, name, payload }: OutboxEntry): DurableEvent => ({ id, name, payload: JSON.parse(payload) });

/**
 * The outboxes of one collection's documents: what a write has put there is published at once and taken out again; what
 * stays, because the node died or the bus was away, is found by index and published later. So each event is published
 * once or more, never not at all.
 */
export class MongoOutbox {
  readonly #name: string;
  readonly #in: MongoLink;
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
    const filter = { outboxAt: { $lte: before } } as Filter<Stored>;
    const options = { projection: { outbox: 1 }, sort: { outboxAt: 1 }, batchSize: 50 } as const;
    const told = { events: 0, failed: 0 };
    let batch: Waiting[] = [];
    let size = 0;
    for await (const { _id, outbox = [] } of this.#docs().find(filter, options)) {
      // Younger ones are under way.
      const entries = outbox.filter(({ at }) => at <= before);
      for (let from = 0; from < entries.length || from === 0; from += BATCH) {
        const part = entries.slice(from, from + BATCH);
        batch.push({ doc: _id, entries: part });
        size += part.length;
        if (size < BATCH && batch.length < BATCH) continue;
        await this.#again(batch, told);
        batch = [];
        size = 0;
      }
    }
    if (batch.length) await this.#again(batch, told);
    if (told.events) this.#well();
    return told.events;
  }

  /** Publishes what was found; one event that the bus never takes must not hold up the others. */
  async #again(batch: readonly Waiting[], told: { events: number; failed: number }): Promise<void> {
    const begun = Date.now();
    try {
      await this.#publish(batch);
      await this.#clear(batch);
      told.events += batch.reduce((sum, { entries }) => sum + entries.length, 0);
      told.failed = 0;
    } catch (error) {
      // A bus that is away lets one wait; it refuses at once what it cannot take.
      if (Date.now() - begun > SLOW || ++told.failed >= ENOUGH) throw error;
      if (batch.length > 1) for (const one of batch) await this.#again([one], told);
      else this.#in.log()?.warn(`Events of ${this.#name} ${batch[0]?.doc} could not be published`, error);
    }
  }

  #docs(): Collection<Stored> {
    return this.#in.db().collection<Stored>(this.#name);
  }

  async #flush(): Promise<void> {
    await new Promise((resume) => setTimeout(resume, GATHER));
    while (this.#waiting.length) {
      const batch = this.#take();
      try {
        await this.#publish(batch);
        this.#well();
      } catch (error) {
        this.#rest(error);
        break;
      }
      this.#published.push(...batch);
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
    const clearing = this.#clear(this.#published.splice(0))
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

  async #publish(batch: readonly Waiting[]): Promise<void> {
    const events = batch.flatMap(({ entries }) => entries.map(toEvent));
    if (events.length) await this.#in.publish(events);
  }

  /** Without raising anything: nobody sees outboxes. Lost with a primary, it is published again, and known by its id. */
  async #clear(batch: readonly Waiting[]): Promise<void> {
    const docs = batch.map(({ doc }) => doc);
    const told = batch.flatMap(({ entries }) => entries.map(({ id }) => id));
    const more = { $elemMatch: { id: { $nin: told } } };
    // Mostly there is no more in it; where there is, that stays.
    const whole = {
      updateMany: {
        filter: { _id: { $in: docs }, outbox: { $not: more } },
        update: { $unset: { outbox: "", outboxAt: "" } },
      },
    };
    const part = {
      updateMany: {
        filter: { _id: { $in: docs }, outbox: more },
        update: { $pull: { outbox: { id: { $in: told } } } },
      },
    };
    const operations = [whole, part] as unknown as AnyBulkWriteOperation<Stored>[];
    await this.#docs().bulkWrite(operations, { ordered: true, writeConcern: { w: 1 } });
  }
}
