import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import { prepared } from "../../mixins/sql/prepared.ts";
import { lockedHere, type SqlDatabase } from "../../mixins/sql/sql-database.ts";
import { newId } from "../shared/ids.ts";
import { nextStep, type Step } from "./next-step.ts";
import { fromRow, type MoneyDb, type MoneyTables, type MoneyTx, type PaymentRecord } from "./payment.tables.ts";
import { load, take, write } from "./payment-rows.ts";
import { type Change, type Writes, writesOf, writesOfNew } from "./payment-writes.ts";

/** Milliseconds that a claim lasts; longer than all that one asks of a provider meanwhile. */
const LEASE = 10_000;

/** A payment that the caller alone works on now, and what it is to ask first; without a step nothing is to be done. */
export interface Claim {
  payment: PaymentRecord;
  step: Step | null;
}

export interface Draft {
  orderId: string;
  provider: string;
  amount: number;
  currency: string;
  token: string | null;
}

/** A transaction, and what is to be told when it is committed. */
export interface Unit {
  tx: MoneyTx;
  events: DurableEvent[];
}

const paymentOf = prepared((db: MoneyDb, { key }: { key: string }) =>
  db.selectFrom("operations").select("payment_id").where("id", "=", key),
);
const dueAt = prepared((db: MoneyDb, { now, limit }: { now: number; limit: number }) =>
  db.selectFrom("payments").select("id").where("due_at", "<=", now).orderBy("due_at").limit(limit),
);
const claimDue = prepared((db: MoneyDb, { now, until, limit }: { now: number; until: number; limit: number }) =>
  db
    .with("due", (with_) =>
      lockedHere(
        db,
        with_.selectFrom("payments").select("id").where("due_at", "<=", now).orderBy("due_at").limit(limit),
      ),
    )
    .updateTable("payments")
    .set((eb) => ({ leased: 1, due_at: until, fence: eb("fence", "+", 1), version: eb("version", "+", 1) }))
    .where("id", "in", (eb) => eb.selectFrom("due").select("id"))
    .returningAll(),
);

/**
 * Payments in SQL: every change is one short transaction, guarded by the version, with ledger and events in it. Nodes
 * do this side by side: who reads a payment to change it locks its row, and that one first of all it writes.
 */
export class PaymentStore {
  readonly db: MoneyDb;
  readonly #database: SqlDatabase;
  readonly #told: (events: DurableEvent[]) => void;

  constructor(database: SqlDatabase, told: (events: DurableEvent[]) => void) {
    this.#database = database;
    this.db = database.db<MoneyTables>();
    this.#told = told;
  }

