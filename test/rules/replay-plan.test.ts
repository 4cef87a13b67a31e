import type { Invoice, Line, Reason } from "../../bench/replay/invoice.ts";
import { planOf } from "../../bench/replay/plan.ts";

let made = 0;
const line = (sku: string, quantity: number): Line => ({ sku, quantity, price: 100 });

function invoice(lines: Line[], more: Partial<Invoice> = {}): Invoice {
  const no = String(++made);
  const base = { no, kind: "sale", at: "2010-12-01 08:00:00", month: "2010-12", customer: "17850" } as const;
  return { ...base, country: "France", lines, left: [], rows: lines.length, value: 0, ...more };
}
const cancellation = (lines: Line[], more: Partial<Invoice> = {}) => invoice(lines, { kind: "cancellation", ...more });

const left = (invoices: Invoice[], reason: Reason) => planOf(invoices).left.get("2010-12")?.get(reason);
const canceled = (invoices: Invoice[]) =>
  planOf(invoices).steps.flatMap((step) => (step.does === "cancel" ? [step.order] : []));

test("a cancellation of exactly a customer's lines cancels that order, in whatever order the lines are", () => {
  const order = invoice([line("A", 1), line("B", 2)]);
  expect(canceled([order, cancellation([line("B", 2), line("A", 1)])])).toEqual([order.no]);
});

test("of two equal orders the later one is canceled first, and each only once", () => {
  const [first, second] = [invoice([line("A", 1)]), invoice([line("A", 1)])];
  const back = () => cancellation([line("A", 1)]);
  expect(canceled([first, second, back()])).toEqual([second.no]);
  expect(canceled([first, second, back(), back()])).toEqual([second.no, first.no]);
  expect(left([first, second, back(), back(), back()], "cancelUnmatched")).toMatchObject({ lines: 1, value: -1_000 });
});

test("an order that comes after its cancellation is not canceled", () => {
  expect(canceled([cancellation([line("A", 1)]), invoice([line("A", 1)])])).toEqual([]);
});

test("somebody else's order is not canceled", () => {
  const invoices = [invoice([line("A", 1)]), cancellation([line("A", 1)], { customer: "13047" })];
  expect(canceled(invoices)).toEqual([]);
  expect(left(invoices, "cancelUnmatched")).toMatchObject({ lines: 1, value: -1_000 });
});

test("a part of an order is counted as such, with its value", () => {
  const invoices = [invoice([line("A", 5), line("B", 1)]), cancellation([line("A", 3)])];
  expect(left(invoices, "cancelPartial")).toEqual({ reason: "cancelPartial", lines: 1, value: -3_000 });
});

test("more than was bought is no part of it", () => {
  expect(left([invoice([line("A", 5)]), cancellation([line("A", 6)])], "cancelUnmatched")).toMatchObject({ lines: 1 });
});

test("a guest's cancellation is of nobody knows which order", () => {
  const guest = { customer: null };
  const invoices = [invoice([line("A", 1)], guest), cancellation([line("A", 1)], guest)];
  expect(canceled(invoices)).toEqual([]);
  expect(left(invoices, "cancelGuest")).toMatchObject({ lines: 1, value: -1_000 });
});

test("an invoice without goods is no order, and what is in it is left out by its reason", () => {
  const postage = invoice([], { left: [{ reason: "postage", lines: 2, value: 18_000 }] });
  expect(planOf([postage, postage]).steps).toEqual([]);
  expect(left([postage, postage], "postage")).toEqual({ reason: "postage", lines: 4, value: 36_000 });
});
