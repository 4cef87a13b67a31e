import type { SqliteFile } from "../embedded/sqlite-file.ts";
import { NewerDataError } from "../newer-data.ts";
import type { CollectionSpec, Doc, Index } from "./collection.ts";
import { path } from "./narrow.ts";

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
  for (const index of spec.indexes) {
    if (index.many) prepareSide(name, index, db, older);
    else prepareIndex(name, index, db);
  }
  db.prepare("insert or replace into collections (name, version) values (?, ?)").run(name, version);
}

type Database = SqliteFile["db"];

/** An index whose definition has changed since is made again. */
function prepareIndex(collection: string, { keys, unique }: Index, db: Database): void {
  const name = `${collection}__${keys.join("_").replaceAll(".", "_")}_index`;
  // Partial: documents without the first key are not in it, and those without any of its keys are never equal.
  const fields = [...keys.map(path), ...(unique ? [] : ["id"])].join();
  const sql = `CREATE ${unique ? "UNIQUE " : ""}INDEX ${name} on ${collection} (${fields}) where ${path(keys[0] as string)} is not null`;
  const known = db.prepare("select sql from sqlite_schema where type = 'index' and name = ?").get(name)?.sql;
  if (known === sql) return;
  if (known) db.exec(`drop index ${name}`);
  db.exec(sql);
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
