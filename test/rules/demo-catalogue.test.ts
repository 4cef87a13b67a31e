import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { demoCatalogue } from "../../demo/catalogue.ts";
import { ProductInput } from "../../services/products/products.contract.ts";

const file = readFileSync(join(import.meta.dirname, "../../demo/catalogue.jsonl"), "utf8");
const Line = ProductInput.extend({ stock: z.record(z.string(), z.int().min(0)) });
const products = file
  .trim()
  .split("\n")
  .map((line) => Line.parse(JSON.parse(line)));
const active = products.filter(({ status }) => status === "active");
const inAll = ({ stock }: (typeof products)[0]) => Object.values(stock).reduce((sum, quantity) => sum + quantity, 0);

test("the script writes the committed file, byte for byte", () => {
  expect(demoCatalogue()).toBe(file);
});

test("names, slugs and SKUs occur once, and every SKU has its stock", () => {
  const skus = products.flatMap(({ variants }) => variants.map(({ sku }) => sku));
  const once = (values: readonly (string | undefined)[]) => expect(new Set(values).size).toBe(values.length);
  once(products.map(({ name }) => name));
  once(products.map(({ slug }) => slug));
  once(skus.map((sku) => sku.toLowerCase()));
  expect(products.flatMap(({ stock }) => Object.keys(stock))).toEqual(skus);
});

test("each variant is one choice of every option, and no choice is offered twice", () => {
  for (const { options, variants } of products) {
    expect(variants).toHaveLength(options.reduce((count, { values }) => count * values.length, 1));
    for (const variant of variants) {
      expect(Object.keys(variant.options)).toEqual(options.map(({ name }) => name));
      for (const { name, values } of options) expect(values).toContain(variant.options[name]);
    }
    expect(new Set(variants.map((variant) => JSON.stringify(variant.options))).size).toBe(variants.length);
  }
});

test("prices are in dollars, and a former price is higher than the present one", () => {
  for (const { price, compareAtPrice } of products.flatMap(({ variants }) => variants)) {
    expect(price.currency).toBe("USD");
    expect(price.amount).toBeGreaterThanOrEqual(500);
    if (compareAtPrice) expect(compareAtPrice.amount).toBeGreaterThan(price.amount);
  }
});

test("every product tells in a few sentences of its own what it is", () => {
  for (const { description } of products) {
    const sentences = description.split(/(?<=[.!?])\s+/);
    expect(sentences.length).toBeGreaterThanOrEqual(2);
    expect(sentences.length).toBeLessThanOrEqual(4);
  }
  const sentences = products.flatMap(({ description }) => description.split(/(?<=[.!?])\s+/));
  expect(new Set(sentences).size).toBe(sentences.length);
});

test("there is something of everything that a shop meets", () => {
  expect(products.length).toBeGreaterThanOrEqual(115);
  expect(products.filter(({ status }) => status === "draft")).toHaveLength(1);
  expect(products.filter(({ status }) => status === "archived")).toHaveLength(1);
  expect(active.filter((product) => inAll(product) === 0).length).toBeGreaterThanOrEqual(3);
  expect(active.filter((product) => inAll(product) > 0 && inAll(product) <= 10).length).toBeGreaterThanOrEqual(5);
  expect(active.filter(({ variants }) => variants.some(({ compareAtPrice }) => compareAtPrice)).length).toBeGreaterThan(
    8,
  );
  expect(active.filter(({ variants }) => variants.length === 1).length).toBeGreaterThan(20);
  expect(active.filter(({ variants }) => variants.length > 5).length).toBeGreaterThan(20);
  expect(active.some(({ attributes }) => attributes.digital === true)).toBe(true);
  expect(new Set(active.flatMap(({ categories }) => categories.map((path) => path.split("/").length)))).toEqual(
    new Set([1, 2, 3]),
  );
});

test("the trail jacket of the documentation can be bought", () => {
  const jacket = products.find(({ slug }) => slug === "trail-jacket");
  expect(jacket).toMatchObject({ name: "Trail jacket", brand: "Fell & Fjord", categories: ["clothing/jackets"] });
  expect(jacket?.stock).toMatchObject({ "TJ-S": 12, "TJ-M": 24 });
  expect(jacket?.variants.find(({ sku }) => sku === "TJ-S")).toMatchObject({
    name: "S",
    options: { Size: "S" },
    price: { amount: 12_900, currency: "USD" },
  });
});
