import type { Collection, Db, Filter, IndexDescription, UpdateFilter } from "mongodb";
import { isTaken } from "../mongo/mongo-errors.ts";
import { NewerDataError } from "../newer-data.ts";
import type { CollectionSpec, Doc, Index } from "./collection.ts";
import type { Stored } from "./mongo-entries.ts";
import { SCALAR } from "./mongo-language.ts";

type Fields = Record<string, unknown>;

/** Names tell the definition: another definition is another index, and nodes of two releases don't fight over one. */
function toIndex({ keys, unique, many }: Index): IndexDescription {
  const name = keys.join("_");
  const order = Object.fromEntries(keys.map((key) => [key, 1 as const]));
  if (unique) {
    const partialFilterExpression = Object.fromEntries(keys.map((key) => [key, { $type: SCALAR }]));
    return { name: `${name}__unique_scalars`, key: order, unique: true, partialFilterExpression };
  }
  if (many) return { name: `${name}__many`, key: { ...order, _id: 1 } };
  // Most documents have nothing to do, and are not in it.
  const due = keys[0] === "dueAt" ? { partialFilterExpression: { dueAt: { $gt: "" } } } : {};
  return { name: `${name}__id${keys[0] === "dueAt" ? "__set" : ""}`, key: { ...order, _id: 1 }, ...due };
}

/** The shape of one collection in MongoDB: its version, its indexes, and documents that are older. */
export class MongoSchema<T extends Doc> {
  readonly #spec: CollectionSpec<T>;
  readonly #db: () => Db;

  constructor(spec: CollectionSpec<T>, db: () => Db) {
    this.#spec = spec;
    this.#db = db;
  }

  /** Any number of nodes may do this at once; throws where the data is newer, or where it cannot be brought up to date. */
  async prepare(): Promise<void> {
    const { name, version } = this.#spec;
    await this.#refuseNewer();
    // All of them in thought before the first in deed: an upgrade that fails leaves everything as it was.
    for await (const raw of this.#older()) this.#changes(raw);
    await this.#versions()
      .insertOne({ _id: name, version })
      .catch((error) => {
        if (!isTaken(error)) throw error;
        return this.#versions().updateOne({ _id: name }, { $max: { version } });
      });
    await this.#refuseNewer();
    await this.#index();
    await this.upgradeOlder();
  }

  /** The fields as this release knows them. */
  upgraded(doc: Fields): Fields {
    const { version, upgrades = {} } = this.#spec;
    let result = doc;
    for (let v = doc.v as number; v < version; v++) result = { ...(upgrades[v + 1]?.(result) ?? result), v: v + 1 };
    return result;
  }

  /** Brings one document up to date; false where it was not older. */
  async upgradeOne(id: string): Promise<boolean> {
    if (this.#spec.version === 1) return false;
    const raw = await this.#docs().findOne({ _id: id, v: { $lt: this.#spec.version } }, { readConcern: "local" });
    if (raw) await this.#upgrade(raw);
    return raw !== null;
  }

  /** Brings all documents up to date that are older, as other nodes may still write them during an update. */
  async upgradeOlder(): Promise<void> {
    for await (const raw of this.#older()) await this.#upgrade(raw);
  }

  async *#older(): AsyncIterable<Stored> {
    const { version } = this.#spec;
    if (version > 1) yield* this.#docs().find({ v: { $lt: version } } as Filter<Stored>, { batchSize: 200 });
  }

  /** Neither `rev` nor the time is raised, so the guard names what was read by version, too. */
  async #upgrade(raw: Stored): Promise<void> {
    await this.#docs().updateOne({ _id: raw._id, rev: raw.rev, v: raw.v }, this.#changes(raw) as UpdateFilter<Stored>);
  }

  #changes({ _id, outbox, outboxAt, ...fields }: Stored): { $set: Fields; $unset?: Fields } {
    const { id, ...set } = this.upgraded({ id: _id, ...fields });
    const gone = Object.keys(fields).filter((field) => !(field in set));
    return { $set: set, ...(gone.length ? { $unset: Object.fromEntries(gone.map((field) => [field, ""])) } : {}) };
  }

  async #refuseNewer(): Promise<void> {
    const { name, version } = this.#spec;
    const stored = (await this.#versions().findOne({ _id: name }))?.version ?? 0;
    if (stored <= version) return;
    const known = `and this release knows up to ${version}: use a newer one`;
    throw new NewerDataError(`The ${name} are of version ${stored}, ${known}`);
  }

  /** What is there already stays: MongoDB does nothing about it. What is wanted no longer may be wanted by older nodes. */
  async #index(): Promise<void> {
    const { name, version, indexes } = this.#spec;
    const own: IndexDescription[] = [{ name: "outboxAt__sparse", key: { outboxAt: 1 }, sparse: true }];
    if (version > 1) own.push({ name: "v", key: { v: 1 } });
    await this.#docs()
      .createIndexes([...indexes.map(toIndex), ...own])
      .catch((error) => {
        if (!isTaken(error)) throw error;
        throw new Error(`The ${name} have a value twice that must be there once: ${(error as Error).message}`);
      });
  }

  #docs(): Collection<Stored> {
    return this.#db().collection<Stored>(this.#spec.name);
  }

  #versions(): Collection<{ _id: string; version: number }> {
    return this.#db().collection("collections");
  }
}
