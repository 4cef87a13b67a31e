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
export const share = (amount: number, basisPoints: number): number => divided(amount, basisPoints, 10_000);

/** `amount × numerator ÷ denominator`, exact for every safe integer, halves away from zero; rates may have 3 decimals. */
export function divided(amount: number, numerator: number, denominator: number): number {
  const [by, whole] = [numerator, denominator].map((part) => BigInt(Math.round(part * 1_000))) as [bigint, bigint];
  const rounded = Number((2n * BigInt(Math.abs(amount)) * by + whole) / (2n * whole));
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
export function decimals(currency: string): number {
  const known = places.get(currency) ?? formatOf(currency, "en").resolvedOptions().maximumFractionDigits ?? 2;
  places.set(currency, known);
  return known;
}
const places = new Map<string, number>();

/** `$19.99`, as people read it. */
export const format = ({ amount, currency }: Money, locale = "en-US"): string =>
  formatOf(currency, locale).format(amount / 10 ** decimals(currency));
