import type { Collection, Filter } from "mongodb";
import type { Untold } from "./collection.ts";
import { insertAll } from "./mongo-bulk.ts";
import type { OutboxEntry, Stored } from "./mongo-entries.ts";

type Kept = Omit<OutboxEntry, "id"> & { event: string; doc: string };

/**
 * Events of one collection that wait for the bus outside of their documents: a document is written anew with each change,
 * and one that much happens to would grow with all that nobody can be told.
 */
export class MongoOverflow {
  readonly #kept: () => Collection<Stored>;

  constructor(kept: () => Collection<Stored>) {
    this.#kept = kept;
  }

  /** Stores them on a majority; what is there already stays as it is. */
  async add(doc: string, entries: readonly OutboxEntry[]): Promise<void> {
    const rows = entries.map(({ id, ...entry }) => ({ _id: keyOf(entry.name, id), event: id, doc, ...entry }));
    await insertAll(this.#kept(), rows as unknown as Stored[]);
  }

  async some(limit: number): Promise<OutboxEntry[]> {
    const found = (await this.#kept().find().limit(limit).toArray()) as unknown as Kept[];
    return found.map(({ event, name, payload, at }) => ({ id: event, name, payload, at }));
  }

  /** Of how many documents there are some since before this time, and since when. */
  async untold({ before, ids }: Untold, most: number): Promise<{ documents: number; since: string | null }> {
    const filter = { at: { $lte: before }, ...(ids ? { doc: { $in: ids } } : {}) } as Filter<Stored>;
    const found = this.#kept().find(filter, { projection: { doc: 1, at: 1 }, limit: most });
    const rows = (await found.toArray()) as unknown as Kept[];
    return { documents: new Set(rows.map(({ doc }) => doc)).size, since: rows.map(({ at }) => at).sort()[0] ?? null };
  }

  async remove(entries: readonly OutboxEntry[]): Promise<void> {
    await this.#kept().deleteMany({ _id: { $in: entries.map(({ id, name }) => keyOf(name, id)) } });
  }
}

const keyOf = (name: string, id: string): string => `${name} ${id}`;
