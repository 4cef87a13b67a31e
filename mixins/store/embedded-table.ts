import { Query } from "mingo";
import type { SqliteFile } from "../embedded/sqlite-file.ts";
import type { CollectionSpec, Doc, Filter, Sort } from "./collection.ts";
import type { Position } from "./cursor.ts";
import { narrow, path } from "./narrow.ts";

interface Selection {
  sort?: Sort;
  limit: number;
  after?: Position;
  tombstones?: boolean;
}

/** Whether the document fulfils the filter; mingo compiles it in about 20 µs. */
export const matches = (filter: Filter, doc: object): boolean =>
  Object.keys(filter).length === 0 || new Query(filter as never, {}).test(doc as never);

/** The SQL of one collection: a row a document, indexes on expressions, a side table for each indexed array. */
export class EmbeddedTable<T extends Doc> {
  readonly #spec: CollectionSpec<T>;
  readonly #file: SqliteFile;
  readonly #name: string;
  readonly #scalars: Set<string>;
  readonly #many: Map<string, string>;
  readonly #planned = new Set<string>();

  constructor(spec: CollectionSpec<T>, file: SqliteFile) {
    this.#spec = spec;
    this.#file = file;
    this.#name = spec.name;
    const many = spec.indexes.filter((index) => index.many).flatMap((index) => index.keys);
    this.#many = new Map(many.map((field) => [field, `${spec.name}__${field}`]));
    this.#scalars = new Set(spec.indexes.filter((index) => !index.many).flatMap((index) => index.keys));
  }

  get hasMany(): boolean {
    return this.#many.size > 0;
  }

  /** Creates what is missing; brings older documents up to this version and refuses newer ones. */
  prepare(): void {
    const { db } = this.#file;
    db.exec("create table if not exists collections (name text primary key, version integer not null) strict");
    db.exec(`create table if not exists ${this.#name} (id text primary key, doc text not null) strict`);
    for (const { keys, unique, many } of this.#spec.indexes) {
      const kind = unique ? "unique index" : "index";
      if (many) {
        const side = `${this.#name}__${keys[0]}`;
        db.exec(
          `create table if not exists ${side} (id text not null, value not null, primary key (id, value)) without rowid`,
        );
        db.exec(`create ${kind} if not exists ${side}_value on ${side} (value)`);
        continue;
      }
      // Partial, as in MongoDB: documents without the first key are not in the index.
      const fields = [...keys.map(path), ...(unique ? [] : ["id"])].join();
      db.exec(
        `create ${kind} if not exists ${this.#name}__${keys.join("_").replaceAll(".", "_")}_index
         on ${this.#name} (${fields}) where ${path(keys[0] as string)} is not null`,
      );
    }
    this.#upgrade();
  }

  read(id: string): T | null {
    const row = this.#file.prepare(`select doc from ${this.#name} where id = ?`).get(id);
    const doc = row && (JSON.parse(row.doc as string) as T);
    return doc && !doc.deletedAt ? doc : null;
  }

  add(doc: T): void {
    this.#whole(() => {
      this.#file.prepare(`insert into ${this.#name} (id, doc) values (?, ?)`).run(doc.id, JSON.stringify(doc));
      this.#index(doc);
    });
  }

  put(doc: T, before: T): void {
    this.#whole(() => {
      this.#file.prepare(`update ${this.#name} set doc = ? where id = ?`).run(JSON.stringify(doc), doc.id);
      this.#index(doc, before);
    });
  }

  remove(doc: T): void {
    this.#file.prepare(`delete from ${this.#name} where id = ?`).run(doc.id);
    for (const side of this.#many.values()) this.#file.prepare(`delete from ${side} where id = ?`).run(doc.id);
  }

  select(filter: Filter, { sort, limit, after, tombstones = false }: Selection): T[] {
    const { where, values, exact } = narrow(filter, this.#scalars, this.#many);
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
    if (exact && tombstones) return this.#all(`${sql} limit ?`, [...values, limit]);
    this.#refuseScan(sql);
    const found: T[] = [];
    for (const row of this.#file.prepare(sql).iterate(...values)) {
      const doc = JSON.parse(row.doc as string) as T;
      if ((tombstones || !doc.deletedAt) && matches(filter, doc)) found.push(doc);
      if (found.length === limit) break;
    }
    return found;
  }

  count(filter: Filter, limit: number): number {
    const { where, values, exact } = narrow(filter, this.#scalars, this.#many);
    if (!exact) throw new Error(`${this.#name}: a page can only be asked for by indexed fields`);
    const conditions = [...where, "json_extract(doc, '$.deletedAt') is null"].join(" and ");
    const inner = `select 1 from ${this.#name} where ${conditions} limit ?`;
    return this.#file.prepare(`select count(*) as n from (${inner})`).get(...values, limit)?.n as number;
  }

  nextDue(): string | null {
    const due = path("dueAt");
    const sql = `select ${due} as at from ${this.#name} where ${due} is not null order by ${due} limit 1`;
    return (this.#file.prepare(sql).get()?.at as string | undefined) ?? null;
  }

  /** Documents whose ids come after this one, tombstones included. */
  after(id: string, limit: number): T[] {
    return this.#all(`select doc from ${this.#name} where id > ? order by id limit ?`, [id, limit]);
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
    return { by: path(sort.field), sql: `${path(sort.field)} ${direction}, id ${direction}` };
  }

  /** Several rows belong to one document: all or none, without undoing the other writes of this turn. */
  #whole(work: () => void): void {
    if (!this.hasMany) {
      work();
      return;
    }
    this.#file.db.exec("savepoint document");
    try {
      work();
    } catch (error) {
      if (this.#file.db.isTransaction) this.#file.db.exec("rollback to document; release document");
      throw error;
    }
    this.#file.db.exec("release document");
  }

  #index(doc: T, before?: T): void {
    for (const [field, side] of this.#many) {
      const values = new Set((doc as unknown as Record<string, (string | number)[]>)[field] ?? []);
      const old = new Set((before as unknown as Record<string, (string | number)[]>)?.[field] ?? []);
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
    const scan = plan.find(({ detail }) => /^SCAN (?!.*USING (COVERING )?INDEX)/.test(detail as string));
    if (scan && !sql.includes("order by id")) throw new Error(`${this.#name}: no index serves this query: ${sql}`);
    this.#planned.add(sql);
  }

  #upgrade(): void {
    const { name, version, upgrades = {} } = this.#spec;
    const stored = this.#file.prepare("select version from collections where name = ?").get(name)?.version as
      | number
      | undefined;
    if (stored !== undefined && stored > version) {
      throw new Error(`The ${name} are of version ${stored}, and this release knows up to ${version}: use a newer one`);
    }
    const { db } = this.#file;
    db.exec("begin immediate");
    if (stored !== undefined && stored < version) {
      const update = db.prepare(`update ${name} set doc = ? where id = ?`);
      for (const row of db.prepare(`select id, doc from ${name}`).all()) {
        let doc = JSON.parse(row.doc as string) as Record<string, unknown>;
        for (let v = doc.v as number; v < version; v++) doc = { ...(upgrades[v + 1]?.(doc) ?? doc), v: v + 1 };
        update.run(JSON.stringify(doc), row.id as string);
      }
    }
    db.prepare("insert or replace into collections (name, version) values (?, ?)").run(name, version);
    db.exec("commit");
  }
}
