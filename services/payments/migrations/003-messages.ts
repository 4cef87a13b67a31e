import { type Kysely, sql } from "kysely";
import { columnTypes } from "../../../mixins/sql/column-types.ts";

export async function up(db: Kysely<unknown>): Promise<void> {
  const { whole, key, serial, strict, strictByKey } = columnTypes(db);
  await sql`
    create table inbox (
      provider ${key} not null,
      event_id ${key} not null,
      type text not null,
      body text not null,
      received_at ${whole} not null,
      processed_at ${whole},
      outcome text,
      error text,
      primary key (provider, event_id)
    ) ${strictByKey}`.execute(db);
  await sql`create index inbox_waiting on inbox (received_at) where processed_at is null`.execute(db);
  await sql`create index inbox_unmatched on inbox (received_at) where outcome = 'unmatched'`.execute(db);
  await sql`
    create table outbox (
      seq ${serial},
      id ${key} not null unique,
      name text not null,
      payload text not null,
      at ${whole} not null
    ) ${strict}`.execute(db);
}
