import { z } from "zod";
import type { FieldProblem } from "../../shared/errors.ts";
import { Sku } from "../../shared/shapes.ts";
import type { ProductDocument } from "../product.documents.ts";
import { fieldsOf, problemsOf } from "../product.ts";
import { AttributeValue, CategoryPath, ProductInput, type ProductPatch } from "../products.contract.ts";
import { categorySteps, type NamedCategory } from "../slug.ts";
import { plainText } from "./plain-text.ts";

const OnHand = z.int().min(0).max(1_000_000);
const Text = z.string().trim();

/** Our own form: a product as `export` writes it, and what is on hand of each SKU if the row says so. */
const OwnRow = z.strictObject({ ...ProductInput.shape, stock: z.record(Sku, OnHand).optional() });

/** The flat form of other catalogues: one SKU, its categories as one path of names; what else it says is ignored. */
const FlatRow = z.object({
  sku: Sku,
  name: Text.min(1).max(600),
  brand: Text.max(100).default(""),
  categories: z.array(Text.min(1).max(100)).max(20).default([]),
  priceCents: z.int().min(0).max(100_000_000_000),
  currency: z.string(),
  description: z.string().max(20_000).default(""),
  images: z.array(Text.min(1).max(2_000)).max(50).default([]),
  gtin: z.string().max(20).nullish(),
  attributes: z.record(z.string().min(1).max(100), AttributeValue.nullable()).default({}),
  stock: OnHand.nullish(),
});

/** A row that fits: the product it tells of, and what it says of stock and of categories' names. */
export interface Row {
  /** Our own, one SKU of a product, a product as another shop has it, or what could be had of one. */
  form: "own" | "flat" | "whole" | "part";
  input: ProductInput;
  /** What is on hand; a SKU that is not in it was not spoken of. */
  stock: Record<string, number>;
  categories: NamedCategory[];
  /** The fields of which the file speaks at all; of all where it is not there. */
  says?: ReadonlySet<string>;
  /** The slug to have if it is free. */
  slug?: string;
}
type Read = { row: Row } | { refused: string; sku: string | null };

/** A line of JSON as a row, or why it is none. */
export function readRow(text: string, currency: string): Read {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { refused: "The line is not JSON", sku: null };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { refused: "The line is not a JSON object", sku: null };
  }
  return "variants" in value ? readOwn(value, currency) : readFlat(value, currency);
}

function readOwn(value: object, currency: string): Read {
  const first = ((value as { variants: unknown }).variants as { sku?: unknown }[] | null)?.[0]?.sku;
  const sku = typeof first === "string" ? first : null;
  const parsed = OwnRow.safeParse(value);
  if (!parsed.success) return { refused: explain(parsed.error, value), sku };
  const { stock = {}, ...input } = parsed.data;
  const problems = problemsOf(input, currency);
  for (const spoken of Object.keys(stock)) {
    if (input.variants.some((variant) => variant.sku === spoken)) continue;
    problems.push({ path: ["stock", spoken], message: "No variant has this SKU" });
  }
  return problems.length ? { refused: tell(problems), sku } : { row: { form: "own", input, stock, categories: [] } };
}

function readFlat(value: object, currency: string): Read {
  const parsed = FlatRow.safeParse(value);
  const named = (value as { sku?: unknown }).sku;
  const sku = typeof named === "string" ? named : null;
  if (!parsed.success) return { refused: explain(parsed.error, value), sku };
  const flat = parsed.data;
  const name = plainText(flat.name).replace(/\s+/g, " ").trim();
  const categories = categorySteps(flat.categories);
  const path = categories.at(-1)?.path;
  const problems: FieldProblem[] = [];
  if (flat.currency !== currency) {
    problems.push({ path: ["currency"], message: `This shop sells in ${currency}, not in ${flat.currency}` });
  }
  if (name === "" || name.length > 300) problems.push({ path: ["name"], message: "From 1 to 300 characters" });
  if (path && !CategoryPath.safeParse(path).success) {
    problems.push({ path: ["categories"], message: "The path is too long" });
  }
  if (problems.length) return { refused: tell(problems), sku };
  const attributes = Object.entries(flat.attributes).filter(([, attribute]) => attribute !== null);
  if (flat.gtin) attributes.push(["gtin", flat.gtin]);
  const input: ProductInput = {
    name,
    description: plainText(flat.description).trim(),
    status: "active",
    brand: flat.brand,
    categories: path ? [path] : [],
    images: flat.images.map((url) => ({ url, alt: name })),
    attributes: Object.fromEntries(attributes) as ProductInput["attributes"],
    options: [],
    variants: [
      { sku: flat.sku, name: "", options: {}, price: { amount: flat.priceCents, currency }, compareAtPrice: null },
    ],
  };
  const stock = typeof flat.stock === "number" ? { [flat.sku]: flat.stock } : {};
  return { row: { form: "flat", input, stock, categories } };
}

