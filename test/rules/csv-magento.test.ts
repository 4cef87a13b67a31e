import { type ReadCsv, readCsv } from "../support/csv-rows.ts";

const HEADER = [
  ...["sku", "store_view_code", "product_type", "name", "price", "special_price", "special_price_from_date"],
  ...["special_price_to_date", "visibility", "product_online", "qty", "is_in_stock", "categories", "url_key"],
  ...["description", "base_image", "additional_images", "additional_attributes"],
  ...["configurable_variations", "configurable_variation_labels"],
];
type Cells = Partial<Record<string, string>>;
const line = (cells: Cells) => HEADER.map((column) => `"${(cells[column] ?? "").replaceAll('"', '""')}"`).join(",");
const reading = (rows: Cells[]): Promise<ReadCsv> =>
  readCsv([HEADER.join(","), ...rows.map(line)].map((row) => `${row}\n`).join(""));

const child = (sku: string, more: Cells = {}): Cells => ({
  ...{ sku, product_type: "simple", name: `Hoodie ${sku}`, price: "52.0000", qty: "100.0000", is_in_stock: "1" },
  ...{ visibility: "Not Visible Individually", product_online: "1", base_image: `/m/${sku}.jpg`, ...more },
});
const single = (sku: string, more: Cells = {}) =>
  child(sku, { visibility: "Catalog, Search", name: `Mug ${sku}`, ...more });
const hoodie: Cells = {
  ...{ sku: "MH", product_type: "configurable", name: "Hoodie", price: "0", visibility: "Catalog, Search" },
  ...{ product_online: "1", qty: "0", url_key: "chaz-hoodie", description: "<p>Warm.</p>\n<p>&bull; Soft</p>" },
  ...{ base_image: "/m/front.jpg", additional_images: "/m/back.jpg,/m/front.jpg" },
  categories: "Default Category/Men/Tops & Co,Default Category/Sale,Default Category",
  additional_attributes: "has_options=1,climate=Cool|Windy, mild,manufacturer=Fell,size=S",
  configurable_variations: "sku=MH-S,shoe_size=S,color=Red, dark|sku=MH-M,shoe_size=M,color=Red, dark",
  configurable_variation_labels: "color=Colour",
};
const ORDERS: [string, Cells[]][] = [
  ["before it", [child("MH-S"), child("MH-M", { price: "55" }), hoodie]],
  ["after it", [hoodie, child("MH-S"), child("MH-M", { price: "55" })]],
  ["around it", [child("MH-M", { price: "55" }), hoodie, single("MUG"), child("MH-S")]],
];

test.each(ORDERS)("a configurable product has the rows %s as its variants", async (_, rows) => {
  const read = await reading(rows);
  expect(read).toMatchObject({ rows: rows.length, refused: [], told: [], complete: true });
  const products = read.products.filter(({ input }) => input.name !== "Mug MUG");
  expect(products).toMatchObject([
    { form: "whole", from: 3, slug: "chaz-hoodie", stock: { "MH-S": 100, "MH-M": 100 } },
  ]);
  expect(products[0]?.input).toEqual({
    ...{ name: "Hoodie", description: "Warm.\n\n• Soft", status: "active", brand: "Fell" },
    categories: ["men/tops-and-co", "sale"],
    images: ["/m/front.jpg", "/m/back.jpg", "/m/MH-S.jpg", "/m/MH-M.jpg"].map((url) => ({ url, alt: "Hoodie" })),
    attributes: { climate: "Cool, Windy, mild", size: "S" },
    options: [
      { name: "Shoe size", values: ["S", "M"] },
      { name: "Colour", values: ["Red, dark"] },
    ],
    variants: [
      {
        ...{ sku: "MH-S", name: "S, Red, dark", options: { "Shoe size": "S", Colour: "Red, dark" } },
        ...{ price: { amount: 5_200, currency: "USD" }, compareAtPrice: null },
      },
      {
        ...{ sku: "MH-M", name: "M, Red, dark", options: { "Shoe size": "M", Colour: "Red, dark" } },
        ...{ price: { amount: 5_500, currency: "USD" }, compareAtPrice: null },
      },
    ],
  });
});

test("what can be seen by itself is a product, but not beside the configurable one that has it as variant", async () => {
  const read = await reading([single("MUG"), single("MH-S"), hoodie, child("MH-M")]);
  expect(read.products.map(({ input }) => [input.name, input.variants.length])).toEqual([
    ["Hoodie", 2],
    ["Mug MUG", 1],
  ]);
});

