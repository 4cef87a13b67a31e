import fc from "fast-check";
import { cartsOf, invoicesOf, type Line, type Row, reasonOf, skuOf, worth } from "../../bench/replay/invoice.ts";

const row = (more: Partial<Row>): Row => ({
  invoice: "536365",
  code: "85123A",
  description: "HOLDER",
  quantity: 6,
  at: "2010-12-01 08:26:00",
  price: 2_550,
  customer: "17850",
  country: "United Kingdom",
  ...more,
});

test("a code has a SKU for each of its prices, however it is written", () => {
  expect(skuOf("85123A", 255)).toBe("85123A-255");
  expect(skuOf("85123a", 295)).toBe("85123A-295");
  expect(skuOf("gift_0001_20", 1_667)).toBe("GIFT_0001_20-1667");
});

test("lines of an invoice that are of one SKU are one line, and those at another price are not", () => {
  const rows = [row({}), row({ quantity: 2 }), row({ quantity: 1, price: 2_950 }), row({ invoice: "536366" })];
  expect(invoicesOf(rows)).toMatchObject([
    {
      no: "536365",
      month: "2010-12",
      rows: 3,
      value: 8 * 2_550 + 2_950,
      lines: [
        { sku: "85123A-255", quantity: 8, price: 255 },
        { sku: "85123A-295", quantity: 1, price: 295 },
      ],
    },
    { no: "536366", rows: 1 },
  ]);
});

test("invoices come in order of time, and of the file where that is the same", () => {
  const at = ["2010-12-02 10:00:00", "2010-12-01 10:00:00", "2010-12-01 10:00:00"];
  const rows = at.map((time, number) => row({ invoice: String(number), at: time }));
  expect(invoicesOf(rows).map(({ no }) => no)).toEqual(["1", "2", "0"]);
});

test.each([
  ["POST", {}, "postage"],
  ["DOT", {}, "postage"],
  ["m", {}, "manual"],
  ["D", { quantity: -1 }, "discount"],
  ["AMAZONFEE", {}, "fees"],
  ["BANK CHARGES", { price: 1 }, "fees"],
  ["B", { price: -11_062_060 }, "badDebt"],
  ["NEWCODE", {}, "otherCode"],
  ["85123A", { price: 0, quantity: -10 }, "free"],
  ["PADS", { price: 1 }, "belowPenny"],
  ["85123A", { quantity: -1 }, "negative"],
  ["85123A", {}, null],
  ["DCGS0003", {}, null],
  ["gift_0001_20", {}, null],
])("a sale's line of %s %j is left out for the reason %s", (code, more, reason) => {
  expect(reasonOf(row({ code, ...more }), "sale")).toBe(reason);
});

test("a cancellation's lines are what it takes back", () => {
  const rows = [row({ invoice: "C536379", quantity: -6 }), row({ invoice: "C536379", code: "D", quantity: -1 })];
  expect(invoicesOf(rows)).toMatchObject([
    {
      kind: "cancellation",
      lines: [{ sku: "85123A-255", quantity: 6 }],
      left: [{ reason: "discount", lines: 1, value: -2_550 }],
      value: -7 * 2_550,
    },
  ]);
});

test("an invoice's value is what becomes of its lines and what is left out, whatever is in it", () => {
  const rows = fc.array(
    fc.record({
      code: fc.constantFrom("85123A", "85123a", "POST", "D", "M", "PADS", "23166", "B", "X"),
      quantity: fc.integer({ min: -80_995, max: 80_995 }),
      price: fc.oneof(
        fc.integer({ min: 0, max: 4_000 }).map((pence) => 10 * pence),
        fc.constantFrom(0, 1, -11_062_060),
      ),
      invoice: fc.constantFrom("1", "C2"),
    }),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(rows, (all) => {
      for (const { kind, lines, left, value } of invoicesOf(all.map((one) => row(one)))) {
        const sign = kind === "sale" ? 10 : -10;
        expect(sign * worth(lines) + left.reduce((sum, part) => sum + part.value, 0)).toBe(value);
      }
    }),
  );
});

test("carts together hold an invoice's lines, and none holds more than a cart may", () => {
  const line = fc.record({ quantity: fc.integer({ min: 1, max: 95 }), price: fc.integer({ min: 1, max: 500 }) });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (parts) => {
      const lines: Line[] = parts.map((part, at) => ({ sku: `S${at}`, ...part }));
      const carts = cartsOf(lines, { lines: 7, quantity: 10 });
      expect(worth(carts.flat())).toBe(worth(lines));
      for (const cart of carts) {
        expect(cart.length).toBeLessThanOrEqual(7);
        expect(Math.max(...cart.map(({ quantity }) => quantity))).toBeLessThanOrEqual(10);
        expect(new Set(cart.map(({ sku }) => sku)).size).toBe(cart.length);
      }
    }),
  );
});
