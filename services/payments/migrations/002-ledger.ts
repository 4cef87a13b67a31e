import { type Kysely, sql } from "kysely";
import { columnTypes } from "../../../mixins/sql/column-types.ts";
import { isPostgres } from "../../../mixins/sql/sql-database.ts";
import { ledgerRulesOfPostgres, ledgerRulesOfSqlite } from "./ledger-rules.ts";

/**
 * The ledger holds by itself: a transaction brings its legs along, is refused unless they sum to zero, and becomes
 * entries by trigger. Nothing in it is ever changed, removed or replaced.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { whole, key, json, strict, strictByKey } = columnTypes(db);
  await sql`
    create table ledger_transactions (
      id ${key} primary key,
      payment_id ${key} not null references payments (id),
      kind text not null,
      currency text not null,
      legs ${json} not null,
      at text not null
    ) ${strict}`.execute(db);
  await sql`create index ledger_transactions_payment on ledger_transactions (payment_id)`.execute(db);
  await sql`
    create table ledger_entries (
      transaction_id ${key} not null references ledger_transactions (id),
      line integer not null,
      account text not null,
      amount ${whole} not null check (amount <> 0),
      primary key (transaction_id, line)
    ) ${strictByKey}`.execute(db);
  await (isPostgres(db) ? ledgerRulesOfPostgres(db) : ledgerRulesOfSqlite(db));
}
