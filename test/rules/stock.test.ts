import { type Stock, stockSpec } from "../../services/inventory/stock.documents.ts";
import { faults, forget, level, overdue, REMEMBERED, stockId, sumBySku } from "../../services/inventory/stock.ts";

const at = new Date("2026-03-01T12:00:00.000Z");
const before = (milliseconds: number) => new Date(at.getTime() - milliseconds).toISOString();
const stock = (more: Partial<Stock> = {}): Stock => ({
  id: stockId("A"),
  sku: "A",
  location: "main",
  onHand: 10,
  reserved: 0,
  available: 10,
  holds: {},
  adjustments: {},
  archivedUpTo: "",
  archives: 0,
  rev: 1,
  v: stockSpec.version,
  createdAt: before(0),
  updatedAt: before(0),
  ...more,
});
const hold = (state: "held" | "released", expiresAt: string | null, ago = 0) => ({
  quantity: 2,
  state,
  at: before(ago),
  expiresAt,
});

test("lines of the same SKU are one demand", () => {
  const lines = ["B", "A", "B"].map((sku, index) => ({ sku, quantity: index + 1 }));
  expect(sumBySku(lines)).toEqual([
    { sku: "A", quantity: 2 },
    { sku: "B", quantity: 4 },
  ]);
});

test("a hold is overdue from the moment it expires, a pinned one never", () => {
  const holds = { now: hold("held", before(0)), later: hold("held", before(-1)), pinned: hold("held", null) };
  expect(overdue(stock({ holds }), at).map(([orderId]) => orderId)).toEqual(["now"]);
});

test("the end of a hold is remembered for a week", () => {
  const holds = { old: hold("released", null, REMEMBERED), fresh: hold("released", null, REMEMBERED - 5) };
  expect(forget(stock({ holds }), at)).toEqual({ keys: ["holds.old"], next: before(-5) });
});

test("where nothing is remembered there is nothing to come back for", () => {
  expect(forget(stock(), at)).toEqual({ keys: [], next: null });
});

test("a level is the sum over its locations", () => {
  expect(level("A", [stock(), stock({ location: "attic", onHand: 1, available: 1 })])).toMatchObject({
    onHand: 11,
    available: 11,
    locations: [{ location: "main" }, { location: "attic" }],
  });
});

test("each way in which stock does not add up is told by name", () => {
  const wrong = stock({ reserved: 3, available: 10, holds: { o: hold("held", null) } });
  expect(faults(wrong, 9).map(([rule]) => rule)).toEqual(["available", "reserved", "onHand"]);
  expect(faults(stock(), 10)).toEqual([]);
});

test("a stock of the release before, which archived nothing, knows that nothing is archived", () => {
  const { archivedUpTo: _, archives: __, ...older } = stock({ holds: { o: hold("released", null) } });
  expect(stockSpec.upgrades?.[2]?.(older)).toEqual(stock({ holds: { o: hold("released", null) } }));
});
