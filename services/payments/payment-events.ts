import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import { event } from "../cluster.ts";
import { money } from "../shared/money.ts";
import type { PaymentRecord } from "./payment.tables.ts";

const NAMES = {
  authorized: "payment.authorized",
  failed: "payment.failed",
  captured: "payment.captured",
  voided: "payment.voided",
  partially_refunded: "payment.refunded",
  refunded: "payment.refunded",
} as const;

/** What is told of a payment that went from `before` to `after`; a repeat has the same id, and another change another. */
export function eventsOf(before: PaymentRecord, after: PaymentRecord): DurableEvent[] {
  const { id: paymentId, orderId, status, captured, refunded } = after;
  const moved = status !== before.status || refunded !== before.refunded;
  if (!moved || !(status in NAMES)) return [];
  const name = NAMES[status as keyof typeof NAMES];
  const amount = name === "payment.refunded" ? refunded : name === "payment.captured" ? captured : after.amount;
  // A status may come again: what was voided may hold money after all, and is voided once more.
  return [
    event(name, `${paymentId}:${after.version}:${status}`, {
      paymentId,
      orderId,
      status,
      amount: money(amount, after.currency),
    }),
  ];
}
