import { conflict } from "../../services/shared/errors.ts";
import type { DurableEvent } from "../durable-events/event-bus.ts";
import { isConstraint, type SqliteFile } from "../embedded/sqlite-file.ts";
import type { Collection, CollectionSpec, Doc, Draft, Events, Filter, Operators, Page, Sort } from "./collection.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { EmbeddedTable } from "./embedded-table.ts";
import { apply, matches } from "./language.ts";

const COUNT_LIMIT = 10_000;
let told = { at: 0, text: "" };
/** Asked for with every write, and a date takes long to become text: once for each millisecond is enough. */
function now(): string {
  const at = Date.now();
  if (at !== told.at) told = { at, text: new Date(at).toISOString() };
  return told.text;
}

/** What the collections of one file share: the file, the event queue in it, and a count of writes. */
export interface Embedding {
  file: SqliteFile;
  enqueue(events: DurableEvent[]): void;
  wake(): void;
  wrote(collection: string): void;
}

/**
 * Documents as JSON rows of SQLite, with MongoDB's filters and updates by mingo. Between reading, deciding and writing
 * nothing can come: `node:sqlite` is synchronous. Events go into the queue's table in the same commit.
 */
export class EmbeddedCollection<T extends Doc> implements Collection<T> {
  readonly #spec: CollectionSpec<T>;
  readonly #in: Embedding;
  readonly #table: EmbeddedTable<T>;
  readonly #watchers: ((doc: T) => void)[] = [];

  constructor(spec: CollectionSpec<T>, embedding: Embedding) {
    this.#spec = spec;
    this.#in = embedding;
    this.#table = new EmbeddedTable(spec, embedding.file);
  }

  async ready(): Promise<void> {
    await this.#in.file.write(() => this.#table.prepare());
    await this.#freeLeases();
  }

  async get(id: string): Promise<T | null> {
    return this.#stored(() => this.#table.read(id), this.#key(id));
  }

  async getMany(ids: string[]): Promise<T[]> {
    return ids.length ? this.find({ id: { $in: ids } }, { limit: ids.length }) : [];
  }

