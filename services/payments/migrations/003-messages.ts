import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table inbox (
      provider text not null,
      event_id text not null,
      type text not null,
      body text not null,
      received_at integer not null,
      processed_at integer,
      outcome text,
      error text,
      primary key (provider, event_id)
    ) strict, without rowid`.execute(db);
  await sql`create index inbox_waiting on inbox (received_at) where processed_at is null`.execute(db);
  await sql`create index inbox_unmatched on inbox (received_at) where outcome = 'unmatched'`.execute(db);
  await sql`
    create table outbox (
      seq integer primary key autoincrement,
      id text not null unique,
      name text not null,
      payload text not null,
      at integer not null
    ) strict`.execute(db);
}
