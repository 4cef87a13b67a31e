import type { Left, Reason } from "../../bench/replay/invoice.ts";
import { pounds } from "../../bench/replay/report.ts";
import { reconcile, type Sold, together } from "../../bench/replay/revenue.ts";

const sold = (more: Partial<Sold> = {}): Sold => ({
  month: "2010-12",
  canceledIn: null,
  total: 1_000,
  shipping: 0,
  payment: "captured",
  ...more,
});
const leftIn = (month: string, reason: Reason, value: number) =>
  new Map([[month, new Map<Reason, Left>([[reason, { reason, lines: 1, value }]])]]);

test("what the file has and we have not is explained by its reasons to the penny", () => {
  const file = new Map([["2010-12", 25_000]]);
  expect(reconcile(file, leftIn("2010-12", "postage", 15_000), [sold()])).toMatchObject([
    { file: 25_000, captured: 10_000, refunded: 0, ours: 10_000, unexplained: 0 },
  ]);
  expect(reconcile(file, leftIn("2010-12", "postage", 14_990), [sold()])).toMatchObject([{ unexplained: 10 }]);
});

test("a refund counts in the month of the cancellation, as in the file", () => {
  const file = new Map([
    ["2010-12", 10_000],
    ["2011-01", -10_000],
  ]);
  const months = reconcile(file, new Map(), [sold({ payment: "refunded", canceledIn: "2011-01" })]);
  expect(months).toMatchObject([
    { month: "2010-12", captured: 10_000, refunded: 0, unexplained: 0 },
    { month: "2011-01", captured: 0, refunded: 10_000, ours: -10_000, unexplained: 0 },
  ]);
});

test("shipping that we charged is told apart", () => {
  const file = new Map([["2010-12", 10_000]]);
  const [month] = reconcile(file, new Map(), [sold({ total: 1_490, shipping: 490 })]);
  expect(month).toMatchObject({ ours: 14_900, shipping: 4_900, unexplained: 0 });
});

test("money that was not taken, and an order too many, stay unexplained", () => {
  const file = new Map([["2010-12", 10_000]]);
  expect(reconcile(file, new Map(), [sold({ payment: "unknown" })])).toMatchObject([{ unexplained: 10_000 }]);
  expect(reconcile(file, new Map(), [sold(), sold()])).toMatchObject([{ unexplained: -10_000 }]);
});

test("what is too much in one month does not make up for what is missing in another", () => {
  const file = new Map([
    ["2010-12", 10_000],
    ["2011-01", 10_000],
  ]);
  const months = reconcile(file, new Map(), [sold(), sold()]);
  expect(together(months)).toMatchObject({ file: 20_000, ours: 20_000, unexplained: 20_000 });
});

test("pounds are written exactly, fractions of a penny where there are some", () => {
  expect([0, 1_234_560, -10, 493_207_121].map(pounds)).toEqual(["£0.00", "£1,234.56", "−£0.01", "£493,207.121"]);
});
