import { codeOf, type Invoice, type Row } from "./invoice.ts";

/** How much there is of each SKU: more than a year takes of any. */
export const STOCK = 1_000_000;

interface Variant {
  sku: string;
  name: string;
  options: { Price: string };
  price: { amount: number; currency: string };
}

const pounds = (pence: number): string => `£${(pence / 100).toFixed(2)}`;

/** A product for each stock code with a SKU for each of its prices, as rows that `npm run import` reads. */
export function catalogueOf(rows: readonly Row[], invoices: readonly Invoice[]): string[] {
  const names = new Map<string, string>();
  for (const { code, description } of rows) {
    const name = description.trim();
    if (name && !names.has(codeOf(code))) names.set(codeOf(code), name);
  }
  const products = new Map<string, Map<string, Variant>>();
  for (const { kind, lines } of invoices) {
    if (kind !== "sale") continue;
    for (const { sku, price } of lines) {
      const code = sku.slice(0, sku.lastIndexOf("-"));
      const variants = products.get(code) ?? new Map<string, Variant>();
      products.set(code, variants);
      const label = pounds(price);
      variants.set(sku, { sku, name: label, options: { Price: label }, price: { amount: price, currency: "GBP" } });
    }
  }
  return [...products].map(([code, variants]) => {
    const all = [...variants.values()].sort((a, b) => a.price.amount - b.price.amount);
    return JSON.stringify({
      slug: code.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-"),
      name: names.get(code) ?? code,
      options: [{ name: "Price", values: all.map(({ name }) => name) }],
      variants: all,
      stock: Object.fromEntries(all.map(({ sku }) => [sku, STOCK])),
    });
  });
}
