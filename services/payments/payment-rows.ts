import type { Insertable } from "kysely";
import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import { prepared } from "../../mixins/sql/prepared.ts";
import { locked } from "../../mixins/sql/sql-database.ts";
import { postings } from "./ledger.ts";
import { ends, type OperationKind, type Step } from "./next-step.ts";
import { fromRow, type MoneyDb, type MoneyTables, type MoneyTx, type PaymentRecord, toRow } from "./payment.tables.ts";
import { eventsOf } from "./payment-events.ts";

/** How `change` puts a payment: what it is after, and the step that begins with it. */
export interface Change {
  payment: PaymentRecord;
  step?: Step | null;
  /** How an operation ended whose end the payment's standing does not tell. */
  operation?: { kind: OperationKind; state: "failed" | "unknown"; error: string } | undefined;
}

/** Another changed the payment between the look and the write. */
export class Stale extends Error {}

type Row<Table extends keyof MoneyTables> = Insertable<MoneyTables[Table]>;
type Unchanging = "id" | "order_id" | "provider" | "currency" | "amount" | "created_at";

const look = prepared((db: MoneyDb, { order }: { order: string }) =>
  db.selectFrom("payments").selectAll().where("order_id", "=", order),
);
const takeByOrder = prepared((db: MoneyDb, { order }: { order: string }) =>
  locked(db, db.selectFrom("payments").selectAll().where("order_id", "=", order)),
);
const takeById = prepared((db: MoneyDb, { id }: { id: string }) =>
  locked(db, db.selectFrom("payments").selectAll().where("id", "=", id)),
);
const add = prepared((db: MoneyDb, row: Row<"payments">) =>
  db
    .insertInto("payments")
    .values(row)
    .onConflict((conflict) => conflict.column("order_id").doNothing()),
);
const put = prepared(
  (db: MoneyDb, { id, seen, ...changed }: Omit<Row<"payments">, Unchanging> & { id: string; seen: number }) =>
    db.updateTable("payments").set(changed).where("id", "=", id).where("version", "=", seen),
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
const end = prepared((db: MoneyDb, { id, ...ended }: Pick<Row<"operations">, "id" | "state" | "ended_at">) =>
  db.updateTable("operations").set(ended).where("id", "=", id).where("ended_at", "is", null),
);
const note = prepared((db: MoneyDb, { id, ...said }: Pick<Row<"operations">, "id" | "state" | "error">) =>
  db.updateTable("operations").set(said).where("id", "=", id).where("ended_at", "is", null),
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

const first = (rows: Parameters<typeof fromRow>[0][]): PaymentRecord | null => (rows[0] ? fromRow(rows[0]) : null);

export const load = async (db: MoneyDb, order: string) => first((await look(db, { order })).rows);

/** The payment as it stands, and nobody changes it until the transaction ends. */
export const take = async (tx: MoneyTx, key: { id: string } | { order: string }) =>
  first((await ("id" in key ? takeById(tx, key) : takeByOrder(tx, key))).rows);

/** False where the order has a payment already. */
export const insert = async (tx: MoneyTx, payment: PaymentRecord): Promise<boolean> =>
  (await add(tx, toRow(payment))).numAffectedRows === 1n;

export interface Saved {
  payment: PaymentRecord;
  /** What is to be told of it. */
  events: DurableEvent[];
}

/** Writes the payment where it is still what it was, with what follows from it: operations, ledger, events. */
export async function save(tx: MoneyTx, before: PaymentRecord, change: Change): Promise<Saved> {
  const { step, operation } = change;
  const payment = { ...change.payment, version: before.version + 1, updatedAt: new Date().toISOString() };
  const { id, order_id, provider, currency, amount, created_at, ...changed } = toRow(payment);
  const { numAffectedRows } = await put(tx, { ...changed, id, seen: before.version });
  if (numAffectedRows !== 1n) throw new Stale(`payment ${id} was changed meanwhile`);
  for (const [kind, state] of ended(before, payment)) {
    await end(tx, { id: keyOf(payment, kind), state, ended_at: Date.now() });
  }
  if (operation) {
    const { kind, state, error } = operation;
    await note(tx, { id: keyOf(payment, kind), state, error });
  }
  if (step && step !== "inquire") await start(tx, payment, step);
  for (const { id: posted, kind, legs } of postings(before, payment)) {
    await post(tx, { id: posted, payment_id: id, kind, currency, legs: JSON.stringify(legs), at: payment.updatedAt });
  }
  const events = eventsOf(before, payment);
  for (const { id: told, name, payload } of events) {
    await tell(tx, { id: told, name, payload: JSON.stringify(payload), at: Date.now() });
  }
  return { payment, events };
}

/** The key that the provider is given for this operation. */
export const keyOf = ({ orderId }: { orderId: string }, kind: OperationKind): string => `${orderId}:${kind}`;

/** Recorded before the provider is asked. */
export async function start(tx: MoneyTx, payment: PaymentRecord, kind: OperationKind): Promise<void> {
  const begun = { state: "started" as const, started_at: Date.now(), ended_at: null };
  await begin(tx, { id: keyOf(payment, kind), payment_id: payment.id, kind, attempts: 1, error: null, ...begun });
}

/** The operations that come to their end with this change; a void or a refund is begun only where one was asked for. */
function ended(before: PaymentRecord, after: PaymentRecord): [OperationKind, "succeeded" | "failed"][] {
  const { status, reference, refunded } = before;
  if (status === after.status && reference === after.reference && refunded === after.refunded) return [];
  const open = status === "pending" || status === "unknown";
  const known = open ? {} : ends(before);
  return (Object.entries(ends(after)) as [OperationKind, "succeeded" | "failed"][]).filter(
    ([kind, state]) =>
      known[kind] !== state &&
      (kind === "authorize" || kind === "capture" || before.voidRequested || after.voidRequested),
  );
}
