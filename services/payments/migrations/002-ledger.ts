import { type Kysely, sql } from "kysely";

/**
 * The ledger holds by itself: a transaction brings its legs along, is refused unless they sum to zero, and becomes
 * entries by trigger. Nothing in it is ever changed, removed or replaced.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table ledger_transactions (
      id text primary key,
      payment_id text not null references payments (id),
      kind text not null,
      currency text not null,
      legs text not null,
      at text not null
    ) strict`.execute(db);
  await sql`create index ledger_transactions_payment on ledger_transactions (payment_id)`.execute(db);
  await sql`
    create table ledger_entries (
      transaction_id text not null references ledger_transactions (id),
      line integer not null,
      account text not null,
      amount integer not null check (amount <> 0),
      primary key (transaction_id, line)
    ) strict, without rowid`.execute(db);
  await sql`
    create trigger ledger_transactions_balanced before insert on ledger_transactions
    when json_array_length(new.legs) < 2
      or (select sum(json_extract(value, '$.amount')) from json_each(new.legs)) is not 0
    begin select raise(abort, 'a ledger transaction must sum to zero'); end`.execute(db);
  await sql`
    create trigger ledger_transactions_posted after insert on ledger_transactions
    begin
      insert into ledger_entries (transaction_id, line, account, amount)
      select new.id, key, json_extract(value, '$.account'), json_extract(value, '$.amount') from json_each(new.legs);
    end`.execute(db);
  await sql`
    create trigger ledger_entries_of_transaction before insert on ledger_entries
    when not exists (
      select 1 from ledger_transactions t, json_each(t.legs) leg
      where t.id = new.transaction_id and leg.key = new.line
        and json_extract(leg.value, '$.account') = new.account and json_extract(leg.value, '$.amount') = new.amount
    )
    begin select raise(abort, 'a ledger entry belongs to its transaction'); end`.execute(db);
  for (const [table, key] of [
    ["ledger_transactions", "id = new.id"],
    ["ledger_entries", "transaction_id = new.transaction_id and line = new.line"],
  ] as const) {
    const refuse = sql.raw(`begin select raise(abort, 'the ledger is append-only'); end`);
    for (const change of ["update", "delete"]) {
      await sql`create trigger ${sql.raw(`${table}_no_${change} before ${change} on ${table}`)} ${refuse}`.execute(db);
    }
    // "insert or replace" deletes without a word to delete triggers.
    await sql`
      create trigger ${sql.raw(`${table}_no_replace before insert on ${table}`)}
      when exists (select 1 from ${sql.raw(table)} where ${sql.raw(key)}) ${refuse}`.execute(db);
  }
}
