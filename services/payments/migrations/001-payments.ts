import { type Kysely, sql } from "kysely";
import { columnTypes } from "../../../mixins/sql/column-types.ts";

export async function up(db: Kysely<unknown>): Promise<void> {
  const { whole, key, strict } = columnTypes(db);
  await sql`
    create table payments (
      id ${key} primary key,
      order_id ${key} not null unique,
      provider text not null,
      status text not null check (status in ('pending', 'requires_action', 'authorized', 'captured',
        'partially_refunded', 'refunded', 'voided', 'failed', 'unknown')),
      version integer not null,
      currency text not null check (length(currency) = 3),
      amount ${whole} not null check (amount >= 0),
      captured ${whole} not null check (captured between 0 and amount),
      refunded ${whole} not null check (refunded between 0 and captured),
      token text,
      reference text,
      redirect_url text,
      failure_type text,
      failure_message text,
      capture_requested integer not null check (capture_requested in (0, 1)),
      void_requested integer not null check (void_requested in (0, 1)),
      due_at ${whole},
      leased integer not null check (leased in (0, 1)),
      fence integer not null,
      failures integer not null,
      created_at text not null,
      updated_at text not null,
      check (status not in ('captured', 'partially_refunded', 'refunded') or captured > 0 or amount = 0),
      check (status <> 'refunded' or refunded = captured)
    ) ${strict}`.execute(db);
  await sql`create index payments_due on payments (due_at) where due_at is not null`.execute(db);
  await sql`
    create table operations (
      id ${key} primary key,
      payment_id ${key} not null references payments (id),
      kind text not null check (kind in ('authorize', 'capture', 'void', 'refund')),
      state text not null check (state in ('started', 'succeeded', 'failed', 'unknown')),
      attempts integer not null,
      error text,
      started_at ${whole} not null,
      ended_at ${whole}
    ) ${strict}`.execute(db);
  await sql`create index operations_open on operations (started_at) where ended_at is null`.execute(db);
}
