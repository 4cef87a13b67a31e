import { BSON, type Collection as Documents } from "mongodb";
import { tooLarge } from "../../services/shared/errors.ts";
import { toStoreError } from "../mongo/mongo-errors.ts";
import type { CollectionSpec, Doc, Draft } from "./collection.ts";
import type { OutboxEntry, Stored } from "./mongo-entries.ts";
import { refuseNames, refuseOwn } from "./mongo-language.ts";
import type { MongoLink } from "./mongo-link.ts";
import { MongoOutbox } from "./mongo-outbox.ts";
import { MongoSchema } from "./mongo-schema.ts";

/** 16 MB, and room for the store's own fields. */
const LARGEST = 16 * 1024 * 1024 - 4_096;

/** The documents of one collection, as MongoDB has them and as their service knows them. */
export class MongoDocuments<T extends Doc> {
  readonly spec: CollectionSpec<T>;
  readonly link: MongoLink;
  readonly schema: MongoSchema<T>;
  readonly outbox: MongoOutbox;
  readonly #watchers: ((doc: T) => void)[] = [];

  constructor(spec: CollectionSpec<T>, link: MongoLink) {
    this.spec = spec;
    this.link = link;
    this.schema = new MongoSchema(spec, () => link.db());
    this.outbox = new MongoOutbox(spec.name, link);
  }

  /** The driver's side; whatever is asked of it is asked inside of `ask`. */
  stored(): Documents<Stored> {
    return this.link.db().collection<Stored>(this.spec.name);
  }

  /** The answer, or what went wrong in the words of the store. */
  async ask<R>(question: () => Promise<R>, id?: string): Promise<R> {
    try {
      return await question();
    } catch (error) {
      throw toStoreError(error, this.spec.name, id);
    }
  }

  /** The document as this release knows it. */
  toDoc({ _id, outbox, outboxAt, ...fields }: Stored): T {
    const doc = { id: _id, ...fields };
    return (fields.v < this.spec.version ? this.schema.upgraded(doc) : doc) as unknown as T;
  }

  toStored({ id, ...fields }: T, entries: readonly OutboxEntry[]): Stored {
    const outbox = entries.length ? { outbox: [...entries], outboxAt: fields.updatedAt } : {};
    const stored = { _id: id, ...fields, ...outbox } as unknown as Stored;
    if (BSON.calculateObjectSize(stored, { ignoreUndefined: true }) <= LARGEST) return stored;
    throw tooLarge("DOCUMENT_TOO_LARGE", `One of the ${this.spec.name} would pass 16 MB`, { id });
  }

  /** A new document; throws where it could not be stored, or not be reached afterwards. */
  fresh(draft: Draft<T>): T {
    refuseOwn(draft);
    refuseNames(draft);
    const at = new Date().toISOString();
    return this.check({ ...draft, rev: 1, v: this.spec.version, createdAt: at, updatedAt: at } as unknown as T);
  }

  /** In tests, so that what is stored is what the schema says; in production the rules are trusted. */
  check(doc: T): T {
    if (process.env.NODE_ENV === "test") this.spec.schema.parse(doc);
    return doc;
  }

  watch(changed: (doc: T) => void): void {
    this.#watchers.push(changed);
  }

  /** After a write: who watches hears of it, and its events are on their way. */
  told<D extends T>(doc: D, entries: readonly OutboxEntry[]): D {
    this.link.wrote(this.spec.name);
    this.outbox.push(doc.id, entries);
    for (const changed of this.#watchers) changed(doc);
    return doc;
  }
}
