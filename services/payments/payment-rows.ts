import { postings } from "./ledger.ts";
import { ends, type OperationKind, type Step } from "./next-step.ts";
import { fromRow, type MoneyDb, type MoneyTx, type PaymentRecord, toRow } from "./payment.tables.ts";
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

export async function load(db: MoneyDb | MoneyTx, key: "id" | "order_id", value: string) {
  const row = await db.selectFrom("payments").selectAll().where(key, "=", value).executeTakeFirst();
  return row ? fromRow(row) : null;
}

/** False where the order has a payment already. */
export async function insert(tx: MoneyTx, payment: PaymentRecord): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("payments")
    .values(toRow(payment))
    .onConflict((conflict) => conflict.column("order_id").doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Writes the payment where it is still what it was, with what follows from it: operations, ledger, events. */
export async function save(tx: MoneyTx, before: PaymentRecord, change: Change): Promise<PaymentRecord> {
  const { step, operation } = change;
  const payment = { ...change.payment, version: before.version + 1, updatedAt: new Date().toISOString() };
  const { id, order_id, provider, currency, amount, created_at, ...changed } = toRow(payment);
  const { numUpdatedRows } = await tx
    .updateTable("payments")
    .set(changed)
    .where("id", "=", id)
    .where("version", "=", before.version)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows !== 1n) throw new Stale(`payment ${id} was changed meanwhile`);
  if (
    payment.status !== before.status ||
    payment.reference !== before.reference ||
    payment.refunded !== before.refunded
  )
    await endOperations(tx, payment);
  if (operation) {
    const { kind, state, error } = operation;
    await tx
      .updateTable("operations")
      .set({ state, error })
      .where("id", "=", keyOf(payment, kind))
      .where("ended_at", "is", null)
      .execute();
  }
  if (step && step !== "inquire") await start(tx, payment, step);
  for (const { id: posted, kind, legs } of postings(before, payment)) {
    const row = { id: posted, payment_id: id, kind, currency, legs: JSON.stringify(legs), at: payment.updatedAt };
    await tx.insertInto("ledger_transactions").values(row).execute();
  }
  for (const { id: told, name, payload } of eventsOf(before, payment)) {
    await tx
      .insertInto("outbox")
      .values({ id: told, name, payload: JSON.stringify(payload), at: Date.now() })
      .onConflict((conflict) => conflict.column("id").doNothing())
      .execute();
  }
  return payment;
}

/** The key that the provider is given for this operation. */
export const keyOf = ({ orderId }: { orderId: string }, kind: OperationKind): string => `${orderId}:${kind}`;

/** Recorded before the provider is asked. */
export async function start(tx: MoneyTx, payment: PaymentRecord, kind: OperationKind): Promise<void> {
  const begun = { state: "started" as const, started_at: Date.now(), ended_at: null };
  await tx
    .insertInto("operations")
    .values({ id: keyOf(payment, kind), payment_id: payment.id, kind, attempts: 1, error: null, ...begun })
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet((eb) => ({ ...begun, attempts: eb("operations.attempts", "+", 1) })),
    )
    .execute();
}

async function endOperations(tx: MoneyTx, payment: PaymentRecord): Promise<void> {
  const ended = Object.entries(ends(payment)) as [OperationKind, "succeeded" | "failed"][];
  for (const state of ["succeeded", "failed"] as const) {
    const ids = ended.flatMap(([kind, end]) => (end === state ? [keyOf(payment, kind)] : []));
    if (ids.length === 0) continue;
    await tx
      .updateTable("operations")
      .set({ state, ended_at: Date.now() })
      .where("id", "in", ids)
      .where("ended_at", "is", null)
      .execute();
  }
}
