import fc from "fast-check";
import { decimals, format, money, share, sum } from "../../services/shared/money.ts";

const amount = fc.integer({ min: -900_000_000_000, max: 900_000_000_000 });
const rate = fc.integer({ min: 0, max: 10_000 });
/** `amount × rate` over ten thousand in exact arithmetic, halves away from zero. */
const exact = (of: number, basisPoints: number): number => {
  const twice = BigInt(Math.abs(of)) * BigInt(basisPoints) * 2n;
  const rounded = Number((twice + 10_000n) / 20_000n);
  return of < 0 ? -rounded : rounded;
};

test("a share is rounded to whole minor units, halves away from zero, exactly", () => {
  fc.assert(
    fc.property(amount, rate, (of, basisPoints) => {
      expect(share(of, basisPoints) + 0).toBe(exact(of, basisPoints) + 0);
    }),
  );
});

test("a share of nothing is nothing, of all is all, and a refund's is the opposite of the charge's", () => {
  fc.assert(
    fc.property(amount, rate, (of, basisPoints) => {
      expect(share(of, 0) + 0).toBe(0);
      expect(share(of, 10_000)).toBe(of);
      expect(share(-of, basisPoints) + share(of, basisPoints)).toBe(0);
    }),
  );
});

test.each([
  [1_000, 825, 83],
  [1_999, 1_900, 380],
  [50, 100, 1],
  [49, 100, 0],
  [-50, 100, -1],
])("of %i at %i basis points it is %i", (of, basisPoints, expected) => {
  expect(share(of, basisPoints)).toBe(expected);
});

test("amounts add up in any order", () => {
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 50 }), (amounts) => {
      expect(sum(amounts)).toBe(sum([...amounts].reverse()));
    }),
  );
  expect(sum([])).toBe(0);
});

test.each([
  ["USD", 2, 1_999, "$19.99"],
  ["USD", 2, -5, "-$0.05"],
  ["JPY", 0, 1_999, "¥1,999"],
  ["KWD", 3, 1_999, "KWD 1.999"],
  ["EUR", 2, 123_456_789, "€1,234,567.89"],
])("%s has %i decimals, and %i is read as %s", (currency, places, minor, text) => {
  expect(decimals(currency)).toBe(places);
  expect(format(money(minor, currency)).replaceAll("\u00a0", " ")).toBe(text);
});
