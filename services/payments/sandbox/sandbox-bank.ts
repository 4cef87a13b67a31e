import type { Selectable, Transaction } from "kysely";
import { notFound } from "../../shared/errors.ts";
import { secretId } from "../../shared/ids.ts";
import { type Charge, type MoneyRequest, ProviderRefusal, ProviderUnavailable } from "../provider.ts";
import type { ChargeTable, SandboxDb, SandboxTables } from "./sandbox.tables.ts";
import { type Behaviour, behaviourOf } from "./tokens.ts";

type Tx = Transaction<SandboxTables>;
type Row = Selectable<ChargeTable>;

export interface BankOptions {
  publicUrl: string;
  /** Milliseconds until a `tok_delayed` charge is decided. */
  delay: number;
  /** Milliseconds until a `tok_timeout` charge is answered. */
  late: number;
  /** There is a webhook to send. */
  queued(): void;
}

/** A bank that keeps its charges by our keys, over restarts; it writes once for each request. */
export class SandboxBank {
  readonly #db: SandboxDb;
  readonly #options: BankOptions;

  constructor(db: SandboxDb, options: BankOptions) {
    this.#db = db;
    this.#options = options;
  }

  async authorize({ key, amount, currency, token }: MoneyRequest & { token: string }): Promise<Charge> {
    const behaviour = behaviourOf(token);
    const { row, isNew } = await this.#db.transaction().execute(async (tx) => {
      const known = await find(tx, "key", key);
      if (known && known.status !== "errors") return { row: known, isNew: false };
      const row = begin({ key, amount, currency }, behaviour, known, this.#options.delay);
      await tx
        .insertInto("charges")
        .values(row)
        .onConflict((conflict) => conflict.column("key").doUpdateSet(row))
        .execute();
      if (behaviour.late) await this.#tell(tx, row, Date.now() + this.#options.late);
      return { row, isNew: true };
    });
    if (row.status === "errors") throw new ProviderUnavailable("The sandbox bank is out of order");
    if (behaviour.late && isNew) await new Promise((resume) => setTimeout(resume, this.#options.late).unref());
    return this.#charge(row);
  }

  capture(request: MoneyRequest): Promise<Charge> {
    return this.#move(request, "capture", (row) => {
      if (row.status === "captured" || row.status === "refunded") return row;
      if (row.status !== "authorized") throw new ProviderRefusal(`A ${row.status} charge cannot be captured`);
      return { ...row, status: "captured", captured: row.captured + request.amount };
    });
  }

  refund(request: MoneyRequest): Promise<Charge> {
    return this.#move(request, "refund", (row) => {
      const refunded = row.refunded + request.amount;
      if (row.status === "refunded") return row;
      if (row.status !== "captured" || refunded > row.captured) {
        throw new ProviderRefusal(`${request.amount} of a ${row.status} charge cannot be refunded`);
      }
      return { ...row, refunded, status: refunded === row.captured ? "refunded" : "captured" };
    });
  }

  /** Voids what is not captured; a charge that never came is refused from then on. */
  async void({ charge, currency }: MoneyRequest): Promise<Charge> {
    const row = await this.#db.transaction().execute(async (tx) => {
      const known = await find(tx, "key", charge);
      if (known && ["captured", "refunded", "declined", "voided"].includes(known.status)) return known;
      const empty = begin({ key: charge, amount: 0, currency }, { status: "authorized" }, undefined, 0);
      const row: Row = { ...(known ?? empty), status: "voided", decide_at: null };
      await tx
        .insertInto("charges")
        .values(row)
        .onConflict((conflict) => conflict.column("key").doUpdateSet(row))
        .execute();
      return row;
    });
    return this.#charge(row);
  }

  async inquire(key: string): Promise<Charge | null> {
    const row = await find(this.#db, "key", key);
    return row && row.status !== "errors" ? this.#charge(row) : null;
  }

  /** The charge of the page that the shopper was sent to. */
  async byReference(reference: string): Promise<Row> {
    const row = await find(this.#db, "reference", reference);
    if (!row) throw notFound("SANDBOX_PAYMENT_UNKNOWN", "The sandbox bank knows no such payment");
    return row;
  }

  /** The shopper's word; once it is given, another changes nothing. */
  async decide(reference: string, approve: boolean): Promise<Row> {
    await this.byReference(reference);
    return this.#db.transaction().execute(async (tx) => {
      const row = (await find(tx, "reference", reference)) as Row;
      if (row.status !== "requires_action") return row;
      return this.#settle(tx, row, approve ? { status: "authorized" } : refusedByShopper);
    });
  }

  /** Decides the charges whose time has come. */
  async decideDelayed(): Promise<void> {
    const due = this.#db.selectFrom("charges").select("key").where("decide_at", "<=", Date.now());
    for (const { key } of await due.execute()) {
      await this.#db.transaction().execute(async (tx) => {
        const row = await find(tx, "key", key);
        if (row?.status === "pending") await this.#settle(tx, row, { status: "authorized" });
      });
    }
  }

  async #settle(tx: Tx, row: Row, change: Partial<Row>): Promise<Row> {
    const settled: Row = { ...row, decide_at: null, ...change };
    await tx.updateTable("charges").set(settled).where("key", "=", row.key).execute();
    await this.#tell(tx, settled, Date.now());
    return settled;
  }

  async #move(request: MoneyRequest, kind: "capture" | "refund", change: (row: Row) => Row): Promise<Charge> {
    const { key, charge, amount } = request;
    const row = await this.#db.transaction().execute(async (tx) => {
      const row = await find(tx, "key", charge);
      if (!row) throw new ProviderRefusal("There is no such charge");
      const done = await tx.selectFrom("movements").select("key").where("key", "=", key).executeTakeFirst();
      if (done) return row;
      const moved = change(row);
      if (moved === row) return row;
      await tx.insertInto("movements").values({ key, charge, kind, amount }).execute();
      await tx.updateTable("charges").set(moved).where("key", "=", charge).execute();
      return moved;
    });
    return this.#charge(row);
  }

  async #tell(tx: Tx, row: Row, at: number): Promise<void> {
    const charge = this.#charge(row);
    const id = `evt_${secretId()}`;
    const body = JSON.stringify({ id, type: `charge.${row.status}`, createdAt: new Date(at).toISOString(), charge });
    await tx.insertInto("webhooks").values({ id, body, attempts: 0, due_at: at }).execute();
    this.#options.queued();
  }

  #charge(row: Row): Charge {
    const { key, reference, amount, currency, captured, refunded, failure_type, failure_message } = row;
    return {
      key,
      reference,
      status: statusOf(row),
      amount,
      currency,
      captured,
      refunded,
      failure: failure_type ? { type: failure_type, message: failure_message ?? "" } : null,
      redirectUrl: row.status === "requires_action" ? `${this.#options.publicUrl}/sandbox/payments/${reference}` : null,
    };
  }
}

