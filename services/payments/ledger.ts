import { sum } from "../shared/money.ts";

/** One line of a ledger transaction: above zero is debit, below is credit. */
export interface Leg {
  account: string;
  amount: number;
}

export interface Posting {
  id: string;
  kind: "capture" | "refund";
  legs: Leg[];
}

interface Taken {
  id: string;
  provider: string;
  captured: number;
  refunded: number;
}

/** What the provider owes the shop for payments. */
export const receivable = (provider: string): string => `receivable:${provider}`;

/** The ledger transactions of a payment that went from `before` to `after`; their ids make a repeat impossible. */
export function postings(before: Taken, after: Taken): Posting[] {
  const { id, provider } = after;
  const taken = after.captured - before.captured;
  const returned = after.refunded - before.refunded;
  const posted: Posting[] = [];
  if (taken > 0) posted.push(posting(`${id}:captured:${after.captured}`, "capture", provider, taken));
  if (returned > 0) posted.push(posting(`${id}:refunded:${after.refunded}`, "refund", provider, -returned));
  return posted;
}

/** What was paid and kept, by these legs. */
export const paid = (legs: readonly Leg[], provider: string): number =>
  sum(legs.filter(({ account }) => account === receivable(provider)).map(({ amount }) => amount));

const posting = (id: string, kind: Posting["kind"], provider: string, amount: number): Posting => ({
  id,
  kind,
  legs: [
    { account: receivable(provider), amount },
    { account: "sales", amount: -amount },
  ],
});
