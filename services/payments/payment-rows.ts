import { type Insertable, type QueryCreator, sql } from "kysely";
import { prepared } from "../../mixins/sql/prepared.ts";
import { isPostgres, locked } from "../../mixins/sql/sql-database.ts";
import { fromRow, type MoneyDb, type MoneyTables, type MoneyTx, type PaymentRecord, toRow } from "./payment.tables.ts";
import type { Writes } from "./payment-writes.ts";

type Row<Table extends keyof MoneyTables> = Insertable<MoneyTables[Table]>;
type Unchanging = "id" | "order_id" | "provider" | "currency" | "amount" | "created_at";
type Changed = Omit<Row<"payments">, Unchanging> & { id: string; seen: number };

const look = prepared((db: MoneyDb, { order }: { order: string }) =>
  db.selectFrom("payments").selectAll().where("order_id", "=", order),
);
const takeByOrder = prepared((db: MoneyDb, { order }: { order: string }) =>
  locked(db, db.selectFrom("payments").selectAll().where("order_id", "=", order)),
);
const takeById = prepared((db: MoneyDb, { id }: { id: string }) =>
  locked(db, db.selectFrom("payments").selectAll().where("id", "=", id)),
);
const first = (rows: Parameters<typeof fromRow>[0][]): PaymentRecord | null => (rows[0] ? fromRow(rows[0]) : null);

export const load = async (db: MoneyDb, order: string) => first((await look(db, { order })).rows);

/** The payment as it stands, and nobody changes it until the transaction ends. */
export const take = async (tx: MoneyTx, key: { id: string } | { order: string }) =>
  first((await ("id" in key ? takeById(tx, key) : takeByOrder(tx, key))).rows);

/**
 * Writes all of it, or false: then the order has a payment already, or somebody has changed this one, and nothing was
 * written. A file does it one by one, inside a transaction; a server in one statement.
 */
export const write = (db: MoneyDb, writes: Writes): Promise<boolean> =>
  isPostgres(db) ? allAtOnce(db, writes) : oneByOne(db, writes);

const adding = (db: QueryCreator<MoneyTables>, row: Row<"payments">) =>
  db
    .insertInto("payments")
    .values(row)
    .onConflict((conflict) => conflict.column("order_id").doNothing());
const putting = (db: QueryCreator<MoneyTables>, { id, seen, ...changed }: Changed) =>
  db.updateTable("payments").set(changed).where("id", "=", id).where("version", "=", seen);

function changedRow({ payment, seen }: Writes): Changed {
  const { order_id, provider, currency, amount, created_at, ...changed } = toRow(payment);
  return { ...changed, seen: seen as number };
}

const add = prepared(adding);
const put = prepared(putting);
const close = prepared((db: MoneyDb, { id, state, error, ended_at }: Writes["closed"][number]) =>
  db
    .updateTable("operations")
    .set((eb) => ({ state, ended_at, error: eb.fn.coalesce(eb.val(error), "error") }))
    .where("id", "=", id)
    .where("ended_at", "is", null),
);
const begin = prepared((db: MoneyDb, row: Row<"operations">) =>
  db
    .insertInto("operations")
    .values(row)
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet((eb) => ({
        state: row.state,
        started_at: row.started_at,
        ended_at: row.ended_at,
        attempts: eb("operations.attempts", "+", 1),
      })),
    ),
);
const post = prepared((db: MoneyDb, row: Row<"ledger_transactions">) =>
  db.insertInto("ledger_transactions").values(row),
);
const tell = prepared((db: MoneyDb, row: Row<"outbox">) =>
  db
    .insertInto("outbox")
    .values(row)
    .onConflict((conflict) => conflict.column("id").doNothing()),
);

async function oneByOne(db: MoneyDb, writes: Writes): Promise<boolean> {
  const { payment, seen, closed, begun, posted, events } = writes;
  const written = seen === null ? await add(db, toRow(payment)) : await put(db, changedRow(writes));
  if (written.numAffectedRows !== 1n) return false;
  for (const operation of closed) await close(db, operation);
  const started = { payment_id: payment.id, state: "started" as const, attempts: 1, error: null, ended_at: null };
  for (const operation of begun) await begin(db, { ...operation, ...started });
  for (const { legs, ...row } of posted) await post(db, { ...row, payment_id: payment.id, legs: JSON.stringify(legs) });
  for (const row of events) await tell(db, outboxRow(row));
  return true;
}

const outboxRow = ({ id, name, payload }: Writes["events"][number]): Row<"outbox"> => ({
  ...{ id, name, payload: JSON.stringify(payload), at: Date.now() },
});

/** What follows from a written payment, each as a list in JSON; empty ones write nothing. */
interface Lists {
  closed: string;
  begun: string;
  posted: string;
  told: string;
}

const consequences = ({ closed, begun, posted, told }: Lists) => ({
  closed: sql<object>`(
    update operations o set state = c.state, error = coalesce(c.error, o.error), ended_at = c.ended_at
    from written, json_to_recordset(${closed}::json) as c (id text, state text, error text, ended_at bigint)
    where o.id = c.id and o.ended_at is null)`,
  begun: sql<object>`(
    insert into operations (id, payment_id, kind, state, attempts, started_at)
    select b.id, written.id, b.kind, 'started', 1, b.started_at
    from written, json_to_recordset(${begun}::json) as b (id text, kind text, started_at bigint)
    on conflict (id) do update set state = 'started', started_at = excluded.started_at, ended_at = null,
      attempts = operations.attempts + 1)`,
  posted: sql<object>`(
    insert into ledger_transactions (id, payment_id, kind, currency, legs, at)
    select p.id, written.id, p.kind, p.currency, p.legs, p.at
    from written, json_to_recordset(${posted}::json) as p (id text, kind text, currency text, legs json, at text))`,
  told: sql<object>`(
    insert into outbox (id, name, payload, at) select t.id, t.name, t.payload, t.at
    from written, json_to_recordset(${told}::json) as t (id text, name text, payload text, at bigint)
    on conflict (id) do nothing)`,
});

const addWith = prepared((db: MoneyDb, { closed, begun, posted, told, ...row }: Row<"payments"> & Lists) => {
  const more = consequences({ closed, begun, posted, told });
  return db
    .with("written", (one) => adding(one, row).returning("id"))
    .with("begun", () => more.begun)
    .selectFrom("written")
    .select("id");
});
const putWith = prepared((db: MoneyDb, { closed, begun, posted, told, ...row }: Changed & Lists) => {
  const more = consequences({ closed, begun, posted, told });
  return db
    .with("written", (one) => putting(one, row).returning("id"))
    .with("closed", () => more.closed)
    .with("begun", () => more.begun)
    .with("posted", () => more.posted)
    .with("told", () => more.told)
    .selectFrom("written")
    .select("id");
});

async function allAtOnce(db: MoneyDb, writes: Writes): Promise<boolean> {
  const { payment, seen, closed, begun, posted, events } = writes;
  const lists = {
    closed: JSON.stringify(closed),
    begun: JSON.stringify(begun),
    posted: JSON.stringify(posted),
    told: JSON.stringify(events.map(outboxRow)),
  };
  const written =
    seen === null
      ? await addWith(db, { ...toRow(payment), ...lists })
      : await putWith(db, { ...changedRow(writes), ...lists });
  return written.rows.length === 1;
}
