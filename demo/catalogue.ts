import type { z } from "zod";
import type { ProductInput } from "../services/products/products.contract.ts";
import { slugOf } from "../services/products/slug.ts";
import { campKitchen } from "./camp-kitchen.ts";
import { carrying } from "./carrying.ts";
import type { Draft } from "./draft.ts";
import { footwear } from "./footwear.ts";
import { home } from "./home.ts";
import { jackets } from "./jackets.ts";
import { kitchen } from "./kitchen.ts";
import { layers } from "./layers.ts";
import { type Picture, picturesOf } from "./pictures/pictures.ts";
import { shelter } from "./shelter.ts";
import { smallClothing } from "./small-clothing.ts";

/** A line of the catalogue: what staff would write, and how much of each SKU is there. */
export type DemoProduct = z.input<typeof ProductInput> & { stock: Record<string, number> };

/** Prices are written in this currency; whoever loads the file puts the shop's in its place. */
const CURRENCY = "USD";

/** `SLA` for Slate, `XL` for XL, `26` for 26 cm. */
function codeOf(value: string): string {
  const figure = /^-?(\d+)(?:\.(\d+))?/.exec(value);
  if (figure) return `${figure[1]}${figure[2] ?? ""}`;
  return value
    .replace(/[^A-Za-z]/g, "")
    .slice(0, 3)
    .toUpperCase();
}

/** Every choice of one value for each option. */
function choices(options: Record<string, readonly string[]>): Record<string, string>[] {
  let chosen: Record<string, string>[] = [{}];
  for (const [name, values] of Object.entries(options)) {
    chosen = chosen.flatMap((choice) => values.map((value) => ({ ...choice, [name]: value })));
  }
  return chosen;
}

/** A number below 2³² that depends on the text alone (FNV-1a, mixed), so that one product's stock leaves the others'. */
function drawn(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Mostly plenty; now and then the last few, and of things in many sizes one is sometimes sold out. */
function drawnStock(sku: string, variants: number): number {
  const chance = drawn(`chance ${sku}`) % 100;
  const quantity = drawn(`quantity ${sku}`);
  if (variants > 3 && chance < 6) return 0;
  if (chance < 15) return 1 + (quantity % 3);
  return 6 + (quantity % 55);
}

function toProduct(draft: Draft): DemoProduct {
  const { name, code, brand, categories, price, compareAt, description, attributes, options = {}, extra = {} } = draft;
  const chosen = choices(options);
  const variants = chosen.map((choice) => {
    const values = Object.values(choice);
    const more = values.reduce((sum, value) => sum + (extra[value] ?? 0), 0);
    return {
      sku: [code, ...values.map(codeOf)].join("-"),
      name: values.join(", "),
      options: choice,
      price: { amount: price + more, currency: CURRENCY },
      compareAtPrice: compareAt === undefined ? null : { amount: compareAt + more, currency: CURRENCY },
    };
  });
  const stockOf = (sku: string) =>
    typeof draft.stock === "number" ? draft.stock : (draft.stock?.[sku] ?? drawnStock(sku, variants.length));
  const slug = slugOf(name);
  return {
    slug,
    name,
    description,
    status: draft.status ?? "active",
    brand,
    categories,
    images: picturesOf(slug, name, categories, options).map(({ url, alt }) => ({ url, alt })),
    attributes,
    options: Object.entries(options).map(([option, values]) => ({ name: option, values: [...values] })),
    variants,
    stock: Object.fromEntries(variants.map(({ sku }) => [sku, stockOf(sku)])),
  };
}

const drafts = [jackets, layers, smallClothing, footwear, shelter, campKitchen, carrying, kitchen, home].flat();

/** The whole demo catalogue, the same at every call. */
export const demoProducts = (): DemoProduct[] => drafts.map(toProduct);

/** The pictures of all its products. */
export const demoPictures = (): Picture[] =>
  drafts.flatMap(({ name, categories, options = {} }) => picturesOf(slugOf(name), name, categories, options));

/** The catalogue as JSON Lines. */
export const demoCatalogue = (): string =>
  `${demoProducts()
    .map((product) => JSON.stringify(product))
    .join("\n")}\n`;
