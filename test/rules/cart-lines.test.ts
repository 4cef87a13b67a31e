import fc from "fast-check";
import * as lines from "../../services/carts/cart-lines.ts";

const limits: lines.Limits = { maxLines: 100, maxQuantity: 10_000 };
const wanted = fc.record({
  sku: fc.constantFrom("A", "B", "constructor", "toString"),
  quantity: fc.integer({ min: 1, max: 6_000 }),
});

test("after any additions each SKU has one line with their sum, and none is over what a line takes", () => {
  fc.assert(
    fc.property(fc.array(wanted, { maxLength: 20 }), (additions) => {
      const sums = new Map<string, number>();
      let cart: lines.Wanted[] = [];
      for (const addition of additions) {
        const sum = (sums.get(addition.sku) ?? 0) + addition.quantity;
        const before = structuredClone(cart);
        if (sum > limits.maxQuantity) {
          const add = () => lines.add(cart, addition, limits);
          expect(add).toThrow(expect.objectContaining({ type: "VALIDATION_ERROR" }));
        } else {
          sums.set(addition.sku, sum);
          const after = lines.add(cart, addition, limits);
          expect(cart).toEqual(before);
          cart = after;
        }
      }
      expect(cart).toEqual([...sums].map(([sku, quantity]) => ({ sku, quantity })));
    }),
  );
});

test("setting and taking out change the one line only, and a repeat changes nothing", () => {
  fc.assert(
    fc.property(fc.uniqueArray(wanted, { selector: ({ sku }) => sku }), wanted, (cart, wish) => {
      const others = cart.filter(({ sku }) => sku !== wish.sku);
      expect(lines.remove(cart, wish.sku)).toEqual(others);
      if (others.length === cart.length) {
        expect(() => lines.set(cart, wish, limits)).toThrow(expect.objectContaining({ type: "LINE_NOT_FOUND" }));
        return;
      }
      const set = lines.set(cart, wish, limits);
      expect(set.find(({ sku }) => sku === wish.sku)).toEqual(wish);
      expect(lines.remove(set, wish.sku)).toEqual(others);
      expect(lines.set(set, wish, limits)).toEqual(set);
    }),
  );
});

test("what was taken under wider limits stays, and grows no more", () => {
  const cart = [
    { sku: "A", quantity: 50 },
    { sku: "B", quantity: 1 },
  ];
  const narrow = { maxLines: 1, maxQuantity: 10 };
  expect(() => lines.add(cart, { sku: "A", quantity: 1 }, narrow)).toThrow(
    expect.objectContaining({
      type: "VALIDATION_ERROR",
      data: { errors: [expect.objectContaining({ path: "quantity" })] },
    }),
  );
  expect(() => lines.set(cart, { sku: "A", quantity: 11 }, narrow)).toThrow(
    expect.objectContaining({ type: "VALIDATION_ERROR" }),
  );
  expect(() => lines.add(cart, { sku: "C", quantity: 1 }, narrow)).toThrow(
    expect.objectContaining({ type: "CART_FULL" }),
  );
  expect(lines.add(cart, { sku: "B", quantity: 1 }, narrow)).toContainEqual({ sku: "B", quantity: 2 });
  expect(lines.set(cart, { sku: "A", quantity: 10 }, narrow)).toContainEqual({ sku: "A", quantity: 10 });
});
