import { type ReadCsv, readCsv } from "../support/csv-rows.ts";

const HEADER = [
  ...["Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published"],
  ...["Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value"],
  ...["Variant SKU", "Variant Grams", "Variant Inventory Qty", "Variant Price", "Variant Compare At Price"],
  ...["Variant Barcode", "Image Src", "Image Alt Text", "Gift Card", "Status"],
];
type Cells = Partial<Record<string, string>>;
const line = (cells: Cells) => HEADER.map((column) => `"${(cells[column] ?? "").replaceAll('"', '""')}"`).join(",");
const reading = (rows: Cells[]): Promise<ReadCsv> =>
  readCsv([HEADER.join(","), ...rows.map(line)].map((row) => `${row}\n`).join(""));

const shirt: Cells = {
  ...{ Handle: "tee", Title: "Tee &amp; Co", Vendor: "Fell", Type: "Shirts", Tags: "Soft, Red ", Published: "TRUE" },
  ...{ "Body (HTML)": "<h1>Soft</h1>\n<p>A <b>tee</b>&nbsp;shirt</p>", Status: "active" },
  ...{ "Option1 Name": "Size", "Option1 Value": "S", "Option2 Name": "Color", "Option2 Value": "Red" },
  ...{ "Variant SKU": "T-S", "Variant Grams": "180", "Variant Inventory Qty": "4", "Variant Price": "19.90" },
  ...{ "Variant Compare At Price": "25.00", "Image Src": "https://x.test/1.jpg", "Image Alt Text": "Front" },
};
const medium: Cells = {
  ...{ Handle: "tee", "Option1 Value": "M", "Option2 Value": "Red", "Variant SKU": "T-M", "Variant Grams": "180" },
  ...{ "Variant Inventory Qty": "-2", "Variant Price": "21", "Image Src": "https://x.test/2.jpg" },
};
const lamp = (more: Cells = {}): Cells => ({
  ...{ Handle: "lamp", Title: "Lamp", "Option1 Name": "Title", "Option1 Value": "Default Title", "Variant Price": "5" },
  ...more,
});

test("rows of one handle are one product: its variants, pictures, text and stock", async () => {
  const read = await reading([shirt, medium, { Handle: "tee", "Image Src": "https://x.test/3.jpg" }, lamp()]);
  expect(read).toMatchObject({ rows: 4, refused: [], told: [], complete: true });
  expect(read.products).toHaveLength(2);
  const [tee] = read.products;
  expect(tee).toMatchObject({ line: 2, from: 3, form: "whole", slug: "tee", stock: { "T-S": 4, "T-M": 0 } });
  expect(tee?.input).toEqual({
    name: "Tee & Co",
    description: expect.stringMatching(/^Soft\n+A tee\sshirt$/),
    status: "active",
    brand: "Fell",
    categories: ["shirts"],
    images: [
      { url: "https://x.test/1.jpg", alt: "Front" },
      { url: "https://x.test/2.jpg", alt: "Tee & Co" },
      { url: "https://x.test/3.jpg", alt: "Tee & Co" },
    ],
    attributes: { tags: "Soft, Red", weightGrams: 180 },
    options: [
      { name: "Size", values: ["S", "M"] },
      { name: "Color", values: ["Red"] },
    ],
    variants: [
      {
        ...{ sku: "T-S", name: "S, Red", options: { Size: "S", Color: "Red" } },
        ...{ price: { amount: 1_990, currency: "USD" }, compareAtPrice: { amount: 2_500, currency: "USD" } },
      },
      {
        ...{ sku: "T-M", name: "M, Red", options: { Size: "M", Color: "Red" } },
        ...{ price: { amount: 2_100, currency: "USD" }, compareAtPrice: null },
      },
    ],
  });
  expect(read.notes).toContain("1 × stock figures below zero count as none");
  expect(read.products[1]?.input).toMatchObject({ options: [], variants: [{ sku: "lamp", name: "", options: {} }] });
});