/** What a row wants of the product that has its SKU: the own form says all of it, the others what they know. */
export function wanted(row: Row, product: ProductDocument): ProductPatch & { skus?: string[] } {
  const { form, input, says } = row;
  if (form === "own") return fieldsOf(input);
  if (form !== "flat") return fieldsOf(wantedOfWhole(row, product));
  const flat = input.variants[0] as ProductInput["variants"][number];
  const { price, compareAtPrice } = flat;
  const prices = says?.has("compareAtPrice") ? { price, compareAtPrice } : { price };
  const variants = product.variants.map((variant) => (variant.sku === flat.sku ? { ...variant, ...prices } : variant));
  // A row for one size says nothing of the jacket as a whole.
  if (variants.length > 1) return { variants };
  const { name, description, brand, categories, images, attributes } = input;
  const status = says && input.status;
  return { ...spoken({ name, description, status, brand, categories, images, attributes }, says, product), variants };
}

/** All that the file says of a product; what could be had of one takes no variant away. */
function wantedOfWhole({ form, input, says }: Row, product: ProductDocument): ProductPatch {
  const { slug: _, options, variants, ...fields } = input;
  const known = new Map(product.variants.map((variant) => [variant.sku, variant]));
  const said = variants.map((variant) =>
    says?.has("compareAtPrice")
      ? variant
      : { ...variant, compareAtPrice: known.get(variant.sku)?.compareAtPrice ?? null },
  );
  const rest = spoken(fields, says, product);
  if (form === "whole") return { ...rest, options, variants: said };
  const bySku = new Map(said.map((variant) => [variant.sku, variant]));
  const added = said.filter(({ sku }) => !known.has(sku));
  return {
    ...rest,
    options: merged(product.options, options),
    variants: [...product.variants.map((variant) => bySku.get(variant.sku) ?? variant), ...added],
  };
}

/** Without the fields of which the file does not speak; what staff archived stays so. */
function spoken<P extends ProductPatch>(fields: P, says: Row["says"], product: ProductDocument): P {
  const kept = Object.entries(fields).filter(
    ([field]) => (!says || says.has(field)) && !(field === "status" && product.status === "archived"),
  );
  return Object.fromEntries(kept) as P;
}

type Options = ProductInput["options"];

const merged = (known: Options, more: Options): Options => {
  const names = [...new Set([...known, ...more].map(({ name }) => name))];
  const values = (name: string) => [...known, ...more].flatMap((option) => (option.name === name ? option.values : []));
  return names.map((name) => ({ name, values: [...new Set(values(name))] }));
};

const tell = (problems: readonly FieldProblem[]): string =>
  problems
    .slice(0, 5)
    .map(({ path, message }) => (path.length ? `${path.join(".")}: ${message}` : message))
    .join("; ");

/** What does not fit, by field, in one line. */
export function explain(error: z.ZodError, value: unknown): string {
  const problems = error.issues.map((issue): FieldProblem => {
    const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
    if (issue.code === "unrecognized_keys") return { path, message: `Unknown field ${issue.keys.join(", ")}` };
    const found = path.reduce<unknown>((part, step) => (part as Record<string, unknown> | undefined)?.[step], value);
    return { path, message: found === undefined ? "Missing" : issue.message };
  });
  return tell(problems);
}
