import { type Kysely, type RawBuilder, sql } from "kysely";
import { isPostgres } from "./sql-database.ts";

interface ColumnTypes {
  /** Money in minor units, times in milliseconds, counts. */
  whole: RawBuilder<unknown>;
  /** Text that is looked up and sorted, by its bytes wherever it runs. */
  key: RawBuilder<unknown>;
  /** Numbers that the database gives, each larger than the one before. */
  serial: RawBuilder<unknown>;
  json: RawBuilder<unknown>;
  /** What stands after the columns. */
  strict: RawBuilder<unknown>;
  strictByKey: RawBuilder<unknown>;
}

/** How the two dialects say the same of a column or a table. */
export function columnTypes(db: Pick<Kysely<never>, "getExecutor">): ColumnTypes {
  const say = (sqlite: string, postgres: string) => sql.raw(isPostgres(db) ? postgres : sqlite);
  return {
    whole: say("integer", "bigint"),
    key: say("text", 'text collate "C"'),
    serial: say("integer primary key autoincrement", "bigint primary key generated always as identity"),
    json: say("text", "json"),
    strict: say("strict", ""),
    strictByKey: say("strict, without rowid", ""),
  };
}
