import type { SqliteFile } from "../embedded/sqlite-file.ts";
import { NewerDataError } from "../newer-data.ts";
import type { CollectionSpec, Doc, Index } from "./collection.ts";
import { column, columnsOf, inText } from "./narrow.ts";

/** The side table of an indexed array: a row for each element. */
export const sideTable = (collection: string, field: string): string => `${collection}__${field}`;

/** Inside a write: creates what is missing, brings older documents up to this version, refuses newer ones. */
export function prepareTables<T extends Doc>(spec: CollectionSpec<T>, { db }: SqliteFile): void {
  const { name, version } = spec;
  db.exec("create table if not exists collections (name text primary key, version integer not null) strict");
  const stored = db.prepare("select version from collections where name = ?").get(name)?.version as number | undefined;
  if (stored !== undefined && stored > version) {
    const known = `and this release knows up to ${version}: use a newer one`;
    throw new NewerDataError(`The ${name} are of version ${stored}, ${known}`);
  }
  db.exec(`create table if not exists ${name} (id text primary key, doc text not null) strict`);
  const older = stored !== undefined && stored < version;
  if (older) upgrade(spec, db);
  for (const index of spec.indexes) if (index.many) prepareSide(name, index, db, older);
  prepareIndexes(spec, db, older);
  db.prepare("insert or replace into collections (name, version) values (?, ?)").run(name, version);
}

type Database = SqliteFile["db"];

/**
 * Indexed fields stand in columns of their own, so that a change rewrites only the indexes of what it changes. An index
 * that is new or made of other fields is made again from what the documents say, and one that nobody wants is dropped.
 */
function prepareIndexes<T extends Doc>(spec: CollectionSpec<T>, db: Database, anew: boolean): void {
  const { name } = spec;
  const wanted = new Map(spec.indexes.filter(({ many }) => !many).map((index) => definition(name, index)));
  const present = db.prepare("select name, sql from sqlite_schema where type = 'index' and tbl_name = ? and sql > ''");
  const known = new Map(present.all(name).map((row) => [row.name as string, row.sql as string]));
  const stale = [...known].filter(([index, sql]) => wanted.get(index) !== sql).map(([index]) => index);
  const missing = [...wanted].filter(([index, sql]) => known.get(index) !== sql).map(([, sql]) => sql);
  for (const index of stale) db.exec(`drop index ${index}`);
  if (missing.length || anew) fillColumns(spec, db);
  for (const sql of missing) db.exec(sql);
}

function definition(collection: string, { keys, unique }: Index): [name: string, sql: string] {
  const name = `${collection}__${keys.join("_").replaceAll(".", "_")}_index`;
  // Partial: documents without the first key are not in it, and those without any of its keys are never equal.
  const fields = [...keys.map(column), ...(unique ? [] : ["id"])].join();
  const first = column(keys[0] as string);
  const kind = unique ? "UNIQUE INDEX" : "INDEX";
  return [name, `CREATE ${kind} ${name} on ${collection} (${fields}) where ${first} is not null`];
}

function fillColumns<T extends Doc>(spec: CollectionSpec<T>, db: Database): void {
  const there = new Set(
    db
      .prepare("select name from pragma_table_info(?)")
      .all(spec.name)
      .map((row) => row.name),
  );
  const fields = columnsOf(spec);
  for (const field of fields) {
    if (!there.has(field)) db.exec(`alter table ${spec.name} add column ${column(field)} any`);
  }
  const values = fields.map((field) => `${column(field)} = ${inText(field)}`);
  if (values.length) db.exec(`update ${spec.name} set ${values.join()}`);
}

function prepareSide(collection: string, { keys, unique }: Index, db: Database, anew: boolean): void {
  const field = keys[0] as string;
  const side = sideTable(collection, field);
  const known = db.prepare("select 1 from sqlite_schema where type = 'table' and name = ?").get(side);
  if (known && anew) db.exec(`delete from ${side}`);
  if (!known) db.exec(`create table ${side} (id text not null, value not null, primary key (id, value)) without rowid`);
  db.exec(`create ${unique ? "unique " : ""}index if not exists ${side}_value on ${side} (value)`);
  if (known && !anew) return;
  db.exec(`insert into ${side} (id, value) select distinct d.id, e.value
           from ${collection} d, json_each(d.doc, '$.${field}') e where e.value is not null`);
}

function upgrade<T extends Doc>({ name, version, upgrades = {} }: CollectionSpec<T>, db: Database): void {
  const update = db.prepare(`update ${name} set doc = ? where id = ?`);
  const batch = db.prepare(`select id, doc from ${name} where id > ? order by id limit 500`);
  for (let after = ""; ; ) {
    const rows = batch.all(after) as { id: string; doc: string }[];
    for (const { id, doc: text } of rows) {
      let doc = JSON.parse(text) as Record<string, unknown>;
      for (let v = doc.v as number; v < version; v++) doc = { ...(upgrades[v + 1]?.(doc) ?? doc), v: v + 1 };
      update.run(JSON.stringify(doc), id);
    }
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
  }
}
