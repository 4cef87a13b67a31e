import { type Invoice, type Left, type Line, type Reason, worth } from "./invoice.ts";

/** What the replay does, one after the other for each customer. */
export type Step = { invoice: Invoice } & ({ does: "order" } | { does: "cancel"; order: string });

export interface Plan {
  steps: Step[];
  /** Of each month, what becomes no order and cancels none. */
  left: Map<string, Map<Reason, Left>>;
}

interface Open {
  no: string;
  key: string;
  quantities: Map<string, number>;
}

const keyOf = (lines: readonly Line[]): string =>
  lines
    .map(({ sku, quantity }) => `${sku}×${quantity}`)
    .sort()
    .join(" ");

/** Sales become orders; a cancellation cancels the customer's latest order that has exactly its lines. */
export function planOf(invoices: readonly Invoice[]): Plan {
  const steps: Step[] = [];
  const left: Plan["left"] = new Map();
  const open = new Map<string, Open[]>();

  const leave = (month: string, { reason, lines, value }: Left) => {
    const ofMonth = left.get(month) ?? new Map<Reason, Left>();
    left.set(month, ofMonth);
    const known = ofMonth.get(reason) ?? { reason, lines: 0, value: 0 };
    ofMonth.set(reason, { reason, lines: known.lines + lines, value: known.value + value });
  };

  for (const invoice of invoices) {
    const { no, kind, month, customer, lines } = invoice;
    for (const part of invoice.left) leave(month, part);
    if (lines.length === 0) continue;
    const key = keyOf(lines);
    const theirs = customer === null ? [] : (open.get(customer) ?? []);
    if (kind === "sale") {
      steps.push({ does: "order", invoice });
      const quantities = new Map(lines.map(({ sku, quantity }) => [sku, quantity]));
      if (customer !== null) open.set(customer, [...theirs, { no, key, quantities }]);
      continue;
    }
    const order = theirs.findLast((one) => one.key === key);
    if (order && customer !== null) {
      steps.push({ does: "cancel", invoice, order: order.no });
      open.set(
        customer,
        theirs.filter((one) => one !== order),
      );
    } else leave(month, { reason: why(customer, lines, theirs), lines: lines.length, value: -10 * worth(lines) });
  }
  return { steps, left };
}

function why(customer: string | null, lines: readonly Line[], theirs: readonly Open[]): Reason {
  if (customer === null) return "cancelGuest";
  const bought = ({ sku, quantity }: Line) => theirs.some(({ quantities }) => (quantities.get(sku) ?? 0) >= quantity);
  return lines.every(bought) ? "cancelPartial" : "cancelUnmatched";
}
