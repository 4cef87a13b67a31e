import type { DurableEvent, EventBus } from "../../mixins/durable-events/event-bus.ts";
import { publishEach } from "../../mixins/durable-events/publish-each.ts";
import { listed, prepared } from "../../mixins/sql/prepared.ts";
import type { MoneyDb } from "./payment.tables.ts";

const BATCH = 200;
/** Milliseconds that an event is left to the node that wrote it; then any node tells it. */
const LEFT_ALONE = 2_000;
const EVERY = 1_000;

const remove = prepared((db: MoneyDb, { ids }: { ids: string }) =>
  db.deleteFrom("outbox").where("id", "in", listed(db, ids)),
);
const oldest = prepared((db: MoneyDb, { before, limit }: { before: number; limit: number }) =>
  db.selectFrom("outbox").select(["id", "name", "payload"]).where("at", "<=", before).orderBy("seq").limit(limit),
);

/**
 * Publishes what stands in the outbox and removes it then: after a crash twice, never not at all. What this node has
 * just committed it publishes from memory; it reads the table for what was left behind, by itself or by another.
 */
export class OutboxRelay {
  readonly #db: MoneyDb;
  readonly #bus: EventBus;
  readonly #told: (paymentId: string) => void;
  #fresh: DurableEvent[] = [];
  #swept = 0;

  constructor(db: MoneyDb, bus: EventBus, told: (paymentId: string) => void) {
    this.#db = db;
    this.#bus = bus;
    this.#told = told;
  }

  /** Events that stand in the outbox since this moment. */
  add(events: DurableEvent[]): void {
    this.#fresh.push(...events);
  }

  async look(): Promise<void> {
    while (this.#fresh.length) {
      const some = this.#fresh.splice(0, BATCH);
      await this.#publish(some).catch((error) => {
        // They stand in the table: to keep them here too would only cost memory.
        this.#fresh = [];
        throw error;
      });
    }
    const now = Date.now();
    if (now - this.#swept < EVERY) return;
    await this.#sweep(this.#swept === 0 ? now : now - LEFT_ALONE);
    this.#swept = now;
  }

  async #sweep(before: number): Promise<void> {
    for (;;) {
      const { rows } = await oldest(this.#db, { before, limit: BATCH });
      const told = await this.#publish(rows.map((row) => ({ ...row, payload: JSON.parse(row.payload) })));
      if (rows.length < BATCH || !told) return;
    }
  }

  /** Gives how many the bus has taken; what it refuses stays, and the audit tells of it. */
  async #publish(events: DurableEvent[]): Promise<number> {
    const refused = await publishEach((some) => this.#bus.publish(some), events);
    const told = events.filter(({ id }) => !refused.has(id));
    if (told.length) await remove(this.#db, { ids: JSON.stringify(told.map(({ id }) => id)) });
    for (const { payload } of told) this.#told((payload as { paymentId: string }).paymentId);
    return told.length;
  }
}