const refusedByShopper: Partial<Row> = {
  status: "declined",
  failure_type: "PAYMENT_DECLINED",
  failure_message: "The payment was not confirmed at the bank",
};

function statusOf({ status, captured, refunded }: Row): Charge["status"] {
  if (status === "declined" || status === "errors") return "failed";
  return status === "captured" && refunded > 0 && refunded < captured ? "partially_refunded" : status;
}

/** A new charge as its token wants it, or one that fails once more. */
function begin(
  request: Pick<Row, "key" | "amount" | "currency">,
  behaviour: Behaviour,
  known: Row | undefined,
  delay: number,
): Row {
  const errors = (known?.errors ?? 0) + 1;
  const failing = errors <= (behaviour.errors ?? 0);
  return {
    ...request,
    reference: known?.reference ?? secretId(),
    status: failing ? "errors" : behaviour.status,
    captured: 0,
    refunded: 0,
    failure_type: behaviour.failure?.type ?? null,
    failure_message: behaviour.failure?.message ?? null,
    errors: failing ? errors : errors - 1,
    decide_at: behaviour.status === "pending" ? Date.now() + delay : null,
  };
}

const find = (db: SandboxDb | Tx, by: "key" | "reference", value: string): Promise<Row | undefined> =>
  db.selectFrom("charges").selectAll().where(by, "=", value).executeTakeFirst();
