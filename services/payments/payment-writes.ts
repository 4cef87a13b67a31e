import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import { type Leg, postings } from "./ledger.ts";
import { ends, type OperationKind, type Step } from "./next-step.ts";
import type { PaymentRecord } from "./payment.tables.ts";
import { eventsOf } from "./payment-events.ts";

/** How a payment is to be: what it is after the change, and the step that begins with it. */
export interface Change {
  payment: PaymentRecord;
  step?: Step | null;
  /** How an operation ended whose end the payment's standing does not tell. */
  operation?: { kind: OperationKind; state: "failed" | "unknown"; error: string } | undefined;
}

/** All that is written with one change of a payment. */
export interface Writes {
  payment: PaymentRecord;
  /** The version that it replaces; null where the payment is new. */
  seen: number | null;
  /** Operations that are open, and how they stand now; one that has come to its end has `ended_at`. */
  closed: { id: string; state: "succeeded" | "failed" | "unknown"; error: string | null; ended_at: number | null }[];
  begun: { id: string; kind: OperationKind; started_at: number }[];
  posted: { id: string; kind: "capture" | "refund"; currency: string; legs: Leg[]; at: string }[];
  /** What is to be told of it. */
  events: DurableEvent[];
}

/** The key that the provider is given for this operation. */
export const keyOf = ({ orderId }: { orderId: string }, kind: OperationKind): string => `${orderId}:${kind}`;

/** What a new payment writes; a step is recorded before the provider is asked. */
export const writesOfNew = (payment: PaymentRecord, step: OperationKind | null, now: number): Writes => ({
  payment,
  seen: null,
  closed: [],
  begun: step ? [{ id: keyOf(payment, step), kind: step, started_at: now }] : [],
  posted: [],
  events: [],
});

/** What a change writes beside the payment itself: operations, ledger, events. */
export function writesOf(before: PaymentRecord, { payment: after, step, operation }: Change, now: number): Writes {
  const at = new Date(now).toISOString();
  const payment = { ...after, version: before.version + 1, updatedAt: at };
  const closed: Writes["closed"] = ended(before, payment).map(([kind, state]) => ({
    ...{ id: keyOf(payment, kind), state, error: null, ended_at: now },
  }));
  if (operation) {
    const { kind, state, error } = operation;
    closed.push({ id: keyOf(payment, kind), state, error, ended_at: null });
  }
  return {
    payment,
    seen: before.version,
    closed,
    begun: step && step !== "inquire" ? [{ id: keyOf(payment, step), kind: step, started_at: now }] : [],
    posted: postings(before, payment).map((posting) => ({ ...posting, currency: payment.currency, at })),
    events: eventsOf(before, payment),
  };
}

/** The operations that come to their end with this change; a void or a refund is begun only where one was asked for. */
function ended(before: PaymentRecord, after: PaymentRecord): [OperationKind, "succeeded" | "failed"][] {
  const { status, reference, refunded } = before;
  if (status === after.status && reference === after.reference && refunded === after.refunded) return [];
  const open = status === "pending" || status === "unknown";
  const known = open ? {} : ends(before);
  const undoing = before.voidRequested || after.voidRequested;
  return (Object.entries(ends(after)) as [OperationKind, "succeeded" | "failed"][]).filter(
    ([kind, state]) => known[kind] !== state && (kind === "authorize" || kind === "capture" || undoing),
  );
}
