import fc from "fast-check";
import { addUp, merge, type Wanted } from "../../services/carts/cart-lines.ts";

const limits = { maxLines: 100, maxQuantity: 10_000 };
const quantityOf = (lines: readonly Wanted[], sku: string) =>
  lines.filter((line) => line.sku === sku).reduce((sum, { quantity }) => sum + quantity, 0);

test("the quantities of two carts add", () => {
  const into = [{ sku: "A", quantity: 2 }];
  const from = [
    { sku: "B", quantity: 1 },
    { sku: "A", quantity: 3 },
  ];
  expect(merge(into, from, limits)).toEqual({
    lines: [
      { sku: "A", quantity: 5 },
      { sku: "B", quantity: 1 },
    ],
    setAside: [],
  });
});

test("what passes 10,000 of one SKU is set aside", () => {
  const { lines, setAside } = merge([{ sku: "A", quantity: 9_990 }], [{ sku: "A", quantity: 15 }], limits);
  expect(lines).toEqual([{ sku: "A", quantity: limits.maxQuantity }]);
  expect(setAside).toEqual([{ sku: "A", quantity: 5 }]);
});

test("what passes 100 lines is set aside, and what is in both carts still adds", () => {
  const into = Array.from({ length: limits.maxLines }, (_, at) => ({ sku: `S${at}`, quantity: 1 }));
  const { lines, setAside } = merge(
    into,
    [
      { sku: "NEW", quantity: 2 },
      { sku: "S7", quantity: 2 },
    ],
    limits,
  );
  expect(lines).toHaveLength(limits.maxLines);
  expect(quantityOf(lines, "S7")).toBe(3);
  expect(setAside).toEqual([{ sku: "NEW", quantity: 2 }]);
});

test("no merge loses or invents a unit, or breaks a limit", () => {
  const cart = fc.uniqueArray(
    fc.record({ sku: fc.nat(140).map(String), quantity: fc.integer({ min: 1, max: 10_000 }) }),
    {
      selector: ({ sku }) => sku,
      maxLength: limits.maxLines,
    },
  );
  fc.assert(
    fc.property(cart, cart, (into, from) => {
      const { lines, setAside } = merge(into, from, limits);
      expect(lines.length).toBeLessThanOrEqual(limits.maxLines);
      expect(new Set(lines.map(({ sku }) => sku)).size).toBe(lines.length);
      expect(lines.filter(({ quantity }) => quantity < 1 || quantity > limits.maxQuantity)).toEqual([]);
      for (const { sku } of [...into, ...from]) {
        expect(quantityOf([...lines, ...setAside], sku)).toBe(quantityOf([...into, ...from], sku));
      }
    }),
  );
});

test("what is set aside twice is one entry", () => {
  expect(addUp([{ sku: "A", quantity: 1 }], [{ sku: "A", quantity: 2 }])).toEqual([{ sku: "A", quantity: 3 }]);
});
