import type { UpdateFilter } from "mongodb";
import type { Doc } from "./collection.ts";
import type { MongoDocuments } from "./mongo-documents.ts";
import type { Stored } from "./mongo-entries.ts";
import { HIDDEN } from "./mongo-language.ts";

type Claimed<T> = T & { fence: number };

/** Due work of one collection: each document goes to one node at a time. */
export class MongoClaims<T extends Doc> {
  readonly #in: MongoDocuments<T>;
  #looking: Promise<unknown> = Promise.resolve();

  constructor(documents: MongoDocuments<T>) {
    this.#in = documents;
  }

  /** One look at a time: two of one node would only take turns. */
  claim(lease: number, limit: number): Promise<Claimed<T>[]> {
    const look = this.#looking.then(() => this.#look(lease, limit));
    this.#looking = look.catch(() => undefined);
    return look;
  }

  async next(): Promise<string | null> {
    const options = { sort: { dueAt: 1 }, projection: { dueAt: 1 } } as const;
    const next = await this.#in.ask(() => this.#in.stored().findOne({ dueAt: { $gt: "" } }, options));
    return (next?.dueAt as string | undefined) ?? null;
  }

  /** The first alone, since mostly there is none; then the others at once, each of which takes the next. */
  async #look(lease: number, limit: number): Promise<Claimed<T>[]> {
    const at = Date.now();
    const first = limit > 0 ? await this.#one(at, lease) : null;
    if (!first) return [];
    const others = await Promise.allSettled(Array.from({ length: limit - 1 }, () => this.#one(at, lease)));
    const claimed = [first];
    for (const other of others) {
      if (other.status === "rejected") this.#in.link.log()?.warn("Due work could not be claimed", other.reason);
      else if (other.value) claimed.push(other.value);
    }
    return claimed.sort((one, other) => (one.was < other.was ? -1 : 1)).map(({ doc }) => doc);
  }

  /** The oldest, with when it was due. The document as it was tells that; what became of it is known. */
  async #one(at: number, lease: number): Promise<{ doc: Claimed<T>; was: string } | null> {
    const due = { dueAt: { $gt: "", $lte: new Date(at).toISOString() }, deletedAt: null };
    const $set = {
      dueAt: new Date(at + lease).toISOString(),
      leased: true,
      updatedAt: new Date().toISOString(),
    };
    const update = { $set, $inc: { fence: 1, rev: 1 } } as unknown as UpdateFilter<Stored>;
    const options = { sort: { dueAt: 1, _id: 1 }, returnDocument: "before", projection: HIDDEN } as const;
    const raw = await this.#in.ask(() => this.#in.stored().findOneAndUpdate(due, update, options));
    if (!raw) return null;
    const before = this.#in.toDoc(raw);
    const doc = { ...before, ...$set, rev: before.rev + 1, fence: (before.fence ?? 0) + 1 };
    return { doc: this.#in.told(doc, []), was: `${before.dueAt} ${before.id}` };
  }
}
