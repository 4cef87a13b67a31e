import type { SqliteFile } from "../embedded/sqlite-file.ts";
import type { CollectionSpec, Doc, Filter, Sort } from "./collection.ts";
import type { Position } from "./cursor.ts";
import { prepareTables, sideTable } from "./embedded-schema.ts";
import { matches } from "./language.ts";
import { column, columnsOf, columnValue, narrow, type Value } from "./narrow.ts";

interface Selection {
  sort?: Sort;
  limit: number;
  after?: Position;
  tombstones?: boolean;
}

type Element = string | number;

/** What of a document stands beside its text: the columns in their order, and the elements of each indexed array. */
export interface Indexed {
  columns: Value[];
  elements: ReadonlyMap<string, Set<Element>>;
}

const elementsOf = (doc: Doc, field: string): Set<Element> =>
  new Set(((doc as unknown as Record<string, Element[] | undefined>)[field] ?? []).filter((one) => one !== null));

/**
 * The SQL of one collection: a row a document, a column for each indexed field, a side table for each indexed array.
 * Limits are part of the text: SQLite plans by them, and would compile a statement again with each that is bound.
 */
export class EmbeddedTable<T extends Doc> {
  readonly #spec: CollectionSpec<T>;
  readonly #file: SqliteFile;
  readonly #name: string;
  readonly #columns: { field: string; steps: string[] }[];
  readonly #scalars: Set<string>;
  readonly #many: Map<string, string>;
  readonly #planned = new Set<string>();
  readonly #insert: string;
  /** By the columns that change with the document. */
  readonly #updates = new Map<string, string>();

  constructor(spec: CollectionSpec<T>, file: SqliteFile) {
    this.#spec = spec;
    this.#file = file;
    this.#name = spec.name;
    const many = spec.indexes.filter((index) => index.many).flatMap((index) => index.keys);
    this.#many = new Map(many.map((field) => [field, sideTable(spec.name, field)]));
    this.#columns = columnsOf(spec).map((field) => ({ field, steps: field.split(".") }));
    this.#scalars = new Set(columnsOf(spec));
    const columns = ["id", "doc", ...columnsOf(spec).map(column)];
    this.#insert = `insert into ${this.#name} (${columns.join()}) values (${columns.map(() => "?").join()})`;
  }