test("a variant without a row, or with one that does not fit, is told, and the others are taken", async () => {
  const missing = await reading([child("MH-S"), hoodie]);
  expect(missing.told).toEqual([{ line: 3, reason: "The file has no row for its variant MH-M" }]);
  expect(missing.products).toMatchObject([{ form: "part", input: { variants: [{ sku: "MH-S" }] } }]);
  for (const rows of [
    [child("MH-S", { price: "x" }), child("MH-M"), hoodie],
    [hoodie, child("MH-S", { price: "x" }), child("MH-M")],
  ]) {
    const bad = await reading(rows);
    expect(bad.refused).toMatchObject([{ sku: "MH-S", reason: "x is not a price" }]);
    expect(bad.products).toMatchObject([{ form: "part", from: 2, input: { variants: [{ sku: "MH-M" }] } }]);
    expect(bad.told).toEqual([]);
  }
  const none = await reading([hoodie]);
  expect(none.refused).toMatchObject([{ line: 2, reason: "None of its variants has a row that can be taken" }]);
});

// A description of two lines makes its row two lines long.
test("rows that this shop cannot have are each refused with the reason", async () => {
  const read = await reading([
    child("LOST"),
    { ...single("BUNDLE"), product_type: "bundle" },
    single("MUG"),
    single("MUG"),
    { ...hoodie, configurable_variations: "" },
    single(""),
    single("HALF", { qty: "2.5" }),
  ]);
  expect(read.refused.map(({ line: at, reason }) => [at, reason]).sort()).toEqual([
    [2, "Magento does not show it by itself, and no configurable product names it"],
    [3, "This shop has no bundle products"],
    [5, "An earlier row has the SKU MUG"],
    [6, "It names no variations"],
    [8, "The SKU is missing"],
    [9, "The stock 2.5 is not a whole number"],
  ]);
  expect(read.products.map(({ input }) => input.name)).toEqual(["Mug MUG"]);
});

test("a variant that two configurable products name belongs to the first", async () => {
  const other = { ...hoodie, sku: "MX", name: "Other", url_key: "other" };
  const read = await reading([child("MH-S"), child("MH-M"), hoodie, other]);
  expect(read.products.map(({ input }) => input.name)).toEqual(["Hoodie"]);
  expect(read.refused).toMatchObject([{ line: 6, sku: "MX" }]);
});

test.each<[string, Cells, number, number | null]>([
  ["a special price without an end is the price, and shows the other", { special_price: "40" }, 4_000, 5_200],
  ["one that has begun too", { special_price: "40", special_price_from_date: "2024-01-01" }, 4_000, 5_200],
  ["one that has not begun does not", { special_price: "40", special_price_from_date: "2099-01-01" }, 5_200, null],
  ["one that ends does not", { special_price: "40", special_price_to_date: "12/31/24, 12:00 AM" }, 5_200, null],
  ["one that is no less does not", { special_price: "60" }, 5_200, null],
])("%s", async (_, cells, amount, compareAt) => {
  const [product] = (await reading([single("MUG", cells)])).products;
  const compareAtPrice = compareAt === null ? null : { amount: compareAt, currency: "USD" };
  expect(product?.input.variants).toMatchObject([{ price: { amount }, compareAtPrice }]);
});

test("what Magento does not sell is a draft or has no stock, and a variant that is switched off is left out", async () => {
  const off = await reading([single("OFF", { product_online: "2" }), single("OUT", { is_in_stock: "0" })]);
  expect(off.products.map(({ input }) => input.status)).toEqual(["draft", "active"]);
  expect(off.products[1]?.stock).toEqual({ OUT: 0 });
  const variants = await reading([child("MH-S"), child("MH-M", { product_online: "2" }), hoodie]);
  expect(variants.products[0]?.input.variants).toHaveLength(1);
  expect(variants.notes).toContain("1 × variants are switched off in Magento and were left out");
});

test("rows for a store view are left out and counted", async () => {
  const read = await reading([single("MUG"), { sku: "MUG", store_view_code: "de", name: "Becher" }]);
  expect(read).toMatchObject({ rows: 2, refused: [] });
  expect(read.products.map(({ input }) => input.name)).toEqual(["Mug MUG"]);
  expect(read.notes).toContainEqual(expect.stringMatching(/^1 × rows speak to one store view only/));
});

test("where the input breaks off, rows whose product did not come are told and not sold by themselves", async () => {
  const read = await readCsv(
    `${HEADER.join(",")}\n${line(child("MH-S"))}\n${line(single("MUG"))}\n${line(hoodie).slice(0, 40)}`,
  );
  expect(read).toMatchObject({ complete: false, refused: [] });
  expect(read.products.map(({ input }) => input.name)).toEqual(["Mug MUG"]);
  expect(read.told).toContainEqual({ line: 2, reason: "The input broke off before the product it belongs to" });
});
