import { chargeFaults, contradictions, mailFaults, stockFaults } from "./accounts.ts";
import type { Observations } from "./observations.ts";
import type { Violation, ViolationKind } from "./violations.ts";

/** Everything that must not be and is. */
export function verdicts(seen: Observations): Violation[] {
  return [
    ...stockFaults(seen),
    ...chargeFaults(seen),
    ...contradictions(seen),
    ...mailFaults(seen),
    ...auditFaults(seen),
    ...lockFaults(seen),
    ...seen.stuck.map((detail): Violation => ({ kind: "stuck", subject: "the shop", detail })),
    ...rollingFaults(seen),
  ];
}

/** What the shop's own audit found, under the name that it has here. */
function auditFaults({ books: { audit } }: Observations): Violation[] {
  const found: Violation[] = [];
  for (const { part, findings, figures } of audit.parts) {
    if (part === "events" && figures.waiting) {
      found.push({ kind: "events lost", subject: "the queue", detail: `${figures.waiting} still wait` });
    }
    for (const { rule, subject, detail } of findings) {
      found.push({ kind: kindOf(rule, detail), subject, detail: `${rule}: ${detail}` });
    }
  }
  for (const part of audit.missing) {
    found.push({ kind: "invariants broken", subject: part, detail: "was not there to be audited" });
  }
  return found;
}

/** Nobody can order a cart, or change it, that an order has locked which needs it no more. */
function lockFaults({ books }: Observations): Violation[] {
  const pending = new Set(books.orders.filter(({ status }) => status === "pending").map(({ id }) => id));
  return books.locked
    .filter(({ orderId }) => !pending.has(orderId))
    .map(({ cartId, orderId }) => ({
      kind: "stuck",
      subject: orderId,
      detail: `it has ended, and its cart ${cartId} is locked`,
    }));
}

function kindOf(rule: string, detail: string): ViolationKind {
  if (rule === "every event is handled") return "dead letters";
  if (/^no event waits|\.mail$/.test(rule)) return "events lost";
  if (/\.(overdue|operation|outbox|cancel)$/.test(rule)) return "stuck";
  if (rule === "payments.orphan") return "charged without order";
  if (rule === "orders.charged" && /canceled/.test(detail)) return "charged without order";
  return "invariants broken";
}

/** A shopper must not notice that nodes are replaced: whoever may ask another gateway does. */
function rollingFaults({ failed, rolling }: Observations): Violation[] {
  const noticed = failed.filter(({ sentOn }) => !sentOn);
  return rolling.flatMap(({ number, start, end }) =>
    noticed
      .filter(({ at }) => at >= start && at <= end)
      .map(({ at, request, what, gateway }): Violation => {
        const detail = `${request} at gateway ${gateway} during the rolling restart #${number}`;
        return { kind: "failed in rolling restarts", subject: what, detail, at };
      }),
  );
}
