import { z } from "zod";

/** An amount in minor units (cents, yen) with its ISO 4217 currency. */
export const Money = z.strictObject({
  amount: z.int(),
  currency: z.string().regex(/^[A-Z]{3}$/, "three capital letters"),
});
export type Money = z.output<typeof Money>;

export const money = (amount: number, currency: string): Money => ({ amount, currency });

/** Σ amounts; they share the shop's one currency. */
export const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/** `amount × rate`, halves away from zero, in whole minor units; the rate is given in basis points (825 is 8.25 %). */
export function share(amount: number, basisPoints: number): number {
  const product = Math.abs(amount) * basisPoints;
  const rounded = Math.floor(product / 10_000) + (product % 10_000 >= 5_000 ? 1 : 0);
  return amount < 0 ? -rounded : rounded;
}

/** Making one takes longer than pricing a cart, so each is made once. */
const formats = new Map<string, Intl.NumberFormat>();
function formatOf(currency: string, locale: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`;
  const known = formats.get(key) ?? new Intl.NumberFormat(locale, { style: "currency", currency });
  formats.set(key, known);
  return known;
}

/** How many decimals the currency is written with: 2 for USD, 0 for JPY, 3 for KWD. */
export const decimals = (currency: string): number =>
  formatOf(currency, "en").resolvedOptions().maximumFractionDigits ?? 2;

/** `$19.99`, as people read it. */
export const format = ({ amount, currency }: Money, locale = "en-US"): string =>
  formatOf(currency, locale).format(amount / 10 ** decimals(currency));
