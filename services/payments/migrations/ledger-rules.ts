import { type Kysely, sql } from "kysely";

type Db = Kysely<unknown>;

/** Balanced, posted, of its transaction, append-only: as triggers of SQLite. */
export async function ledgerRulesOfSqlite(db: Db): Promise<void> {
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

/** The same in PL/pgSQL; each function looks in the schema that it was made in, whoever calls it from where. */
export async function ledgerRulesOfPostgres(db: Db): Promise<void> {
  const rule = (name: string, body: string) =>
    sql`create function ${sql.ref(name)}() returns trigger language plpgsql set search_path from current as
      ${sql.lit(`begin ${body} end`)}`.execute(db);
  await rule(
    "ledger_balanced",
    `if json_array_length(new.legs) < 2
      or (select sum((leg ->> 'amount')::bigint) from json_array_elements(new.legs) leg) is distinct from 0
    then raise check_violation using message = 'a ledger transaction must sum to zero'; end if;
    return new;`,
  );
  await rule(
    "ledger_posted",
    `insert into ledger_entries (transaction_id, line, account, amount)
    select new.id, line - 1, leg ->> 'account', (leg ->> 'amount')::bigint
    from json_array_elements(new.legs) with ordinality as legs (leg, line);
    return null;`,
  );
  await rule(
    "ledger_of_transaction",
    `if not exists (
      select 1 from ledger_transactions t
      where t.id = new.transaction_id and t.legs -> new.line ->> 'account' = new.account
        and (t.legs -> new.line ->> 'amount')::bigint = new.amount
    ) then raise check_violation using message = 'a ledger entry belongs to its transaction'; end if;
    return new;`,
  );
  await rule("ledger_append_only", `raise restrict_violation using message = 'the ledger is append-only';`);
  for (const [name, when] of [
    [
      "ledger_transactions_balanced",
      "before insert on ledger_transactions for each row execute function ledger_balanced()",
    ],
    ["ledger_transactions_posted", "after insert on ledger_transactions for each row execute function ledger_posted()"],
    [
      "ledger_entries_of_transaction",
      "before insert on ledger_entries for each row execute function ledger_of_transaction()",
    ],
    ...["ledger_transactions", "ledger_entries"].map((table) => [
      `${table}_append_only`,
      `before update or delete or truncate on ${table} for each statement execute function ledger_append_only()`,
    ]),
  ] as [string, string][]) {
    await sql`create trigger ${sql.ref(name)} ${sql.raw(when)}`.execute(db);
  }
}
