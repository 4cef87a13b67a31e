import type { Kysely } from "kysely";

/** A database with constraints and transactions. Inside a transaction use only its `tx`, and await nothing else. */
export interface SqlDatabase {
  // biome-ignore lint/suspicious/noExplicitAny: each service knows its own tables
  db<Tables = any>(): Kysely<Tables>;
  dialect: "sqlite" | "postgres";
}
