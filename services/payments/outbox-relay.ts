import type { EventBus } from "../../mixins/durable-events/event-bus.ts";
import type { MoneyDb } from "./payment.tables.ts";

const BATCH = 200;

/** Publishes what stands in the outbox, oldest first, and removes it then: after a crash twice, never not at all. */
export async function relay(db: MoneyDb, events: EventBus, told: (paymentId: string) => void): Promise<void> {
  for (;;) {
    const rows = await db.selectFrom("outbox").selectAll().orderBy("seq").limit(BATCH).execute();
    if (rows.length === 0) return;
    const stored = rows.map(({ id, name, payload }) => ({ id, name, payload: JSON.parse(payload) }));
    await events.publish(stored);
    for (const { payload } of stored) told(payload.paymentId);
    await db
      .deleteFrom("outbox")
      .where(
        "seq",
        "in",
        rows.map(({ seq }) => seq),
      )
      .execute();
    if (rows.length < BATCH) return;
  }
}