  async insert(draft: Draft<T>, events: DurableEvent[] = []): Promise<T> {
    const doc = this.#fresh(draft);
    await this.#write(doc, events, () => this.#table.add(doc)).catch((error) => {
      throw isConstraint(error) ? this.#taken(draft.id) : error;
    });
    return doc;
  }

  async change(id: string, guard: Filter, operators: Operators, events?: Events<T>): Promise<T | null> {
    const doc = this.#table.read(id);
    if (!doc || !matches(guard, doc)) {
      // The state that refused may still be on its way to the disk.
      await this.#in.file.settled(this.#key(id));
      return null;
    }
    const before = this.#table.indexed(doc);
    apply(operators, doc);
    doc.rev++;
    doc.updatedAt = now();
    this.#check(doc);
    const told = typeof events === "function" ? events(doc) : (events ?? []);
    await this.#write(doc, told, () => this.#table.put(doc, before)).catch((error) => {
      throw isConstraint(error) ? this.#taken(id) : error;
    });
    return doc;
  }

  async find(filter: Filter, { sort, limit }: { sort?: Sort; limit: number }): Promise<T[]> {
    return this.#stored(() => this.#table.select(filter, { limit, ...(sort ? { sort } : {}) }));
  }

  async page(filter: Filter, options: { sort: Sort; cursor?: string | undefined; limit: number }): Promise<Page<T>> {
    const { sort, cursor, limit } = options;
    const query = [this.#spec.name, filter, sort];
    const after = cursor === undefined ? undefined : readCursor(cursor, query);
    const [items, total] = await this.#stored(() => [
      this.#table.select(filter, { sort, limit: limit + 1, ...(after ? { after } : {}) }),
      this.#table.count(filter, sort, COUNT_LIMIT),
    ]);
    const more = items.length > limit;
    if (more) items.pop();
    const last = items.at(-1);
    const value = last && (sort.field.split(".").reduce<unknown>((part, key) => (part as Filter)?.[key], last) ?? null);
    return {
      items,
      nextCursor: more && last ? writeCursor({ value: value as string, id: last.id }, query) : null,
      total,
    };
  }

  async claimDue(lease: number, limit: number): Promise<(T & { fence: number })[]> {
    const at = Date.now();
    const due = this.#table.select(
      { dueAt: { $lte: new Date(at).toISOString() } },
      { sort: { field: "dueAt" }, limit },
    );
    const claimed = due.map((doc) =>
      this.change(
        doc.id,
        { dueAt: doc.dueAt, fence: doc.fence ?? null },
        { $set: { dueAt: new Date(at + lease).toISOString(), leased: true }, $inc: { fence: 1 } },
      ),
    );
    return (await Promise.all(claimed)).filter((doc) => doc !== null) as (T & { fence: number })[];
  }

  async nextDue(): Promise<string | null> {
    return this.#stored(() => this.#table.nextDue());
  }

  async since(watermark: { at: string; id: string }, limit: number): Promise<T[]> {
    const after = { value: watermark.at, id: watermark.id };
    const selection = { sort: { field: "updatedAt" }, limit, after, tombstones: true };
    return this.#stored(() => this.#table.select({}, selection));
  }

  tombstone(id: string, guard: Filter, events?: Events<T>): Promise<T | null> {
    return this.change(id, guard, { $set: { deletedAt: now(), dueAt: null } }, events);
  }

  async bulk(drafts: Draft<T>[], events?: (doc: T) => DurableEvent[]) {
    const refused: Draft<T>[] = [];
    const inserted: T[] = [];
    const one = async (draft: Draft<T>) => {
      const doc = this.#fresh(draft);
      try {
        await this.#write(doc, events?.(doc) ?? [], () => this.#table.add(doc));
        inserted.push(doc);
      } catch (error) {
        if (!isConstraint(error)) throw error;
        refused.push(draft);
      }
    };
    // All writes begin in this turn, and so share a commit.
    await Promise.all(drafts.map(one));
    return { inserted, refused };
  }

  async *all(batch = 500): AsyncIterable<T[]> {
    let after = "";
    for (;;) {
      const docs = await this.#stored(() => this.#table.after(after, batch));
      if (docs.length) yield docs.filter((doc) => !doc.deletedAt);
      after = docs.at(-1)?.id ?? "";
      if (docs.length < batch) return;
    }
  }

  async purge(filter: Filter, limit: number): Promise<number> {
    const docs = this.#table.select(filter, { limit, tombstones: true });
    await Promise.all(docs.map((doc) => this.#write(doc, [], () => this.#table.remove(doc))));
    return docs.length;
  }

  /** This process alone owns the file: a lease in it belongs to one that has ended, and its work is due now. */
  async #freeLeases(): Promise<void> {
    if (!this.#spec.indexes.some(({ keys }) => keys[0] === "dueAt")) return;
    const left = this.#table.select(
      { dueAt: { $gt: "" }, leased: true },
      { sort: { field: "dueAt" }, limit: 1_000_000 },
    );
    await Promise.all(left.map(({ id }) => this.change(id, {}, { $set: { dueAt: now(), leased: false } })));
  }

  /** What was read, when it is on disk; read again where it was undone. */
  async #stored<R>(read: () => R, key: string = this.#spec.name): Promise<R> {
    for (;;) {
      const seen = read();
      const stored = await this.#in.file.settled(key)?.then(
        () => true,
        () => false,
      );
      if (stored !== false) return seen;
    }
  }

  #key = (id: string): string => `${this.#spec.name}/${id}`;

  #fresh(draft: Draft<T>): T {
    const at = now();
    const doc = { ...draft, rev: 1, v: this.#spec.version, createdAt: at, updatedAt: at } as unknown as T;
    this.#check(doc);
    return doc;
  }

  /** In tests, so that what is stored is what the schema says; in production the rules are trusted. */
  #check(doc: T): void {
    if (process.env.NODE_ENV === "test") this.#spec.schema.parse(doc);
  }

  async #write(doc: T, events: DurableEvent[], put: () => void): Promise<void> {
    const { file, enqueue, wake, wrote } = this.#in;
    const work = () => {
      put();
      if (events.length) enqueue(events);
      wrote(this.#spec.name);
    };
    await file.write(work, [this.#spec.name, this.#key(doc.id)]);
    if (events.length) wake();
    for (const changed of this.#watchers) changed(doc);
  }

  /** What there is to tell is in the queue when the document is stored. */
  async untold(): Promise<{ documents: number; since: null }> {
    return { documents: 0, since: null };
  }

  watch(changed: (doc: T) => void): void {
    this.#watchers.push(changed);
  }

  #taken(id: string) {
    const name = this.#spec.name.toUpperCase();
    return conflict(`${name}_TAKEN`, `Another of the ${this.#spec.name} has this id or one of its unique keys`, { id });
  }
}
