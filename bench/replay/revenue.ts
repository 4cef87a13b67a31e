import type { Left, Reason } from "./invoice.ts";

/** What our shop says of one of its orders, and when the file says it was made and canceled. */
export interface Sold {
  month: string;
  /** Where the replay canceled it. */
  canceledIn: string | null;
  /** Pence. */
  total: number;
  shipping: number;
  payment: string;
}

/** All in thousandths of a pound. */
export interface Month {
  month: string;
  file: number;
  captured: number;
  refunded: number;
  /** Captured less refunded: revenue by our shop. */
  ours: number;
  /** What the file has and we have not, by reason. */
  left: Map<Reason, Left>;
  /** What we charged for shipping, which the file does not know. */
  shipping: number;
  /** What no reason explains: must be zero. */
  unexplained: number;
}

/** Revenue by the file beside revenue by our shop, month by month, and what lies between by reason. */
export function reconcile(
  file: ReadonlyMap<string, number>,
  left: ReadonlyMap<string, ReadonlyMap<Reason, Left>>,
  sold: Iterable<Sold>,
): Month[] {
  const captured = new Map<string, number>();
  const refunded = new Map<string, number>();
  const shipping = new Map<string, number>();
  const add = (sums: Map<string, number>, month: string, pence: number) =>
    sums.set(month, (sums.get(month) ?? 0) + 10 * pence);
  for (const order of sold) {
    // Money that was never taken, or of which nobody knows, is no revenue: it stays unexplained.
    if (order.payment !== "captured" && order.payment !== "refunded") continue;
    add(captured, order.month, order.total);
    add(shipping, order.month, order.shipping);
    if (order.payment !== "refunded") continue;
    const when = order.canceledIn ?? order.month;
    add(refunded, when, order.total);
    add(shipping, when, -order.shipping);
  }
  const months = [...new Set([...file.keys(), ...captured.keys(), ...refunded.keys()])].sort();
  return months.map((month) => {
    const sums = { file: file.get(month) ?? 0, captured: captured.get(month) ?? 0, refunded: refunded.get(month) ?? 0 };
    const reasons = new Map(left.get(month) ?? []);
    const explained = [...reasons.values()].reduce((total, { value }) => total + value, 0);
    const ours = sums.captured - sums.refunded;
    const charged = shipping.get(month) ?? 0;
    const unexplained = sums.file - ours - explained + charged;
    return { month, ...sums, ours, left: reasons, shipping: charged, unexplained };
  });
}

/** The months as one. */
export function together(months: readonly Month[]): Month {
  const total = (of: (month: Month) => number) => months.reduce((all, month) => all + of(month), 0);
  const left: Month["left"] = new Map();
  for (const { reason, lines, value } of months.flatMap((month) => [...month.left.values()])) {
    const known = left.get(reason) ?? { reason, lines: 0, value: 0 };
    left.set(reason, { reason, lines: known.lines + lines, value: known.value + value });
  }
  return {
    month: "Together",
    file: total(({ file }) => file),
    captured: total(({ captured }) => captured),
    refunded: total(({ refunded }) => refunded),
    ours: total(({ ours }) => ours),
    left,
    shipping: total(({ shipping }) => shipping),
    unexplained: total(({ unexplained }) => Math.abs(unexplained)),
  };
}
