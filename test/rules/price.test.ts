import fc from "fast-check";
import { quote, taxOn } from "../../services/pricing/price.ts";
import { divided } from "../../services/shared/money.ts";

const usd = (amount: number) => ({ amount, currency: "USD" });
const rates = (taxRate: number, taxIncluded: boolean) => ({ currency: "USD", taxRate, taxIncluded, shipping: [] });
const aLine = fc.record({
  sku: fc.constantFrom("A", "B", "C"),
  quantity: fc.integer({ min: 1, max: 10_000 }),
  unitPrice: fc.integer({ min: 0, max: 100_000_000_000 }).map(usd),
});
const someLines = fc.array(aLine, { maxLength: 100 });
const aRate = fc.integer({ min: 0, max: 3_000 });
const aMethod = fc.option(fc.record({ code: fc.constant("post"), name: fc.string(), price: fc.nat(10_000).map(usd) }));

test("lines, shipping and tax sum to the total, or the whole is refused", () => {
  fc.assert(
    fc.property(someLines, aMethod, aRate, fc.boolean(), (lines, method, taxRate, included) => {
      let quoted: ReturnType<typeof quote>;
      try {
        quoted = quote(lines, method, rates(taxRate, included));
      } catch (error) {
        expect(error).toMatchObject({ type: "TOTAL_TOO_LARGE", code: 422 });
        const goods = lines.reduce((sum, line) => sum + BigInt(line.quantity) * BigInt(line.unitPrice.amount), 0n);
        expect(goods * 2n > BigInt(Number.MAX_SAFE_INTEGER)).toBe(true);
        return;
      }
      const { subtotal, taxTotal, shippingTotal, total } = quoted;
      const sumOf = (field: "total" | "tax") =>
        quoted.lines.reduce((sum, line) => sum + BigInt(line[field].amount), 0n);
      expect(BigInt(subtotal.amount)).toBe(sumOf("total"));
      expect(BigInt(taxTotal.amount)).toBe(sumOf("tax"));
      expect(total.amount).toBe(subtotal.amount + shippingTotal.amount + (included ? 0 : taxTotal.amount));
      for (const { amount } of [subtotal, taxTotal, total]) expect(Number.isSafeInteger(amount)).toBe(true);
    }),
  );
});

test("tax on top is the exact share, half a unit up, also of amounts that a product of numbers would blur", () => {
  const anAmount = fc.integer({ min: 0, max: 1_000_000_000_000_000 });
  fc.assert(
    fc.property(anAmount, aRate, (amount, taxRate) => {
      const tax = BigInt(taxOn(amount, { taxRate, taxIncluded: false }));
      const twiceOff = 2n * (tax * 10_000n - BigInt(amount) * BigInt(taxRate));
      expect(twiceOff > -10_000n && twiceOff <= 10_000n).toBe(true);
    }),
  );
  expect(taxOn(50, { taxRate: 100, taxIncluded: false })).toBe(1);
  expect(taxOn(49, { taxRate: 100, taxIncluded: false })).toBe(0);
});

test("tax that is in the price and the net amount are the price, and no other net amount comes nearer", () => {
  const anAmount = fc.integer({ min: 0, max: 1_000_000_000_000_000 });
  fc.assert(
    fc.property(anAmount, aRate, (gross, taxRate) => {
      const tax = taxOn(gross, { taxRate, taxIncluded: true });
      const [net, whole] = [BigInt(gross - tax), 10_000n + BigInt(taxRate)];
      const twiceOff = 2n * (net * whole - BigInt(gross) * 10_000n);
      expect(tax >= 0 && twiceOff > -whole && twiceOff <= whole).toBe(true);
    }),
  );
});

test("a rate may have parts of a basis point, and a negative amount is the mirror of its positive", () => {
  expect(divided(10_000, 887.5, 10_000)).toBe(888);
  expect(divided(-10_000, 887.5, 10_000)).toBe(-888);
});
