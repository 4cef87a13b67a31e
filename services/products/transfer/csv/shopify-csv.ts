import { categorySteps } from "../../slug.ts";
import { plainText } from "../plain-text.ts";
import { minorUnits, pieces } from "./decimal.ts";
import {
  type Cells,
  type Dialect,
  type DialectTools,
  distinct,
  type Found,
  imageOf,
  optionsOf,
  productOf,
  refusal,
} from "./dialect.ts";

const MOST_VARIANTS = 500;
const MOST_IMAGES = 50;
const OPTIONS = [1, 2, 3];

interface Variant {
  sku: string;
  options: Record<string, string>;
  amount: number;
  compareAt: number | null;
  onHand: number | undefined;
  grams: number;
  barcode: string;
}

/** The product whose rows are being read. */
interface Open {
  handle: string;
  first: Cells;
  rows: number;
  names: string[];
  variants: Variant[];
  combinations: Set<string>;
  images: { path: string; alt: string }[];
  /** Some row of it was refused. */
  holed: boolean;
}

/** Rows of one handle, which stand together, are one product: the first has its fields, each its variant or picture. */
export class ShopifyCsv implements Dialect {
  readonly #tools: DialectTools;
  readonly #closed = new Set<string>();
  #open: Open | null = null;

  constructor(tools: DialectTools) {
    this.#tools = tools;
  }

