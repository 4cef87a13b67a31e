import type { SqlDatabase } from "../../mixins/sql/sql-database.ts";
import { newId } from "../shared/ids.ts";
import { nextStep, type Step } from "./next-step.ts";
import { fromRow, type MoneyDb, type MoneyTables, type MoneyTx, type PaymentRecord } from "./payment.tables.ts";
import { type Change, insert, load, Stale, save, start } from "./payment-rows.ts";

/** Milliseconds that a claim lasts; longer than all that one asks of a provider meanwhile. */
const LEASE = 20_000;
const ROUNDS = 5;

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

/** Payments in SQL: every change is one short transaction, guarded by the version, with ledger and events in it. */
export class PaymentStore {
  readonly db: MoneyDb;
  readonly #database: SqlDatabase;
  readonly #told: () => void;

  constructor(database: SqlDatabase, told: () => void) {
    this.#database = database;
    this.db = database.db<MoneyTables>();
    this.#told = told;
  }

  /** A new payment, claimed for its authorization; or null where the order has one already. */
  async open(draft: Draft): Promise<Claim | null> {
    const payment = fresh(draft, { dueAt: Date.now() + LEASE, leased: true, fence: 1 });
    return this.#transaction(async (tx) => {
      if (!(await insert(tx, payment))) return null;
      await start(tx, payment, "authorize");
      return { payment, step: "authorize" };
    });
  }

  /** A payment that was undone before it began; the one that is there where the order has one. */
  async close(draft: Draft): Promise<PaymentRecord> {
    const failure = { type: "PAYMENT_VOIDED", message: "The payment was withdrawn before it began" };
    const payment = { ...fresh(draft), status: "voided" as const, failure };
    return this.#transaction(async (tx) => {
      if (await insert(tx, payment)) return payment;
      return (await load(tx, "order_id", draft.orderId)) as PaymentRecord;
    });
  }

  async ofOrder(orderId: string): Promise<PaymentRecord | null> {
    return load(this.db, "order_id", orderId);
  }

  /**
   * The order's payment with this wish recorded, claimed where nobody works on it; who does sees the wish when the
   * provider has answered. Null where there is no payment.
   */
  async claim(orderId: string, wish: (payment: PaymentRecord) => PaymentRecord): Promise<Claim | null> {
    return this.#guarded(async (tx) => {
      const before = await load(tx, "order_id", orderId);
      if (!before) return null;
      const wished = wish(before);
      const busy = before.leased && (before.dueAt ?? 0) > Date.now();
      const step = busy ? null : nextStep(wished, "nothing");
      // An ended payment is asked after only where somebody doubts it.
      if (wished === before && (step === null || step === "inquire") && !isOpen(before)) {
        return { payment: before, step: null };
      }
      const payment = step ? leased(wished) : wished;
      return { payment: payment === before ? before : await save(tx, before, { payment, step }), step };
    });
  }

  /** Payments whose work is due, each claimed. */
  async claimDue(limit: number): Promise<Claim[]> {
    const now = Date.now();
    const due = this.db.selectFrom("payments").select("id").where("due_at", "<=", now).orderBy("due_at").limit(limit);
    if ((await due.execute()).length === 0) return [];
    const rows = await this.db
      .updateTable("payments")
      .set((eb) => ({
        leased: 1,
        due_at: now + LEASE,
        fence: eb("fence", "+", 1),
        version: eb("version", "+", 1),
      }))
      .where("id", "in", due)
      // Again, for a row that another node has just claimed.
      .where("due_at", "<=", now)
      .returningAll()
      .execute();
    return rows.map(fromRow).map((payment) => ({ payment, step: nextStep(payment, "nothing") }));
  }

  /** Changes the payment as it stands now; `null` leaves it. */
  async change(id: string, decide: (payment: PaymentRecord) => Change | null): Promise<Claim> {
    return this.#guarded((tx) => this.changeIn(tx, id, decide));
  }

  /** The same inside a transaction; throws `Stale` where another was quicker. */
  async changeIn(tx: MoneyTx, id: string, decide: (payment: PaymentRecord) => Change | null): Promise<Claim> {
    const before = await load(tx, "id", id);
    if (!before) throw new Error(`There is no payment ${id}`);
    const change = decide(before);
    if (!change) return { payment: before, step: null };
    const payment = change.step ? leased(change.payment, false) : change.payment;
    return { payment: await save(tx, before, { ...change, payment }), step: change.step ?? null };
  }

  /** The payment that this key of an operation belongs to. */
  async byKey(tx: MoneyTx, key: string): Promise<string | null> {
    const row = await tx.selectFrom("operations").select("payment_id").where("id", "=", key).executeTakeFirst();
    return row?.payment_id ?? null;
  }

  /** This process alone owns an embedded database: a lease in it belongs to one that has ended. */
  async freeLeases(): Promise<void> {
    if (this.#database.dialect !== "sqlite") return;
    await this.db.updateTable("payments").set({ leased: 0, due_at: Date.now() }).where("leased", "=", 1).execute();
  }

  /** Runs `work` in a transaction, again where another node changed the payment meanwhile. */
  async #guarded<T>(work: (tx: MoneyTx) => Promise<T>): Promise<T> {
    for (let round = 1; ; round++) {
      try {
        return await this.#transaction(work);
      } catch (error) {
        if (!(error instanceof Stale) || round >= ROUNDS) throw error;
      }
    }
  }

  transaction<T>(work: (tx: MoneyTx) => Promise<T>): Promise<T> {
    return this.#guarded(work);
  }

  async #transaction<T>(work: (tx: MoneyTx) => Promise<T>): Promise<T> {
    const result = await this.db.transaction().execute(work);
    this.#told();
    return result;
  }
}

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
