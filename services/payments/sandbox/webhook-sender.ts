import { pauseBefore } from "../../../mixins/durable-events/backoff.ts";
import { prepared } from "../../../mixins/sql/prepared.ts";
import { lockedHere } from "../../../mixins/sql/sql-database.ts";
import type { SandboxDb, SandboxTables } from "./sandbox.tables.ts";
import { SIGNATURE_HEADER, signatureOf } from "./signature.ts";

const AT_ONCE = 16;
const GIVE_UP_AFTER = 100;
/** Milliseconds that a claim lasts: longer than a post. */
const LEASE = 10_000;

interface Log {
  warn(...words: unknown[]): void;
}

type Waiting = SandboxTables["webhooks"];

const due = prepared((db: SandboxDb, { now, limit }: { now: number; limit: number }) =>
  db.selectFrom("webhooks").select("id").where("due_at", "<=", now).orderBy("due_at").limit(limit),
);
const claim = prepared((db: SandboxDb, { now, until, limit }: { now: number; until: number; limit: number }) =>
  db
    .with("due", (with_) =>
      lockedHere(
        db,
        with_.selectFrom("webhooks").select("id").where("due_at", "<=", now).orderBy("due_at").limit(limit),
      ),
    )
    .updateTable("webhooks")
    .set({ due_at: until })
    .where("id", "in", (eb) => eb.selectFrom("due").select("id"))
    .returningAll(),
);

/** Posts the bank's events to the shop until it has taken them; they wait in the bank's file. */
export class WebhookSender {
  readonly #db: SandboxDb;
  readonly #url: string;
  readonly #key: string;
  readonly #log: Log;
  readonly #leaving = new AbortController();

  constructor(db: SandboxDb, { url, key, log }: { url: string; key: string; log: Log }) {
    this.#db = db;
    this.#url = url;
    this.#key = key;
    this.#log = log;
  }

  async sendDue(): Promise<void> {
    for (;;) {
      const webhooks = await this.#claim();
      await Promise.all(webhooks.map((webhook) => this.#send(webhook)));
      if (webhooks.length < AT_ONCE || this.#leaving.signal.aborted) return;
    }
  }

  stop(): void {
    this.#leaving.abort();
  }

  async #send({ id, body, attempts }: Waiting): Promise<void> {
    const problem = await this.#post(body).catch((error: Error) => error.message);
    if (this.#leaving.signal.aborted && problem) {
      await this.#db.updateTable("webhooks").set({ due_at: Date.now() }).where("id", "=", id).execute();
      return;
    }
    if (problem === null || attempts + 1 >= GIVE_UP_AFTER) {
      if (problem) this.#log.warn(`The sandbox bank gives up telling ${id}: ${problem}`);
      await this.#db.deleteFrom("webhooks").where("id", "=", id).execute();
      return;
    }
    const later = { attempts: attempts + 1, due_at: Date.now() + pauseBefore(attempts + 1) };
    await this.#db.updateTable("webhooks").set(later).where("id", "=", id).execute();
  }

  /** Webhooks whose time has come, which no other node sends meanwhile. */
  async #claim(): Promise<Waiting[]> {
    const now = Date.now();
    if ((await due(this.#db, { now, limit: 1 })).rows.length === 0) return [];
    return (await claim(this.#db, { now, until: now + LEASE, limit: AT_ONCE })).rows;
  }

  /** Null where the shop has taken it, or why it has not. */
  async #post(body: string): Promise<string | null> {
    const response = await fetch(this.#url, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", [SIGNATURE_HEADER]: signatureOf(this.#key, body, Date.now()) },
      signal: AbortSignal.any([this.#leaving.signal, AbortSignal.timeout(5_000)]),
    });
    await response.body?.cancel();
    return response.ok ? null : `the shop answered ${response.status}`;
  }
}