  /** What is indexed of the document as it is before a change. */
  indexed(doc: T): Indexed {
    const elements = new Map<string, Set<Element>>();
    for (const field of this.#many.keys()) elements.set(field, elementsOf(doc, field));
    return { columns: this.#columns.map(({ steps }) => columnValue(doc, steps)), elements };
  }

  prepare(): void {
    prepareTables(this.#spec, this.#file);
  }

  read(id: string): T | null {
    const row = this.#file.prepare(`select doc from ${this.#name} where id = ?`).get(id);
    const doc = row && (JSON.parse(row.doc as string) as T);
    return doc && !doc.deletedAt ? doc : null;
  }

  add(doc: T): void {
    const { columns } = this.indexed(doc);
    this.#file.prepare(this.#insert).run(doc.id, JSON.stringify(doc), ...columns);
    this.#index(doc);
  }

  /** Names only the columns that change: SQLite rewrites the index of every column that an update names. */
  put(doc: T, before: Indexed): void {
    const changed: string[] = [];
    const values: Value[] = [];
    for (const [at, { field, steps }] of this.#columns.entries()) {
      const value = columnValue(doc, steps);
      if (value === before.columns[at]) continue;
      changed.push(field);
      values.push(value);
    }
    this.#file.prepare(this.#update(changed)).run(JSON.stringify(doc), ...values, doc.id);
    this.#index(doc, before.elements);
  }

  #update(changed: readonly string[]): string {
    const key = changed.join();
    let sql = this.#updates.get(key);
    if (!sql) {
      const set = ["doc", ...changed.map(column)].map((name) => `${name} = ?`);
      sql = `update ${this.#name} set ${set.join()} where id = ?`;
      this.#updates.set(key, sql);
    }
    return sql;
  }

  remove(doc: T): void {
    this.#file.prepare(`delete from ${this.#name} where id = ?`).run(doc.id);
    for (const side of this.#many.values()) this.#file.prepare(`delete from ${side} where id = ?`).run(doc.id);
  }

  select(filter: Filter, { sort, limit, after, tombstones = false }: Selection): T[] {
    const { where, values, exact } = narrow(filter, this.#scalars, this.#many);
    if (where.length === 0 && !exact) this.#refuse(`the filter ${JSON.stringify(filter)}`);
    const order = this.#order(sort);
    const conditions = [...where];
    if (after && sort) {
      const sign = sort.descending ? "<" : ">";
      conditions.push(`(${order.by}, id) ${sign} (?, ?)`);
      values.push(after.value, after.id);
    }
    // A sort on the partial index needs what the index is made of.
    if (order.by !== "id") conditions.push(`${order.by} is not null`);
    const clause = conditions.length ? `where ${conditions.join(" and ")}` : "";
    const sql = `select doc from ${this.#name} ${clause} order by ${order.sql}`;
    if (exact && tombstones) return this.#all(`${sql} limit ${limit}`, values);
    this.#refuseScan(sql);
    const found: T[] = [];
    for (const row of this.#file.prepare(sql).iterate(...values)) {
      const doc = JSON.parse(row.doc as string) as T;
      if ((tombstones || !doc.deletedAt) && (exact || matches(filter, doc))) found.push(doc);
      if (found.length === limit) break;
    }
    return found;
  }

  /** How many a page over this filter and sort would come to in the end. */
  count(filter: Filter, sort: Sort, limit: number): number {
    const { where, values, exact } = narrow(filter, this.#scalars, this.#many);
    if (!exact) throw new Error(`${this.#name}: a page can only be asked for by indexed fields`);
    const { by } = this.#order(sort);
    const present = by === "id" ? [] : [`${by} is not null`];
    const conditions = [...where, ...present, "json_extract(doc, '$.deletedAt') is null"].join(" and ");
    const inner = `select 1 from ${this.#name} where ${conditions} limit ${limit}`;
    return this.#file.prepare(`select count(*) as n from (${inner})`).get(...values)?.n as number;
  }

  nextDue(): string | null {
    const due = column("dueAt");
    const sql = `select ${due} as at from ${this.#name} where ${due} is not null order by ${due} limit 1`;
    return (this.#file.prepare(sql).get()?.at as string | undefined) ?? null;
  }

  /** Documents whose ids come after this one, tombstones included. */
  after(id: string, limit: number): T[] {
    return this.#all(`select doc from ${this.#name} where id > ? order by id limit ${limit}`, [id]);
  }

  #all(sql: string, values: (string | number | null)[]): T[] {
    this.#refuseScan(sql);
    return this.#file
      .prepare(sql)
      .all(...values)
      .map((row) => JSON.parse(row.doc as string) as T);
  }

  #order(sort: Sort | undefined): { by: string; sql: string } {
    const direction = sort?.descending ? "desc" : "asc";
    if (!sort || sort.field === "id") return { by: "id", sql: `id ${direction}` };
    if (!this.#scalars.has(sort.field)) throw new Error(`${this.#name}: no index to sort by ${sort.field}`);
    return { by: column(sort.field), sql: `${column(sort.field)} ${direction}, id ${direction}` };
  }

  #index(doc: T, before?: ReadonlyMap<string, Set<Element>>): void {
    for (const [field, side] of this.#many) {
      const values = elementsOf(doc, field);
      const old = before?.get(field) ?? new Set();
      for (const value of old.difference(values)) {
        this.#file.prepare(`delete from ${side} where id = ? and value = ?`).run(doc.id, value);
      }
      for (const value of values.difference(old)) {
        this.#file.prepare(`insert into ${side} (id, value) values (?, ?)`).run(doc.id, value);
      }
    }
  }

  /** A query that reads through a growing table is a mistake to find before it is deployed. */
  #refuseScan(sql: string): void {
    if (process.env.NODE_ENV === "production" || this.#planned.has(sql)) return;
    const plan = this.#file.db.prepare(`explain query plan ${sql}`).all();
    const scan = plan.find(({ detail }) => /^SCAN (?!json_each|.*USING (COVERING )?INDEX)/.test(detail as string));
    if (scan && !sql.includes("order by id")) this.#refuse(sql);
    this.#planned.add(sql);
  }

  #refuse(query: string): void {
    if (process.env.NODE_ENV !== "production") throw new Error(`${this.#name}: no index serves ${query}`);
  }
}
