import type { SqlDatabase } from "../../../mixins/sql/sql-database.ts";
import { notFound } from "../../shared/errors.ts";
import { secretId } from "../../shared/ids.ts";
import { type Charge, type MoneyRequest, ProviderRefusal, ProviderUnavailable } from "../provider.ts";
import { type BankTx, type Charged, charges } from "./charges.ts";
import type { SandboxDb, SandboxTables } from "./sandbox.tables.ts";
import { type Behaviour, behaviourOf } from "./tokens.ts";

type Asked = Pick<Charged, "key" | "amount" | "currency">;

export interface BankOptions {
  publicUrl: string;
  /** Milliseconds until a `tok_delayed` charge is decided. */
  delay: number;
  /** Milliseconds until a `tok_timeout` charge is answered. */
  late: number;
  /** There is a webhook to send. */
  queued(): void;
}

/**
 * A bank that keeps its charges by our keys, over restarts; it writes once for each request. Nodes of a cluster speak
 * for it side by side: who changes a charge has locked it, or was the one that added it.
 */
export class SandboxBank {
  readonly #database: SqlDatabase;
  readonly #db: SandboxDb;
  readonly #options: BankOptions;

  constructor(database: SqlDatabase, options: BankOptions) {
    this.#database = database;
    this.#db = database.db<SandboxTables>();
    this.#options = options;
  }

  async authorize({ key, amount, currency, token }: MoneyRequest & { token: string }): Promise<Charge> {
    const behaviour = behaviourOf(token);
    const request = { key, amount, currency };
    const fresh = begin(request, behaviour, undefined, this.#options.delay);
    const { row, isNew } =
      !behaviour.late && (await charges.add(this.#db, fresh))
        ? { row: fresh, isNew: true }
        : await this.#transaction((tx) => this.#authorize(tx, request, fresh, behaviour));
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
    const never = begin({ key: charge, amount: 0, currency }, { status: "authorized" }, undefined, 0);
    const empty: Charged = { ...never, status: "voided", decide_at: null };
    const row = await this.#transaction(async (tx) => {
      if (await charges.add(tx, empty)) return empty;
      const known = (await charges.take(tx, charge)) as Charged;
      if (["captured", "refunded", "declined", "voided"].includes(known.status)) return known;
      const voided: Charged = { ...known, status: "voided", decide_at: null };
      await charges.put(tx, voided);
      return voided;
    });
    return this.#charge(row);
  }

  async inquire(key: string): Promise<Charge | null> {
    const row = await charges.byKey(this.#db, key);
    return row && row.status !== "errors" ? this.#charge(row) : null;
  }

  /** The charge of the page that the shopper was sent to. */
  async byReference(reference: string): Promise<Charged> {
    const row = await charges.byReference(this.#db, reference);
    if (!row) throw notFound("SANDBOX_PAYMENT_UNKNOWN", "The sandbox bank knows no such payment");
    return row;
  }

  /** The shopper's word; once it is given, another changes nothing. */
  async decide(reference: string, approve: boolean): Promise<Charged> {
    const { key } = await this.byReference(reference);
    return this.#transaction(async (tx) => {
      const row = (await charges.take(tx, key)) as Charged;
      if (row.status !== "requires_action") return row;
      return this.#settle(tx, row, approve ? { status: "authorized" } : refusedByShopper);
    });
  }

  /** Decides the charges whose time has come. */
  async decideDelayed(): Promise<void> {
    for (const key of await charges.delayed(this.#db, Date.now())) {
      await this.#transaction(async (tx) => {
        const row = await charges.take(tx, key);
        if (row?.status === "pending") await this.#settle(tx, row, { status: "authorized" });
      });
    }
  }

  /** The charge of this key as it stands, begun anew where the bank had failed at it. */
  async #authorize(tx: BankTx, request: Asked, fresh: Charged, behaviour: Behaviour) {
    if (await charges.add(tx, fresh)) {
      if (behaviour.late) await this.#tell(tx, fresh, Date.now() + this.#options.late);
      return { row: fresh, isNew: true };
    }
    const known = (await charges.take(tx, request.key)) as Charged;
    if (known.status !== "errors") return { row: known, isNew: false };
    const row = begin(request, behaviour, known, this.#options.delay);
    await charges.put(tx, row);
    return { row, isNew: true };
  }

  async #settle(tx: BankTx, row: Charged, change: Partial<Charged>): Promise<Charged> {
    const settled: Charged = { ...row, decide_at: null, ...change };
    await charges.put(tx, settled);
    await this.#tell(tx, settled, Date.now());
    return settled;
  }

  async #move(request: MoneyRequest, kind: "capture" | "refund", change: (row: Charged) => Charged): Promise<Charge> {
    const { key, charge, amount } = request;
    const row = await this.#transaction(async (tx) => {
      const row = await charges.take(tx, charge);
      if (!row) throw new ProviderRefusal("There is no such charge");
      if (await charges.hasMoved(tx, key)) return row;
      const moved = change(row);
      if (moved === row) return row;
      await charges.move(tx, { key, charge, kind, amount });
      await charges.put(tx, moved);
      return moved;
    });
    return this.#charge(row);
  }

  async #tell(tx: BankTx, row: Charged, at: number): Promise<void> {
    const charge = this.#charge(row);
    const id = `evt_${secretId()}`;
    const body = JSON.stringify({ id, type: `charge.${row.status}`, createdAt: new Date(at).toISOString(), charge });
    await charges.queue(tx, { id, body, attempts: 0, due_at: at });
    this.#options.queued();
  }

  #transaction<T>(work: (tx: BankTx) => Promise<T>): Promise<T> {
    return this.#database.transaction<SandboxTables, T>(work);
  }

  #charge(row: Charged): Charge {
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

const refusedByShopper: Partial<Charged> = {
  status: "declined",
  failure_type: "PAYMENT_DECLINED",
  failure_message: "The payment was not confirmed at the bank",
};

function statusOf({ status, captured, refunded }: Charged): Charge["status"] {
  if (status === "declined" || status === "errors") return "failed";
  return status === "captured" && refunded > 0 && refunded < captured ? "partially_refunded" : status;
}

/** A new charge as its token wants it, or one that fails once more. */
function begin(request: Asked, behaviour: Behaviour, known: Charged | undefined, delay: number): Charged {
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
