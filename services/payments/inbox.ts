import { lockedHere } from "../../mixins/sql/sql-database.ts";
import { nextStep } from "./next-step.ts";
import type { MoneyTx, PaymentRecord } from "./payment.tables.ts";
import { learn } from "./payment-status.ts";
import type { PaymentStore, Unit } from "./payment-store.ts";
import type { PaymentProvider, ProviderEvent } from "./provider.ts";

const BATCH = 100;

interface Log {
  warn(...words: unknown[]): void;
  error(...words: unknown[]): void;
}

/**
 * Stores a verified event and does what it says, in one transaction; one that came before changes nothing. An event
 * that cannot be handled is stored nevertheless, and tried again later.
 */
export async function take(
  store: PaymentStore,
  provider: PaymentProvider,
  event: ProviderEvent,
  body: string,
  log: Log,
) {
  const row = { provider: provider.name, event_id: event.id, type: event.type, body, received_at: Date.now() };
  const stored = (outcome: string | null, error: string | null = null) => ({
    ...row,
    processed_at: outcome === null ? null : Date.now(),
    outcome,
    error,
  });
  try {
    await store.transaction(async (unit) => {
      const { numInsertedOrUpdatedRows } = await unit.tx
        .insertInto("inbox")
        .values(stored(null))
        .onConflict((conflict) => conflict.columns(["provider", "event_id"]).doNothing())
        .executeTakeFirstOrThrow();
      if (numInsertedOrUpdatedRows === 1n) await handle(unit, store, provider.name, event, log);
    });
  } catch (error) {
    if ((error as { type?: string }).type === "STORAGE_UNAVAILABLE") throw error;
    log.error(`The event ${event.id} of ${provider.name} could not be handled`, error);
    await store.db
      .insertInto("inbox")
      .values(stored(null, (error as Error).message))
      .onConflict((conflict) => conflict.columns(["provider", "event_id"]).doNothing())
      .execute();
  }
}

/** Events that are stored and were not handled: each is tried again. */
export async function takeLeftovers(store: PaymentStore, providers: ReadonlyMap<string, PaymentProvider>, log: Log) {
  const waiting = store.db.selectFrom("inbox").selectAll().where("processed_at", "is", null).orderBy("received_at");
  for (const row of await waiting.limit(BATCH).execute()) {
    const provider = providers.get(row.provider);
    if (!provider) continue;
    await store
      .transaction(async (unit) => {
        if (await isMine(unit.tx, row)) await handle(unit, store, row.provider, provider.readEvent(row.body), log);
      })
      .catch((error) => log.warn(`The event ${row.event_id} of ${row.provider} still cannot be handled`, error));
  }
}

/** False where another node is at it, or has done it since. */
async function isMine(tx: MoneyTx, { provider, event_id }: { provider: string; event_id: string }): Promise<boolean> {
  const waiting = tx.selectFrom("inbox").select("event_id").where("provider", "=", provider);
  const open = waiting.where("event_id", "=", event_id).where("processed_at", "is", null);
  return (await lockedHere(tx, open).execute()).length > 0;
}

async function handle(unit: Unit, store: PaymentStore, provider: string, event: ProviderEvent, log: Log) {
  const outcome = await apply(unit, store, event);
  if (outcome === "unmatched") log.warn(`No payment fits the event ${event.id} (${event.type}) of ${provider}`);
  await unit.tx
    .updateTable("inbox")
    .set({ processed_at: Date.now(), outcome, error: null })
    .where("provider", "=", provider)
    .where("event_id", "=", event.id)
    .execute();
}

async function apply(unit: Unit, store: PaymentStore, { charge }: ProviderEvent): Promise<string> {
  const id = charge && (await store.byKey(unit, charge.key));
  if (!id) return "unmatched";
  let outcome = "";
  await store.changeIn(unit, id, (payment) => {
    const learned = learn(payment, charge, "webhook");
    outcome = learned.outcome;
    if (outcome === "known") return null;
    return { payment: { ...learned.payment, dueAt: dueAfter(learned.payment, outcome === "doubtful") } };
  });
  return outcome;
}

/** Whoever works on the payment goes on from what it has become; otherwise it is due now where there is more to do. */
function dueAfter(payment: PaymentRecord, doubtful: boolean): number | null {
  if (payment.leased) return payment.dueAt;
  if (doubtful || nextStep(payment, "found")) return Date.now();
  return payment.status === "pending" || payment.status === "requires_action" ? payment.dueAt : null;
}
