import { pauseBefore } from "../../../mixins/durable-events/backoff.ts";
import type { SandboxDb } from "./sandbox.tables.ts";
import { SIGNATURE_HEADER, signatureOf } from "./signature.ts";

const AT_ONCE = 16;
const GIVE_UP_AFTER = 100;

interface Log {
  warn(...words: unknown[]): void;
}

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
    const due = this.#db.selectFrom("webhooks").selectAll().where("due_at", "<=", Date.now()).orderBy("due_at");
    for (;;) {
      const webhooks = await due.limit(AT_ONCE).execute();
      await Promise.all(webhooks.map((webhook) => this.#send(webhook)));
      if (webhooks.length < AT_ONCE || this.#leaving.signal.aborted) return;
    }
  }

  stop(): void {
    this.#leaving.abort();
  }

  async #send({ id, body, attempts }: { id: string; body: string; attempts: number }): Promise<void> {
    const problem = await this.#post(body).catch((error: Error) => error.message);
    if (this.#leaving.signal.aborted && problem) return;
    if (problem === null || attempts + 1 >= GIVE_UP_AFTER) {
      if (problem) this.#log.warn(`The sandbox bank gives up telling ${id}: ${problem}`);
      await this.#db.deleteFrom("webhooks").where("id", "=", id).execute();
      return;
    }
    const later = { attempts: attempts + 1, due_at: Date.now() + pauseBefore(attempts + 1) };
    await this.#db.updateTable("webhooks").set(later).where("id", "=", id).execute();
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
