import type { EventBus } from "../../mixins/durable-events/event-bus.ts";
import type { MoneyDb } from "./payment.tables.ts";

const BATCH = 200;

/** Publishes what stands in the outbox, oldest first, and removes it then: after a crash twice, never not at all. */
export async function relay(db: MoneyDb, events: EventBus): Promise<void> {
  for (;;) {
    const rows = await db.selectFrom("outbox").selectAll().orderBy("seq").limit(BATCH).execute();
    if (rows.length === 0) return;
    await events.publish(rows.map(({ id, name, payload }) => ({ id, name, payload: JSON.parse(payload) })));
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
