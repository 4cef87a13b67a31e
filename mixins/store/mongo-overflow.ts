import type { Collection } from "mongodb";
import { insertAll } from "./mongo-bulk.ts";
import type { OutboxEntry, Stored } from "./mongo-entries.ts";

type Kept = Omit<OutboxEntry, "id"> & { event: string };

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
  async add(entries: readonly OutboxEntry[]): Promise<void> {
    const rows = entries.map(({ id, ...entry }) => ({ _id: keyOf(entry.name, id), event: id, ...entry }));
    await insertAll(this.#kept(), rows as unknown as Stored[]);
  }

  async some(limit: number): Promise<OutboxEntry[]> {
    const found = (await this.#kept().find().limit(limit).toArray()) as unknown as Kept[];
    return found.map(({ event, name, payload, at }) => ({ id: event, name, payload, at }));
  }

  async remove(entries: readonly OutboxEntry[]): Promise<void> {
    await this.#kept().deleteMany({ _id: { $in: entries.map(({ id, name }) => keyOf(name, id)) } });
  }
}

const keyOf = (name: string, id: string): string => `${name} ${id}`;
