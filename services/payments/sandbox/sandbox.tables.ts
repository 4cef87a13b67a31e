import { type Kysely, sql } from "kysely";
import { columnTypes } from "../../../mixins/sql/column-types.ts";
import { isPostgres, type SqlDatabase } from "../../../mixins/sql/sql-database.ts";

export interface ChargeTable {
  key: string;
  reference: string;
  status: "errors" | "pending" | "requires_action" | "authorized" | "captured" | "voided" | "declined" | "refunded";
  amount: number;
  currency: string;
  captured: number;
  refunded: number;
  failure_type: string | null;
  failure_message: string | null;
  /** How often the bank has failed at it. */
  errors: number;
  /** When a pending charge is decided. */
  decide_at: number | null;
}

export interface SandboxTables {
  charges: ChargeTable;
  /** Captures and refunds by their keys, so that a repeat does nothing. */
  movements: { key: string; charge: string; kind: "capture" | "refund"; amount: number };
  webhooks: { id: string; body: string; attempts: number; due_at: number };
}

export type SandboxDb = Kysely<SandboxTables>;

/** The sandbox bank is an outside system with a database of its own; it makes its tables itself, one node at a time. */
export function prepare(database: SqlDatabase): Promise<void> {
  return database.patiently((db) => db.transaction().execute(make));
}

async function make(db: Kysely<unknown>): Promise<void> {
  if (isPostgres(db)) await sql`select pg_advisory_xact_lock(hashtext(current_schema()))`.execute(db);
  const { whole, key, strict } = columnTypes(db);
  await sql`
    create table if not exists charges (
      key ${key} primary key, reference ${key} not null unique, status text not null, amount ${whole} not null,
      currency text not null, captured ${whole} not null, refunded ${whole} not null, failure_type text,
      failure_message text, errors integer not null, decide_at ${whole}
    ) ${strict}`.execute(db);
  await sql`create index if not exists charges_decide on charges (decide_at) where decide_at is not null`.execute(db);
  await sql`
    create table if not exists movements (
      key ${key} primary key, charge ${key} not null, kind text not null, amount ${whole} not null
    ) ${strict}`.execute(db);
  await sql`
    create table if not exists webhooks (
      id ${key} primary key, body text not null, attempts integer not null, due_at ${whole} not null
    ) ${strict}`.execute(db);
  await sql`create index if not exists webhooks_due on webhooks (due_at)`.execute(db);
}
