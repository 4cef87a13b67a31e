import { type Kysely, sql } from "kysely";

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

/** The sandbox bank is an outside system with a file of its own; it makes its tables itself. */
export async function prepare(db: SandboxDb): Promise<void> {
  await sql`
    create table if not exists charges (
      key text primary key, reference text not null unique, status text not null, amount integer not null,
      currency text not null, captured integer not null, refunded integer not null, failure_type text,
      failure_message text, errors integer not null, decide_at integer
    ) strict`.execute(db);
  await sql`create index if not exists charges_decide on charges (decide_at) where decide_at is not null`.execute(db);
  await sql`
    create table if not exists movements (
      key text primary key, charge text not null, kind text not null, amount integer not null
    ) strict`.execute(db);
  await sql`
    create table if not exists webhooks (
      id text primary key, body text not null, attempts integer not null, due_at integer not null
    ) strict`.execute(db);
  await sql`create index if not exists webhooks_due on webhooks (due_at)`.execute(db);
}
