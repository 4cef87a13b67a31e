import { unprocessable } from "../shared/errors.ts";
import { divided, type Money, money, share, sum } from "../shared/money.ts";
import type { Quote, ShippingMethod } from "./pricing.contract.ts";

export interface Rates {
  currency: string;
  /** Basis points: 825 is 8.25 %. */
  taxRate: number;
  /** Whether prices contain the tax already. */
  taxIncluded: boolean;
  shipping: readonly { code: string; name: string; amount: number }[];
}

interface Line {
  sku: string;
  quantity: number;
  unitPrice: Money;
}

/** The tax on an amount: on top of it, or the part of it that is tax. Rounded half up, line by line. */
export function taxOn(amount: number, { taxRate, taxIncluded }: Pick<Rates, "taxRate" | "taxIncluded">): number {
  if (!taxIncluded) return share(amount, taxRate);
  return amount - divided(amount, 10_000, 10_000 + taxRate);
}

/** The methods for these lines, cheapest first; a cart without lines ships nothing. */
export function shippingMethods(lines: readonly Line[], rates: Rates): ShippingMethod[] {
  if (lines.length === 0) return [];
  return rates.shipping
    .map(({ code, name, amount }) => ({ code, name, price: money(amount, rates.currency) }))
    .sort((a, b) => a.price.amount - b.price.amount);
}

/**
 * What the lines cost in whole: goods, shipping by this method (null: none chosen yet), tax on the goods. Throws where
 * that is more than a number can count exactly.
 */
export function quote(lines: readonly Line[], method: ShippingMethod | null, rates: Rates): Quote {
  const inShop = (amount: number) => money(amount, rates.currency);
  const priced = lines.map(({ sku, quantity, unitPrice }) => {
    const total = exact(unitPrice.amount * quantity);
    return { sku, quantity, unitPrice, total: inShop(total), tax: inShop(taxOn(total, rates)) };
  });
  const subtotal = exact(sum(priced.map(({ total }) => total.amount)));
  const tax = exact(sum(priced.map((line) => line.tax.amount)));
  const shipping = method?.price.amount ?? 0;
  const total = exact(subtotal + shipping + (rates.taxIncluded ? 0 : tax));
  return {
    lines: priced,
    shippingMethod: method?.code ?? null,
    subtotal: inShop(subtotal),
    discountTotal: inShop(0),
    shippingTotal: inShop(shipping),
    taxTotal: inShop(tax),
    total: inShop(total),
  };
}

function exact(amount: number): number {
  if (Number.isSafeInteger(amount)) return amount;
  throw unprocessable("TOTAL_TOO_LARGE", "This comes to more than the shop can count");
}
