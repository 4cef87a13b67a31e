import { pauseBefore } from "../durable-events/backoff.ts";
import type { DurableEvent } from "../durable-events/event-bus.ts";
import { isAway, toStoreError, why } from "../mongo/mongo-errors.ts";
import type {
  Collection,
  CollectionSpec,
  Doc,
  Draft,
  Events,
  Filter,
  Operators,
  Page,
  Sort,
  Untold,
} from "./collection.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { insertAll } from "./mongo-bulk.ts";
import { MongoChanges } from "./mongo-changes.ts";
import { MongoClaims } from "./mongo-claims.ts";
import { MongoDocuments } from "./mongo-documents.ts";
import { toEntries } from "./mongo-entries.ts";
import { both } from "./mongo-language.ts";
import type { MongoLink } from "./mongo-link.ts";
import type { MongoOutbox } from "./mongo-outbox.ts";
import { MongoReads, type Selection } from "./mongo-reads.ts";

const COUNT_LIMIT = 10_000;
const PURGED_AT_ONCE = 1_000;
const LONGEST_PAUSE = 5_000;

/**
 * Documents in MongoDB. Every change is one write of one document that names its guard, and the events of the change are
 * put on that document in the same write; from there they are published. An answered write is on a majority of disks.
 */
export class MongoCollection<T extends Doc> implements Collection<T> {
  readonly name: string;
  readonly #in: MongoDocuments<T>;
  readonly #reads: MongoReads<T>;
  readonly #changes: MongoChanges<T>;
  readonly #claims: MongoClaims<T>;

  constructor(spec: CollectionSpec<T>, link: MongoLink) {
    this.name = spec.name;
    this.#in = new MongoDocuments(spec, link);
    this.#reads = new MongoReads(this.#in);
    this.#changes = new MongoChanges(this.#in);
    this.#claims = new MongoClaims(this.#in);
  }

  get outbox(): MongoOutbox {
    return this.#in.outbox;
  }

  /** Tries again as long as the server is away: it was there when this node connected. */
  async ready(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#in.schema.prepare();
      } catch (error) {
        if (!isAway(error) || this.#in.link.closed()) throw toStoreError(error, this.name);
        this.#in.link.log()?.warn(`The ${this.name} could not be prepared at attempt ${attempt}: ${why(error)}`);
        await new Promise((resume) => setTimeout(resume, Math.min(LONGEST_PAUSE, pauseBefore(attempt))));
      }
    }
  }

  upgradeOlder(): Promise<void> {
    return this.#in.ask(() => this.#in.schema.upgradeOlder());
  }

  async get(id: string): Promise<T | null> {
    return (await this.#select({ id }, { limit: 1 }))[0] ?? null;
  }

  async getMany(ids: string[]): Promise<T[]> {
    return ids.length ? this.#select({ id: { $in: ids } }, { limit: ids.length }) : [];
  }

  async insert(draft: Draft<T>, events: DurableEvent[] = []): Promise<T> {
    const doc = this.#in.fresh(draft);
    const entries = toEntries(events, doc.updatedAt);
    const stored = this.#in.toStored(doc, entries);
    await this.#in.ask(() => this.#in.stored().insertOne(stored), doc.id);
    return this.#in.told(doc, entries);
  }

  async change(id: string, guard: Filter, operators: Operators, events: Events<T> = []): Promise<T | null> {
    return this.#changes.change({ id, guard, operators, events });
  }

  async find(filter: Filter, { sort, limit }: { sort?: Sort; limit: number }): Promise<T[]> {
    return this.#select(filter, { sort, limit });
  }

  async page(filter: Filter, options: { sort: Sort; cursor?: string | undefined; limit: number }): Promise<Page<T>> {
    const { sort, cursor, limit } = options;
    const query = [this.name, filter, sort];
    const after = cursor === undefined ? undefined : readCursor(cursor, query);
    const [items, total] = await Promise.all([
      this.#select(filter, { sort, limit: limit + 1, after }),
      this.#in.ask(() => this.#reads.count(filter, sort, COUNT_LIMIT)),
    ]);
    const more = items.length > limit;
    if (more) items.pop();
    const last = items.at(-1);
    const value = last && (sort.field.split(".").reduce<unknown>((part, key) => (part as Filter)?.[key], last) ?? null);
    const nextCursor = more && last ? writeCursor({ value: value as string, id: last.id }, query) : null;
    return { items, nextCursor, total };
  }

  claimDue(lease: number, limit: number): Promise<(T & { fence: number })[]> {
    return this.#claims.claim(lease, limit);
  }

  nextDue(): Promise<string | null> {
    return this.#claims.next();
  }

  async since(watermark: { at: string; id: string }, limit: number): Promise<T[]> {
    const after = { value: watermark.at, id: watermark.id };
    return this.#select({}, { sort: { field: "updatedAt" }, limit, after, tombstones: true });
  }

  tombstone(id: string, guard: Filter, events?: Events<T>): Promise<T | null> {
    return this.change(id, guard, { $set: { deletedAt: new Date().toISOString(), dueAt: null } }, events);
  }

  async bulk(drafts: Draft<T>[], events?: (doc: T) => DurableEvent[]) {
    const all = drafts.map((draft) => {
      const doc = this.#in.fresh(draft);
      return { doc, draft, entries: toEntries(events?.(doc) ?? [], doc.updatedAt) };
    });
    const stored = all.map(({ doc, entries }) => this.#in.toStored(doc, entries));
    const taken = await this.#in.ask(() => insertAll(this.#in.stored(), stored));
    const inserted = all.filter((_, at) => !taken.has(at));
    return {
      inserted: inserted.map(({ doc, entries }) => this.#in.told(doc, entries)),
      refused: all.filter((_, at) => taken.has(at)).map(({ draft }) => draft),
    };
  }

  async *all(batch = 500): AsyncIterable<T[]> {
    for (let after = ""; ; ) {
      const position = { value: after, id: after };
      const docs = await this.#select({}, { sort: { field: "id" }, limit: batch, after: position, tombstones: true });
      const last = docs.at(-1);
      if (last) yield docs.filter((doc) => !doc.deletedAt);
      if (!last || docs.length < batch) return;
      after = last.id;
    }
  }

  watch(changed: (doc: T) => void): void {
    this.#in.watch(changed);
  }

  untold(asked: Untold): Promise<{ documents: number; since: string | null }> {
    return this.#in.ask(() => this.#in.outbox.untold(asked));
  }

  /** What still has something to tell stays. */
  async purge(filter: Filter, limit: number): Promise<number> {
    const silent = both(this.#reads.where(filter, { tombstones: true }), { outboxAt: null });
    return this.#in.ask(async () => {
      const docs = this.#in.stored();
      if (limit === 1) return (await docs.deleteOne(silent)).deletedCount;
      for (let purged = 0; ; ) {
        const size = Math.min(PURGED_AT_ONCE, limit - purged);
        const found =
          size > 0
            ? await docs
                .find(silent, { projection: { _id: 1 } })
                .limit(size)
                .toArray()
            : [];
        const ids = found.map(({ _id }) => _id);
        // Named again, since they may have changed.
        if (ids.length) purged += (await docs.deleteMany(both(silent, { _id: { $in: ids } }))).deletedCount;
        if (ids.length < PURGED_AT_ONCE) return purged;
      }
    });
  }

  async #select(filter: Filter, selection: Selection): Promise<T[]> {
    const found = await this.#in.ask(() => this.#reads.select(filter, selection));
    return found.map((raw) => this.#in.toDoc(raw));
  }
}
