import type { z } from "zod";
import type { DurableEvent } from "../durable-events/event-bus.ts";

/** What every document has. `rev` rises with each change, `v` is the version of the document's shape. */
export interface Doc {
  id: string;
  rev: number;
  v: number;
  createdAt: string;
  updatedAt: string;
  /** Set where the document is deleted but still told of. */
  deletedAt?: string | null;
  /** When work on this document is due; absent or null: never. */
  dueAt?: string | null;
  /** True while a node works on it: `dueAt` is then the end of its lease. */
  leased?: boolean;
  /** Rises with each claim; writes under a lease are guarded by it. */
  fence?: number;
}

export type Draft<T extends Doc> = Omit<T, "rev" | "v" | "createdAt" | "updatedAt">;
/** A filter and a guard in MongoDB's query language. */
export type Filter = Record<string, unknown>;
/** Changes in MongoDB's update language: `$set`, `$inc`, `$push` … */
export type Operators = { [operator: `$${string}`]: Record<string, unknown> };
/** One indexed field, ascending or descending; ids break ties. Documents without the field are left out. */
export type Sort = { field: string; descending?: boolean };

/** Fields that hold one scalar. A document without the first is not in the index; unique are those that have all. */
export interface Index {
  keys: string[];
  unique?: boolean;
  /** The one key, at the top of the document, holds an array of scalars, and each element is indexed. */
  many?: boolean;
}

export interface CollectionSpec<T extends Doc> {
  name: string;
  /** The shape's version; documents of an older one go through `upgrades`, a newer one stops the start. */
  version: number;
  /** `upgrades[2]` makes a document of version 2 out of one of version 1. */
  upgrades?: Record<number, (doc: Record<string, unknown>) => Record<string, unknown>>;
  schema: z.ZodType<T>;
  indexes: Index[];
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
  total: number;
}

/** The only way to documents. Every change is one guarded write; what a method returned is on disk. */
export interface Collection<T extends Doc> {
  /** Creates tables and indexes; throws where the data is of a newer version. */
  ready(): Promise<void>;
  get(id: string): Promise<T | null>;
  getMany(ids: string[]): Promise<T[]>;
  /** A taken id or unique key throws a conflict `<NAME>_TAKEN`. */
  insert(doc: Draft<T>, events?: DurableEvent[]): Promise<T>;
  /** The changed document, or null where there is none or the guard does not hold. Raises `rev` and `updatedAt`. */
  change(id: string, guard: Filter, operators: Operators, events?: Events<T>): Promise<T | null>;
  find(filter: Filter, options: { sort?: Sort; limit: number }): Promise<T[]>;
  /** `total` is counted on the index and stops at 10,000. A cursor of another query is refused. */
  page(filter: Filter, options: { sort: Sort; cursor?: string | undefined; limit: number }): Promise<Page<T>>;
  /** Documents whose work is due, each leased to the caller for `lease` milliseconds under a new fence. */
  claimDue(lease: number, limit: number): Promise<(T & { fence: number })[]>;
  /** When the next work is due, or null. */
  nextDue(): Promise<string | null>;
  /** What changed after the watermark, oldest first, tombstones included; ask with overlap: clocks are not exact. */
  since(watermark: { at: string; id: string }, limit: number): Promise<T[]>;
  tombstone(id: string, guard: Filter, events?: Events<T>): Promise<T | null>;
  /** Many at once in one commit; a refused document does not hold up the others. */
  bulk(docs: Draft<T>[], events?: (doc: T) => DurableEvent[]): Promise<{ inserted: T[]; refused: Draft<T>[] }>;
  /** Every document, in the order of ids, in batches: for audits and exports. */
  all(batch?: number): AsyncIterable<T[]>;
  /** Hears of the documents that this node has written. */
  watch(changed: (doc: T) => void): void;
  /**
   * How many documents (of these ids, or all) have had something to tell since `before` that has not been published, and
   * since when the oldest has; at most 10,000 are counted.
   */
  untold(asked: Untold): Promise<{ documents: number; since: string | null }>;
  /** Removes for good. Only for what nobody is told of. */
  purge(filter: Filter, limit: number): Promise<number>;
}

export interface Untold {
  /** ISO 8601. */
  before: string;
  ids?: string[];
}

/** Events of a change, or how they are made from the document as it came out of the change. */
export type Events<T> = DurableEvent[] | ((changed: T) => DurableEvent[]);
