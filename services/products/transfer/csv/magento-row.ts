import { categorySteps, type NamedCategory } from "../../slug.ts";
import { plainText } from "../plain-text.ts";
import { minorUnits, pieces } from "./decimal.ts";
import { type Cells, type DialectTools, distinct } from "./dialect.ts";

/** One row's own goods: what a variant takes of it. */
export interface Item {
  line: number;
  sku: string;
  amount: number;
  compareAt: number | null;
  onHand: number | undefined;
  online: boolean;
  images: string[];
}

/** What a configurable product says of a variant: the SKU of its row and what it chooses. */
export interface Variation {
  sku: string;
  options: Record<string, string>;
}

/** SKU, price, stock and pictures of a row, or why not. */
export function itemOf(cells: Cells, { decimals, notes, now }: DialectTools): Item | { problem: string } {
  const price = minorUnits(cells.get("price"), decimals, true);
  if ("problem" in price) return price;
  const special = cells.get("specialPrice") ? minorUnits(cells.get("specialPrice"), decimals, true) : null;
  if (special && "problem" in special) return special;
  const stock = pieces(cells.get("qty"));
  if ("problem" in stock) return stock;
  if (stock.below) notes.add("stock figures below zero count as none");
  const cheaper = special !== null && special.amount < price.amount;
  const lasting = cheaper && lasts(cells, now);
  if (cheaper && !lasting) notes.add("special prices hold for a time only and were left out");
  return {
    ...{ line: cells.line, sku: cells.get("sku"), online: isOnline(cells), images: imagesOf(cells) },
    amount: lasting ? special.amount : price.amount,
    compareAt: lasting ? price.amount : null,
    onHand: cells.get("inStock") === "0" && stock.onHand !== undefined ? 0 : stock.onHand,
  };
}

/** A shop's price has no end here, so a special one is taken only where it has begun and none is set. */
function lasts(cells: Cells, now: Date): boolean {
  if (cells.get("specialTo")) return false;
  const from = cells.get("specialFrom");
  return from === "" || Date.parse(from) <= now.getTime();
}

export const isOnline = (cells: Cells): boolean => ["", "1"].includes(cells.get("online"));

export const isVisible = (cells: Cells): boolean => cells.get("visibility") !== "Not Visible Individually";

export const imagesOf = (cells: Cells): string[] =>
  distinct([cells.get("baseImage"), ...cells.get("moreImages").split(",")]).filter((path) => path !== "no_selection");

/** `sku=A-S,size=S,color=Red|sku=A-M,…`; values may have commas, so a comma counts only before the next name. */
export function variationsOf(cells: Cells): Variation[] {
  const labels = Object.fromEntries(pairs(cells.get("variationLabels")));
  return cells
    .get("variations")
    .split(/\|(?=\s*[a-z]\w*=)/i)
    .flatMap((text) => {
      const { sku, ...chosen } = Object.fromEntries(pairs(text));
      const options = Object.entries(chosen).map(([code, value]) => [labels[code] || title(code), value]);
      return sku ? [{ sku, options: Object.fromEntries(options) }] : [];
    });
}

const INTERNAL = new Set(["has_options", "required_options"]);
const BRANDS = ["brand", "manufacturer"];

/** What the additional attributes say, without what only Magento needs; `A|B` are several values. */
export function attributesOf(cells: Cells, except: readonly string[] = []) {
  const all = pairs(cells.get("attributes")).filter(([code, value]) => value && !INTERNAL.has(code));
  const brand = all.find(([code]) => BRANDS.includes(code))?.[1] ?? "";
  const kept = all.filter(([code]) => !BRANDS.includes(code) && !except.includes(title(code)));
  return { brand, attributes: Object.fromEntries(kept.map(([code, value]) => [code, value.split("|").join(", ")])) };
}

/** Paths such as `Default Category/Men/Tops`, without the root that every one of them has. */
export function categoriesOf(cells: Cells): { paths: string[]; steps: NamedCategory[] } {
  const all = distinct(cells.get("categories").split(",")).map((path) => {
    const names = path.split(/(?<!\\)\//).map((name) => name.replaceAll("\\/", "/").trim());
    return categorySteps(names.slice(1).filter(Boolean));
  });
  return { paths: distinct(all.map((steps) => steps.at(-1)?.path ?? "")), steps: all.flat() };
}

/** The description as text, the short one where there is no other. */
export const textOf = (cells: Cells): string =>
  plainText(cells.get("description") || cells.get("shortDescription"))
    .replace(/\n{3,}/g, "\n\n")
    .trim();

export const nameOf = (cells: Cells): string => plainText(cells.get("name")).replace(/\s+/g, " ").trim();

/** `a=1,b=2`, each part perhaps in quotes. */
const pairs = (text: string): [code: string, value: string][] =>
  text
    .split(/,(?=\s*"?[a-z]\w*=)/i)
    .map((part) => part.trim().replace(/^"(.*)"$/s, "$1"))
    .filter((part) => part.includes("="))
    .map((part) => [part.slice(0, part.indexOf("=")).trim(), part.slice(part.indexOf("=") + 1).trim()]);

/** `shoe_size` as people read it: `Shoe size`. */
const title = (code: string): string => (code.charAt(0).toUpperCase() + code.slice(1)).replaceAll("_", " ");
