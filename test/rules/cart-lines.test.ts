import fc from "fast-check";
import * as lines from "../../services/carts/cart-lines.ts";

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
        if (sum > lines.MOST_OF_A_LINE) {
          const add = () => lines.add(cart, addition);
          expect(add).toThrow(expect.objectContaining({ type: "VALIDATION_ERROR" }));
        } else {
          sums.set(addition.sku, sum);
          const after = lines.add(cart, addition);
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
        expect(() => lines.set(cart, wish)).toThrow(expect.objectContaining({ type: "LINE_NOT_FOUND" }));
        return;
      }
      const set = lines.set(cart, wish);
      expect(set.find(({ sku }) => sku === wish.sku)).toEqual(wish);
      expect(lines.remove(set, wish.sku)).toEqual(others);
      expect(lines.set(set, wish)).toEqual(set);
    }),
  );
});
