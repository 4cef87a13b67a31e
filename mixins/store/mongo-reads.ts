import type { Filter as MongoFilter } from "mongodb";
import type { Doc, Filter, Sort } from "./collection.ts";
import type { Position } from "./cursor.ts";
import type { MongoDocuments } from "./mongo-documents.ts";
import type { Stored } from "./mongo-entries.ts";
import { both, HIDDEN, hinted, toMongo } from "./mongo-language.ts";

export interface Selection {
  sort?: Sort | undefined;
  limit: number;
  after?: Position | undefined;
  tombstones?: boolean;
}

/** What a query may take: whoever asked has gone by then. */
const PATIENCE = 10_000;
/** The largest limit that every server takes. */
const NO_LIMIT = 2 ** 31 - 1;

/** The queries of one collection. */
export class MongoReads<T extends Doc> {
  readonly #in: MongoDocuments<T>;
  readonly #unique: readonly string[][];

  constructor(documents: MongoDocuments<T>) {
    this.#in = documents;
    this.#unique = documents.spec.indexes.filter(({ unique }) => unique).map(({ keys }) => keys);
  }

  /** What fits the filter; without a sort in the order of ids. */
  async select(filter: Filter, { sort, limit, after, tombstones = false }: Selection): Promise<Stored[]> {
    if (limit <= 0) return [];
    const where = this.where(filter, { sort, after, tombstones });
    const found = this.#in.stored().find(where, { projection: HIDDEN, maxTimeMS: PATIENCE });
    const direction = sort?.descending ? -1 : 1;
    // For one alone no order is needed, and the index that finds it need not have it.
    if (sort && sort.field !== "id") found.sort({ [sort.field]: direction, _id: direction });
    else if (limit > 1) found.sort({ _id: direction });
    return found.limit(Math.min(limit, NO_LIMIT)).toArray();
  }

  async count(filter: Filter, sort: Sort, limit: number): Promise<number> {
    return this.#in.stored().countDocuments(this.where(filter, { sort }), { limit, maxTimeMS: PATIENCE });
  }

  where(filter: Filter, { sort, after, tombstones = false }: Omit<Selection, "limit">): MongoFilter<Stored> {
    let where = hinted(toMongo(filter), this.#unique);
    if (!tombstones) where = both(where, { deletedAt: null });
    // As embedded, documents without the field are not in the order of it.
    if (sort && sort.field !== "id" && !(sort.field in where)) where[sort.field] = { $ne: null };
    if (sort && after) where = both(where, beyond(sort, after));
    return where as MongoFilter<Stored>;
  }
}

/** What comes after the position; the range is outside of the `$or`, so that the index is entered there. */
function beyond({ field, descending }: Sort, { value, id }: Position): Filter {
  const further = descending ? "$lt" : "$gt";
  if (field === "id") return { _id: { [further]: id } };
  return { [field]: { [`${further}e`]: value }, $or: [{ [field]: { [further]: value } }, { _id: { [further]: id } }] };
}
