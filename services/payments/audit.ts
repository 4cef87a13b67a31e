import { sql } from "kysely";
import { named } from "../shared/findings.ts";
import type { Findings } from "../shared/shapes.ts";
import type { MoneyDb } from "./payment.tables.ts";

const BATCH = 500;
/** What is older than this and has no end is stuck. */
const OVERDUE = 60_000;
const SHOWN = 100;

type Finding = Findings["findings"][number];

/** What does not hold in the database of money, read in batches, so that others get their turn between them. */
export async function auditPayments(db: MoneyDb, now = Date.now()): Promise<Findings> {
  const findings: Finding[] = [];
  const figures = { payments: 0, captured: 0, refunded: 0, ledgerTransactions: 0, outbox: 0, unmatched: 0 };
  const say = (rule: string, subject: string, detail: string) =>
    findings.push({ rule: `payments.${rule}`, subject, detail });

  for await (const { id, legs, lines, total } of ledger(db)) {
    figures.ledgerTransactions++;
    if (total !== 0 || lines < 2 || lines !== legs)
      say("ledger", id, `its ${lines} of ${legs} entries sum to ${total}`);
  }
  for await (const payment of batches((after) => withLedger(db).where("id", ">", after).limit(BATCH).execute())) {
    figures.payments++;
    figures.captured += payment.captured;
    figures.refunded += payment.refunded;
    findings.push(...faults(payment, now));
  }

  const stuck = await db
    .selectFrom("operations")
    .select(["id", "state", "attempts", "started_at", "error"])
    .where("ended_at", "is", null)
    .where("started_at", "<", now - OVERDUE)
    .limit(SHOWN)
    .execute();
  for (const { id, state, attempts, started_at, error } of stuck) {
    say("operation", id, `it is ${state} since ${at(started_at)}, attempt ${attempts}${error ? `: ${error}` : ""}`);
  }
  const events = await db.selectFrom("outbox").select(["id", "at"]).orderBy("seq").limit(SHOWN).execute();
  figures.outbox = events.length;
  for (const event of events.filter((one) => one.at < now - OVERDUE)) {
    say("outbox", event.id, `it has not been told since ${at(event.at)}`);
  }
  const unhandled = db
    .selectFrom("inbox")
    .select(["provider", "event_id", "type", "error", "received_at"])
    .orderBy("received_at");
  for (const one of await unhandled.where("processed_at", "is", null).limit(SHOWN).execute()) {
    if (one.received_at >= now - OVERDUE && !one.error) continue;
    say("inbox", `${one.provider}/${one.event_id}`, `${one.type} could not be handled: ${one.error ?? "not yet"}`);
  }
  const unmatched = await unhandled.where("outcome", "=", "unmatched").limit(SHOWN).execute();
  figures.unmatched = unmatched.length;
  for (const { provider, event_id, type } of unmatched) {
    say("unmatched", `${provider}/${event_id}`, `${type} fits no payment; staff must look at it`);
  }
  return { findings: named(findings), figures };
}

const at = (time: number): string => new Date(time).toISOString();

/** Every ledger transaction with the sum of its entries. */
async function* ledger(db: MoneyDb) {
  yield* batches((after) =>
    db
      .selectFrom("ledger_transactions as t")
      .leftJoin("ledger_entries as e", "e.transaction_id", "t.id")
      .select(({ fn }) => [
        "t.id",
        sql<number>`json_array_length(t.legs)`.as("legs"),
        fn.count<number>("e.line").as("lines"),
        fn.coalesce(fn.sum<number>("e.amount"), sql<number>`0`).as("total"),
      ])
      .where("t.id", ">", after)
      .groupBy("t.id")
      .orderBy("t.id")
      .limit(BATCH)
      .execute(),
  );
}

/** Payments with what their ledger says was taken and given back. */
function withLedger(db: MoneyDb) {
  const posted = (kind: string) => sql<number>`(
    select coalesce(sum(e.amount), 0) from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
    where t.payment_id = payments.id and t.kind = ${kind} and e.account = 'receivable:' || payments.provider)`;
  return db
    .selectFrom("payments")
    .select(["id", "order_id", "captured", "refunded", "due_at"])
    .select([posted("capture").as("taken"), sql<number>`-${posted("refund")}`.as("returned")])
    .orderBy("id");
}

type WithLedger = Awaited<ReturnType<ReturnType<typeof withLedger>["execute"]>>[number];

/** What is wrong with one payment and its ledger. */
function faults({ order_id, captured, refunded, taken, returned, due_at }: WithLedger, now: number): Finding[] {
  const found: Finding[] = [];
  if (captured !== taken || refunded !== returned) {
    const said = `captured ${captured} and refunded ${refunded}`;
    const detail = `it says ${said}, its ledger ${taken} and ${returned}`;
    found.push({ rule: "payments.paid", subject: order_id, detail });
  }
  if (due_at !== null && due_at < now - OVERDUE) {
    found.push({ rule: "payments.overdue", subject: order_id, detail: `work has been due since ${at(due_at)}` });
  }
  return found;
}

/** What is wrong with these payments, by id. */
export async function checkPayments(db: MoneyDb, ids: string[]): Promise<Map<string, Finding[]>> {
  const payments = ids.length ? await withLedger(db).where("id", "in", ids).execute() : [];
  return new Map(payments.map((payment) => [payment.id, faults(payment, Date.now())]));
}

/** The ids of all payments, in batches. */
export async function* everyPayment(db: MoneyDb): AsyncIterable<string[]> {
  for (let after = ""; ; ) {
    const rows = await db
      .selectFrom("payments")
      .select("id")
      .where("id", ">", after)
      .orderBy("id")
      .limit(BATCH)
      .execute();
    if (rows.length) yield rows.map(({ id }) => id);
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return;
    after = last.id;
  }
}

async function* batches<T extends { id: string }>(read: (after: string) => Promise<T[]>): AsyncGenerator<T> {
  for (let after = ""; ; ) {
    const rows = await read(after);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return;
    after = last.id;
    await new Promise((resume) => setImmediate(resume));
  }
}