  /** A new payment, claimed for its authorization; or null where the order has one already. */
  async open(draft: Draft): Promise<Claim | null> {
    const payment = fresh(draft, { dueAt: Date.now() + LEASE, leased: true, fence: 1 });
    return (await this.#writeNew(payment, "authorize")) ? { payment, step: "authorize" } : null;
  }

  /** A payment that was undone before it began; the one that is there where the order has one. */
  async close(draft: Draft): Promise<PaymentRecord> {
    const failure = { type: "PAYMENT_VOIDED", message: "The payment was withdrawn before it began" };
    const payment = { ...fresh(draft), status: "voided" as const, failure };
    return (await this.#writeNew(payment, null)) ? payment : ((await this.ofOrder(draft.orderId)) as PaymentRecord);
  }

  ofOrder(orderId: string): Promise<PaymentRecord | null> {
    return load(this.db, orderId);
  }

  /**
   * The order's payment with this wish recorded, claimed where nobody works on it; who does sees the wish when the
   * provider has answered. Null where there is no payment.
   */
  async claim(orderId: string, wish: (payment: PaymentRecord) => PaymentRecord): Promise<Claim | null> {
    return this.transaction(async (unit) => {
      const before = await take(unit.tx, { order: orderId });
      if (!before) return null;
      const wished = wish(before);
      const step = isLeased(before) ? null : nextStep(wished, "nothing");
      // An ended payment is asked after only where somebody doubts it.
      if (wished === before && (step === null || step === "inquire") && !isOpen(before)) {
        return { payment: before, step: null };
      }
      const payment = step ? leased(wished) : wished;
      return { payment: payment === before ? before : await put(unit, writesFor(before, { payment, step })), step };
    });
  }

  /** Payments whose work is due, each claimed; what another node is claiming at this moment is left to it. */
  async claimDue(limit: number): Promise<Claim[]> {
    const now = Date.now();
    if ((await dueAt(this.db, { now, limit: 1 })).rows.length === 0) return [];
    const { rows } = await claimDue(this.db, { now, until: now + LEASE, limit });
    return rows.map(fromRow).map((payment) => ({ payment, step: nextStep(payment, "nothing") }));
  }

  /** Changes the payment, which is as the caller knows it or, where another was quicker, as it stands now. */
  async change(known: PaymentRecord, decide: (payment: PaymentRecord) => Change): Promise<Claim> {
    const change = decide(known);
    const writes = writesFor(known, prolonged(change));
    if (await this.#database.atOnce<MoneyTables, boolean>((db) => write(db, writes))) {
      this.#tell(writes.events);
      return { payment: writes.payment, step: change.step ?? null };
    }
    return this.transaction((unit) => this.changeIn(unit, known.id, decide));
  }

  /** The payment as it stands now, changed inside a transaction; `null` leaves it. */
  async changeIn(unit: Unit, id: string, decide: (payment: PaymentRecord) => Change | null): Promise<Claim> {
    const before = await take(unit.tx, { id });
    if (!before) throw new Error(`There is no payment ${id}`);
    const change = decide(before);
    if (!change) return { payment: before, step: null };
    return { payment: await put(unit, writesFor(before, prolonged(change))), step: change.step ?? null };
  }

  /** The payment that this key of an operation belongs to. */
  async byKey({ tx }: Unit, key: string): Promise<string | null> {
    return (await paymentOf(tx, { key })).rows[0]?.payment_id ?? null;
  }

  /** This process alone owns an embedded database: a lease in it belongs to one that has ended. */
  async freeLeases(): Promise<void> {
    if (this.#database.dialect !== "sqlite") return;
    await this.db.updateTable("payments").set({ leased: 0, due_at: Date.now() }).where("leased", "=", 1).execute();
  }

  /** Runs `work`, from the start where another transaction got in its way, and then tells what is to be told. */
  async transaction<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    let events: DurableEvent[] = [];
    const result = await this.#database.transaction<MoneyTables, T>((tx) => {
      events = [];
      return work({ tx, events });
    });
    this.#tell(events);
    return result;
  }

  #writeNew(payment: PaymentRecord, step: "authorize" | null): Promise<boolean> {
    const writes = writesOfNew(payment, step, Date.now());
    return this.#database.atOnce<MoneyTables, boolean>((db) => write(db, writes));
  }

  #tell(events: DurableEvent[]): void {
    if (events.length) this.#told(events);
  }
}

async function put({ tx, events }: Unit, writes: Writes): Promise<PaymentRecord> {
  // It is locked, so nobody can have changed it.
  if (!(await write(tx, writes))) throw new Error(`The payment ${writes.payment.id} was changed meanwhile`);
  events.push(...writes.events);
  return writes.payment;
}

const writesFor = (before: PaymentRecord, change: Change): Writes => writesOf(before, change, Date.now());

/** With a step that begins, the claim lasts anew. */
const prolonged = (change: Change): Change =>
  change.step ? { ...change, payment: leased(change.payment, false) } : change;

/** Whether somebody works on it. */
export const isLeased = (payment: PaymentRecord): boolean => payment.leased && (payment.dueAt ?? 0) > Date.now();

const isOpen = ({ status, captureRequested, voidRequested }: PaymentRecord): boolean =>
  status === "pending" || status === "unknown" || captureRequested || voidRequested;

/** Claimed, or the claim prolonged. */
const leased = (payment: PaymentRecord, anew = true): PaymentRecord => ({
  ...payment,
  leased: true,
  dueAt: Date.now() + LEASE,
  fence: payment.fence + (anew ? 1 : 0),
});

function fresh(draft: Draft, lease = { dueAt: null as number | null, leased: false, fence: 0 }): PaymentRecord {
  const at = new Date().toISOString();
  return {
    ...draft,
    ...lease,
    id: newId(),
    status: "pending",
    version: 1,
    captured: 0,
    refunded: 0,
    reference: null,
    redirectUrl: null,
    failure: null,
    captureRequested: false,
    voidRequested: false,
    failures: 0,
    createdAt: at,
    updatedAt: at,
  };
}