test("SKUs that are missing, taken or not fit to be one are made of what the rows say, the same ones each time", async () => {
  const rows = [
    { ...shirt, "Variant SKU": "" },
    { ...medium, "Variant SKU": "AB 12/3.4" },
    lamp({ "Variant SKU": "AB-12-3-4" }),
    { ...lamp({ Handle: "x".repeat(90) }) },
  ];
  const [first, second] = [await reading(rows), await reading(rows)];
  const skus = first.products.flatMap(({ input }) => input.variants.map(({ sku }) => sku));
  expect(skus.slice(0, 3)).toEqual(["tee-s-red", "AB-12-3-4", "lamp"]);
  expect(skus[3]).toMatch(/^x{49}-[0-9a-f]{8}$/);
  expect(second.products.flatMap(({ input }) => input.variants.map(({ sku }) => sku))).toEqual(skus);
  expect(first.notes).toContainEqual(expect.stringMatching(/^4 SKUs were missing, taken or not fit/));
});

// The body of the first row has two lines.
test("a row that does not fit takes nothing from the other variants of its product", async () => {
  const read = await reading([
    shirt,
    { ...medium, "Variant Price": "1,999" },
    { ...medium, "Option1 Value": "L", "Variant SKU": "T-L" },
  ]);
  expect(read.refused).toMatchObject([{ line: 4, sku: "T-M", reason: expect.stringContaining("ambiguous"), rows: 1 }]);
  expect(read.products).toMatchObject([
    { form: "part", from: 2, input: { variants: [{ sku: "T-S" }, { sku: "T-L" }] } },
  ]);
});

test("the same options twice, a handle that comes again, no handle, no title, no price, a gift card: each told", async () => {
  const read = await reading([
    shirt,
    { ...medium, "Option1 Value": "S" },
    lamp(),
    { ...medium, "Option1 Value": "XL", "Variant SKU": "T-XL" },
    lamp({ Handle: "" }),
    lamp({ Handle: "untitled", Title: "" }),
    { Handle: "pictures", Title: "Pictures", "Image Src": "https://x.test/9.jpg" },
    lamp({ Handle: "card", Title: "Card", "Gift Card": "true" }),
  ]);
  expect(read.refused.map(({ line: at, reason }) => [at, reason])).toEqual([
    [4, "An earlier row of this product has the same options"],
    [6, "The rows of tee do not stand together: what came first was taken"],
    [7, "The handle is missing"],
    [8, "The title is missing"],
    [9, "No row of this product has a price"],
    [10, "A gift card is nothing that this shop can sell"],
  ]);
  expect(read.products.map(({ input }) => input.name)).toEqual(["Tee & Co", "Lamp"]);
});

test.each([
  [{ Status: "active", Published: "true" }, "active"],
  [{ Status: "", Published: "" }, "active"],
  [{ Status: "active", Published: "false" }, "draft"],
  [{ Status: "draft", Published: "true" }, "draft"],
  [{ Status: "archived", Published: "true" }, "archived"],
])("%j is %s", async (cells, status) => {
  expect((await reading([lamp(cells)])).products[0]?.input.status).toBe(status);
});

test("the product in which the input breaks off keeps what came, and takes no variant from the shop", async () => {
  const text = `${HEADER.join(",")}\n${line(shirt)}\n${line(medium).slice(0, 30)}`;
  const read = await readCsv(text);
  expect(read).toMatchObject({ rows: 1, complete: false, told: [{ line: 4 }] });
  expect(read.products).toMatchObject([{ form: "part", input: { variants: [{ sku: "T-S" }] } }]);
});

test("other spellings of the header mean the same", async () => {
  const read = await readCsv(
    "URL handle,Title,Description,SKU,Option1 name,Option1 value,Price,Compare-at price,Inventory quantity,Product category,Status\n" +
      "tee,Tee,<p>Soft</p>,T-1,Size,S,9.90,,3,Apparel > Shirts,Active\n",
  );
  expect(read.products).toMatchObject([
    { stock: { "T-1": 3 }, input: { description: "Soft", categories: ["apparel/shirts"], variants: [{ sku: "T-1" }] } },
  ]);
});