  take(cells: Cells): Found[] {
    const handle = cells.get("handle");
    const found = handle === this.#open?.handle ? [] : this.#close(true);
    if (handle === "") return [...found, refusal(cells.line, "The handle is missing", cells.get("sku") || null)];
    if (this.#closed.has(handle)) {
      const reason = `The rows of ${handle} do not stand together: what came first was taken`;
      return [...found, refusal(cells.line, reason, cells.get("sku") || null)];
    }
    this.#open ??= {
      ...{ handle, first: cells, rows: 0, holed: false },
      ...{ names: OPTIONS.map((n) => cells.get(`option${n}Name`)), variants: [], combinations: new Set(), images: [] },
    };
    const problem = this.#add(this.#open, cells);
    if (problem) found.push(refusal(cells.line, problem, cells.get("sku") || null));
    return found;
  }

  end(whole: boolean): Found[] {
    return this.#close(whole);
  }

  /** A row that adds what it can; a reason where its variant does not fit. */
  #add(open: Open, cells: Cells): string | null {
    const path = cells.get("image");
    if (path) open.images.push({ path, alt: cells.get("imageAlt") });
    const values = OPTIONS.map((n) => cells.get(`option${n}Value`));
    const says = [...values, cells.get("sku"), cells.get("price")].some(Boolean);
    const problem = says ? this.#addVariant(open, cells, values) : null;
    if (problem === null) open.rows++;
    else open.holed = true;
    return problem;
  }

  #addVariant(open: Open, cells: Cells, values: readonly string[]): string | null {
    const { decimals, notes, skus } = this.#tools;
    if (open.variants.length === MOST_VARIANTS) return `A product has at most ${MOST_VARIANTS} variants`;
    const price = minorUnits(cells.get("price"), decimals, true);
    if ("problem" in price) return price.problem;
    const compareAt = cells.get("compareAt") ? minorUnits(cells.get("compareAt"), decimals, true) : null;
    if (compareAt && "problem" in compareAt) return compareAt.problem;
    const stock = pieces(cells.get("quantity"));
    if ("problem" in stock) return stock.problem;
    if (stock.below) notes.add("stock figures below zero count as none");
    const single = open.names[0] === "Title" && values[0] === "Default Title";
    const options = single ? {} : chosen(open.names, values);
    const combination = JSON.stringify(Object.values(options));
    if (open.combinations.has(combination)) return "An earlier row of this product has the same options";
    open.combinations.add(combination);
    open.variants.push({
      ...{ sku: skus.claim(cells.get("sku").replace(/^'/, ""), open.handle, Object.values(options)), options },
      ...{ amount: price.amount, compareAt: compareAt?.amount || null, onHand: stock.onHand },
      ...{ grams: Math.round(Number(cells.get("grams")) || 0), barcode: cells.get("barcode").replace(/^'/, "") },
    });
    return null;
  }

  #close(whole: boolean): Found[] {
    const open = this.#open;
    this.#open = null;
    if (!open) return [];
    this.#closed.add(open.handle);
    const { first, rows, variants, images } = open;
    const { currency, has, notes } = this.#tools;
    const refuse = (reason: string) => [refusal(first.line, reason, variants[0]?.sku ?? null, Math.max(rows, 1))];
    if (rows === 0) return [];
    if (/^(true|yes)$/i.test(first.get("giftCard"))) return refuse("A gift card is nothing that this shop can sell");
    if (variants.length === 0) return refuse("No row of this product has a price");
    if (first.get("title") === "") return refuse("The title is missing");
    if (images.length > MOST_IMAGES) notes.add(`products have more than ${MOST_IMAGES} pictures: the first were taken`);
    const name = plainText(first.get("title")).replace(/\s+/g, " ").trim();
    const paths = [distinct([first.get("type")]), distinct(first.get("category").split(">"))].map(categorySteps);
    const money = (amount: number) => ({ amount, currency });
    const found = productOf({
      ...{ line: first.line, rows, form: whole && !open.holed ? "whole" : "part", slug: open.handle },
      input: {
        name,
        description: plainText(first.get("body"))
          .replace(/\n{3,}/g, "\n\n")
          .trim(),
        status: statusOf(first),
        brand: first.get("vendor"),
        categories: distinct(paths.map((steps) => steps.at(-1)?.path ?? "")),
        images: images.slice(0, MOST_IMAGES).map(({ path, alt }) => imageOf(path, plainText(alt) || name, this.#tools)),
        attributes: attributesOf(first, variants),
        options: optionsOf(variants),
        variants: variants.map(({ sku, options, amount, compareAt }) => ({
          ...{ sku, name: Object.values(options).join(", "), options, price: money(amount) },
          compareAtPrice: compareAt === null ? null : money(compareAt),
        })),
      },
      stock: Object.fromEntries(variants.flatMap(({ sku, onHand }) => (onHand === undefined ? [] : [[sku, onHand]]))),
      categories: paths.flat(),
      says: [
        ...["name", "options"],
        ...(has("body") ? ["description"] : []),
        ...(has("status") || has("published") ? ["status"] : []),
        ...(has("vendor") ? ["brand"] : []),
        ...(has("type") || has("category") ? ["categories"] : []),
        ...(has("image") ? ["images"] : []),
        ...(has("tags") || has("grams") || has("barcode") ? ["attributes"] : []),
        ...(has("compareAt") ? ["compareAtPrice"] : []),
      ],
    });
    return [found];
  }
}

/** The options that a row chooses; an option without a value is not chosen. */
function chosen(names: readonly string[], values: readonly string[]): Record<string, string> {
  const options = values.flatMap((value, at) => (value ? [[names[at] || `Option ${at + 1}`, value]] : []));
  return Object.fromEntries(options);
}

function statusOf(first: Cells): "draft" | "active" | "archived" {
  const status = first.get("status").toLowerCase();
  if (status === "archived") return "archived";
  const hidden = /^(false|no)$/i.test(first.get("published"));
  return hidden || (status !== "" && status !== "active") ? "draft" : "active";
}

function attributesOf(first: Cells, variants: readonly Variant[]): Record<string, string | number> {
  const [{ grams, barcode } = { grams: 0, barcode: "" }, ...others] = variants;
  const alike = others.every((variant) => variant.grams === grams);
  return {
    ...(first.get("tags") ? { tags: distinct(first.get("tags").split(",")).join(", ") } : {}),
    ...(grams > 0 && alike ? { weightGrams: grams } : {}),
    ...(barcode && others.length === 0 ? { gtin: barcode } : {}),
  };
}
