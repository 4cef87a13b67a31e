import type { Collection, Filter } from "mongodb";
import { isPassing } from "../durable-events/backoff.ts";
import { publishEach } from "../durable-events/publish-each.ts";
import type { Untold } from "./collection.ts";
import type { Stored } from "./mongo-entries.ts";
import { clear, type OutboxEntry, toEvent, type Waiting, without } from "./mongo-entries.ts";
import type { MongoLink } from "./mongo-link.ts";
import { MongoOverflow } from "./mongo-overflow.ts";

/** Events that are published together. */
const BATCH = 200;
/** While the bus is away, a document keeps so many events with it; of more, so many at once are put aside. */
const KEPT = 100;
const ASIDE = 1_000;
const MOST = 10_000;

/** What still stands in the outboxes of a collection after a while: its node died, or the bus was away. */
export class MongoLeftovers {
  readonly #name: string;
  readonly #in: MongoLink;
  readonly #overflow: MongoOverflow;

  constructor(name: string, link: MongoLink) {
    this.#name = name;
    this.#in = link;
    this.#overflow = new MongoOverflow(() => link.db().collection<Stored>(`${name}_outbox`));
  }

  /** Publishes what has stood there since before this time; gives how many events. */
  async publish(before: string): Promise<number> {
    try {
      return (await this.#fromOutboxes(before)) + (await this.#fromOverflow());
    } catch (error) {
      if (isPassing(error)) await this.#setAside();
      throw error;
    }
  }

  async untold(asked: Untold): Promise<{ documents: number; since: string | null }> {
    const { before, ids } = asked;
    // Of a document that much happens to, `outboxAt` may be older than all that it has to tell.
    const where = { outboxAt: { $lte: before }, "outbox.at": { $lte: before }, ...(ids ? { _id: { $in: ids } } : {}) };
    const filter = where as Filter<Stored>;
    const [standing, oldest, aside] = await Promise.all([
      this.#docs().countDocuments(filter, { limit: MOST }),
      this.#docs()
        .find(filter, { projection: { outbox: { $slice: 1 } }, sort: { outboxAt: 1 }, limit: 1 })
        .next(),
      this.#overflow.untold(asked, MOST),
    ]);
    const times = [oldest?.outbox?.[0]?.at, aside.since].filter((at) => typeof at === "string").sort();
    return { documents: Math.min(MOST, standing + aside.documents), since: times[0] ?? null };
  }

  async #fromOutboxes(before: string): Promise<number> {
    for (let told = 0; ; ) {
      const round = await this.#look(before);
      told += round.told;
      if (!round.more || !round.told) return told;
    }
  }

  /** One look at all of them; there may be more where an outbox holds more than is read at once. */
  async #look(before: string): Promise<{ told: number; more: boolean }> {
    const filter = { outboxAt: { $lte: before } } as Filter<Stored>;
    const options = { projection: { outbox: { $slice: BATCH } }, sort: { outboxAt: 1 }, batchSize: 20 } as const;
    const round = { told: 0, more: false };
    let batch: Waiting[] = [];
    let size = 0;
    for await (const { _id, outbox = [] } of this.#docs().find(filter, options)) {
      // Younger ones are under way.
      const entries = outbox.filter(({ at }) => at <= before);
      batch.push({ doc: _id, entries });
      size += entries.length;
      round.more ||= entries.length === BATCH;
      if (size < BATCH && batch.length < BATCH) continue;
      round.told += await this.#tell(batch);
      batch = [];
      size = 0;
    }
    if (batch.length) round.told += await this.#tell(batch);
    return round;
  }

  async #tell(batch: readonly Waiting[]): Promise<number> {
    const entries = batch.flatMap((one) => one.entries);
    const refused = await this.#publishEach(entries);
    await clear(this.#docs(), without(batch, refused));
    return entries.length - refused.size;
  }

  async #fromOverflow(): Promise<number> {
    for (let told = 0; ; ) {
      const entries = await this.#overflow.some(BATCH);
      const refused = await this.#publishEach(entries);
      const taken = entries.filter(({ id }) => !refused.has(id));
      if (!taken.length) return told;
      await this.#overflow.remove(taken);
      told += taken.length;
    }
  }

  async #publishEach(entries: readonly OutboxEntry[]): Promise<Map<string, unknown>> {
    const refused = await publishEach((events) => this.#in.publish(events), entries.map(toEvent));
    for (const [id, error] of refused) this.#in.log()?.warn(`The event ${id} of ${this.#name} cannot be told`, error);
    return refused;
  }

  /** Documents stay small however long the bus is away. */
  async #setAside(): Promise<void> {
    const crowded = { outboxAt: { $gt: "" }, [`outbox.${KEPT}`]: { $exists: true } } as Filter<Stored>;
    const options = { projection: { outbox: { $slice: ASIDE } } } as const;
    const next = () => this.#docs().findOne(crowded, options);
    for (let found = await next(); found; found = await next()) {
      const { _id, outbox = [] } = found;
      await this.#overflow.add(_id, outbox);
      await clear(this.#docs(), [{ doc: _id, entries: outbox }]);
    }
  }

  #docs(): Collection<Stored> {
    return this.#in.db().collection<Stored>(this.#name);
  }
}
