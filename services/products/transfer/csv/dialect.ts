import type { z } from "zod";
import { ProductInput } from "../../products.contract.ts";
import { type NamedCategory, slugOf } from "../../slug.ts";
import { explain, type Row } from "../product-row.ts";
import type { Skus } from "./made-sku.ts";
import type { Notes } from "./notes.ts";

/** The cells of one row by field; a column that the file does not have reads as empty. */
export interface Cells {
  line: number;
  get(field: string): string;
  has(field: string): boolean;
  /** What the columns called `attribute:…` say. */
  attributes: Record<string, string>;
}

/** What came of rows: a product, or a reason; `rows` is how many of the file's rows that is. */
export type Found = { line: number; rows: number; size: number } & (
  | { row: Row }
  | { refused: string; sku: string | null }
  | { told: string; sku: string | null }
);

/** How one form of CSV makes products of rows. Rows are taken one by one; at the end comes what was held back. */
export interface Dialect {
  take(cells: Cells): Found[];
  /** `whole` is false where the input broke off. */
  end(whole: boolean): Found[];
}

export interface DialectTools {
  currency: string;
  /** How many decimals prices have. */
  decimals: number;
  has(field: string): boolean;
  notes: Notes;
  skus: Skus;
  /** Where pictures lie that have only a path. */
  imageBase: string | undefined;
  now: Date;
}

export const refusal = (line: number, refused: string, sku: string | null, rows = 1): Found => ({
  ...{ line, rows, size: 0, refused, sku },
});

interface Draft {
  line: number;
  rows: number;
  form: Row["form"];
  input: z.input<typeof ProductInput>;
  stock: Record<string, number>;
  categories: NamedCategory[];
  says: readonly string[];
  slug?: string;
}

/** The product of these rows if it is one, else why not. */
export function productOf({ line, rows, form, input, stock, categories, says, slug }: Draft): Found {
  const sku = input.variants[0]?.sku ?? null;
  const parsed = ProductInput.safeParse(input);
  if (!parsed.success) return refusal(line, explain(parsed.error, input), sku, rows);
  const size = parsed.data.description.length + 300 * parsed.data.variants.length;
  const wished = slug ? { slug: slugOf(slug) } : {};
  return { line, rows, size, row: { form, input: parsed.data, stock, categories, says: new Set(says), ...wished } };
}

/** A picture's address: paths without a host belong to the shop the file came from. */
export function imageOf(path: string, alt: string, { imageBase, notes }: DialectTools) {
  if (/^https?:\/\//i.test(path)) return { url: path, alt };
  if (imageBase) return { url: `${imageBase.replace(/\/$/, "")}/${path.replace(/^\//, "")}`, alt };
  notes.add("pictures have only a path of the old shop: name the address they lie at (--images) to show them");
  return { url: path, alt };
}

/** Each text once, in their order, without the empty ones. */
export const distinct = (texts: readonly string[]): string[] => [
  ...new Set(texts.map((text) => text.trim()).filter(Boolean)),
];

/** The names of options with the values that the variants have. */
export function optionsOf(variants: readonly { options: Record<string, string> }[]) {
  const values = new Map<string, Set<string>>();
  for (const { options } of variants) {
    for (const [name, value] of Object.entries(options)) values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  return [...values].map(([name, found]) => ({ name, values: [...found] }));
}
