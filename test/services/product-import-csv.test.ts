import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import type { ImportReport } from "../../services/products/products.contract.ts";
import { eventually } from "../support/eventually.ts";
import { type HttpShop, startHttpShop } from "../support/http-shop.ts";
import { startServices, type TestShop } from "../support/services.ts";
import { describeEmbeddedWithShared, sharedData } from "../support/shared-data.ts";

const importing = (shop: TestShop, input: string | Buffer | Readable, params = {}): Promise<ImportReport> =>
  shop.inside.call("products.import", params, {
    stream: input instanceof Readable ? input : Readable.from([Buffer.from(input)]),
  });
const lines = (...rows: string[]) => rows.map((row) => `${row}\n`).join("");

describe("importing CSV", () => {
  let http: HttpShop;
  let shop: TestShop;
  const bySlug = (idOrSlug: string) => shop.inside.call("products.get", { idOrSlug });
  beforeAll(async () => {
    http = await startHttpShop("products,inventory,users,idempotency,api");
    shop = http.shop;
  });
  afterAll(() => http.stop());

  const tees = (...rows: string[]) =>
    lines("Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,Status", ...rows);

  test("what a file does not speak of stays as it is, and a new product needs a name", async () => {
    await importing(shop, lines("sku,name,price,brand,description", "P-1,Plain pot,5,Fell,Round"));
    const report = await importing(shop, lines("sku;price", "P-1;6,50", "P-2;1,00"));
    expect(report).toMatchObject({ read: 2, created: 0, updated: 1, refused: 1 });
    expect(report.problems).toMatchObject([
      { line: 3, sku: "P-2", reason: expect.stringContaining("name of a new one") },
    ]);
    const pot = { name: "Plain pot", brand: "Fell", description: "Round", variants: [{ price: { amount: 650 } }] };
    expect(await bySlug("plain-pot")).toMatchObject(pot);
    await expect(shop.inside.call("inventory.get", { sku: "P-2" })).rejects.toMatchObject({ code: 404 });
  });

  test("a file of another shop says which variants its products have; half of one takes none away", async () => {
    const whole = tees(
      "tee,Tee,Size,S,T-S,3,9.90,active",
      "tee,,,M,T-M,4,9.90,",
      "cap,Cap,Title,Default Title,C-1,1,5,",
    );
    expect(await importing(shop, whole)).toMatchObject({ read: 3, created: 2, refused: 0, withoutStock: 0 });
    expect(await importing(shop, whole)).toMatchObject({ created: 0, unchanged: 2 });
    const half = tees("tee,Tee,Size,S,T-S,3,9.90,active", "tee,,,L,T-L,1,9.90,", "tee,,,M,T-M,4,free,");
    expect(await importing(shop, half)).toMatchObject({ updated: 1, refused: 1 });
    expect(await bySlug("tee")).toMatchObject({
      options: [{ name: "Size", values: ["S", "M", "L"] }],
      variants: [{ sku: "T-S" }, { sku: "T-M" }, { sku: "T-L" }],
    });
    expect(await importing(shop, whole)).toMatchObject({ updated: 1, unchanged: 1 });
    expect((await bySlug("tee")).variants.map(({ sku }) => sku)).toEqual(["T-S", "T-M"]);
  });

  test("a handle that another product has as its slug is numbered, and an archived product stays archived", async () => {
    const file = tees("tee,Another tee,Title,Default Title,OTHER,1,5,active");
    expect(await importing(shop, file)).toMatchObject({ created: 1, suffixed: 0 });
    const { id } = await bySlug("tee-2");
    await shop.inside.call("products.archive", { id });
    expect(await importing(shop, file.replace("5,active", "6,active"))).toMatchObject({ updated: 1 });
    expect(await shop.inside.call("products.read", { id })).toMatchObject({ status: "archived" });
  });

  test("of a file that breaks off the complete rows are kept, and the report says so", async () => {
    async function* cut() {
      yield Buffer.from("sku,name,price\n");
      for (let at = 0; at < 600; at++) yield Buffer.from(`CUT-${at},Cut ${at},1.00\n`);
      yield Buffer.from("CUT-HALF,Half,1");
      throw new Error("aborted");
    }
    const report = await importing(shop, Readable.from(cut()));
    expect(report).toMatchObject({ read: 600, created: 600, refused: 0, complete: false });
    expect(report.problems).toEqual([{ line: 602, sku: null, reason: "The input breaks off in this line" }]);
    await expect(shop.inside.call("inventory.get", { sku: "CUT-HALF" })).rejects.toMatchObject({ code: 404 });
  });

  test("another currency than the shop's is refused before anything is read", async () => {
    const file = lines("sku,name,price", "EUR-1,Euro,1");
    const refused = importing(shop, file, { currency: "EUR" });
    await expect(refused).rejects.toMatchObject({ code: 422, type: "IMPORT_CURRENCY" });
    expect(await importing(shop, file, { currency: "USD" })).toMatchObject({ created: 1 });
  });

  test("over HTTP a file comes in under any name of its type, and one that is none gets a problem to read", async () => {
    const login = { email: "admin@example.com", password: "correct horse battery" };
    const { json } = await http.ask("/auth/login", { json: login });
    const headers = { Authorization: `Bearer ${json.accessToken}`, "Content-Type": "text/csv" };
    const send = (path: string, body: string) => http.ask(`/admin/products/import${path}`, { body, headers });
    const good = await send(
      "?images=https%3A%2F%2Fold.test%2Fmedia&stock=2",
      "sku\tname\tprice\timage\nH-1\tHat\t3\t/h.jpg\n",
    );
    expect(good.status).toBe(200);
    expect(good.json).toMatchObject({ created: 1, format: "CSV, separated by tabs, UTF-8" });
    expect(await bySlug("hat")).toMatchObject({ images: [{ url: "https://old.test/media/h.jpg" }] });
    const bad = await send("", `colour,weight\n${"red,5\n".repeat(500_000)}`);
    expect(bad).toMatchObject({ status: 422, json: { code: "IMPORT_COLUMNS_UNKNOWN" } });
    expect(bad.json.detail).toMatch(/columns colour, weight/);
    expect((await send("?format=xml", "sku,name,price\n")).status).toBe(422);
  });
});

describeEmbeddedWithShared("importing catalogues of other shops", "it is about what is in these files", () => {
  let shop: TestShop;
  const file = (name: string): Buffer => readFileSync(sharedData(`data/${name}`) as string);
  const listed = async (search = {}) => (await shop.inside.call("products.list", search)).total;
  const bySlug = (idOrSlug: string) => shop.inside.call("products.get", { idOrSlug });
  const stockOf = async (skus: string[]) =>
    (await shop.inside.call("inventory.levels", { skus })).reduce((sum, { available }) => sum + available, 0);
  const fresh = { updated: 0, unchanged: 0, withoutStock: 0, suffixed: 0, complete: true };
  beforeEach(async () => {
    shop = await startServices("products,inventory");
  });
  afterEach(() => shop.stop());

  test("Magento's Luma: 147 configurable products with 1,847 variants of their own price and stock", async () => {
    const luma = file("catalog/luma-configurable.csv");
    // Counted without the reader: no other cell starts like these.
    const skus = [...luma.toString().matchAll(/sku=([^,|"]+),size=/g)].map(([, sku]) => sku as string);
    expect(new Set(skus).size).toBe(1_847);
    const first = await importing(shop, luma, { images: "https://old.test/media/catalog/product" });
    expect(first).toMatchObject({ ...fresh, read: 1_994, created: 147, refused: 0, skusMade: 0, problems: [] });
    expect(first.format).toBe("Magento's CSV, separated by commas, UTF-8");
    expect(await listed()).toBe(147);
    const offers = await Promise.all(
      [skus.slice(0, 1_000), skus.slice(1_000)].map((some) => shop.inside.call("products.offers", { skus: some })),
    );
    expect(offers.flat()).toHaveLength(1_847);
    expect((await stockOf(skus.slice(0, 900))) + (await stockOf(skus.slice(900)))).toBe(184_700);
    const hoodie = await bySlug("chaz-kangeroo-hoodie");
    expect(hoodie).toMatchObject({
      categories: ["men/tops/hoodies-and-sweatshirts", "collections/eco-friendly"],
      options: [
        { name: "Size", values: ["XS", "S", "M", "L", "XL"] },
        { name: "Color", values: ["Black", "Gray", "Orange"] },
      ],
      attributes: { material: "Wool", climate: "All-weather, Cool, Indoor, Spring, Windy" },
    });
    expect(hoodie.description).toMatch(/^Ideal for cold-weather training[^<>&]+\n+• Two-tone gray heather hoodie\.\n/);
    expect(hoodie.images[0]?.url).toBe("https://old.test/media/catalog/product/m/h/mh01-gray_main.jpg");
    expect(hoodie.variants).toHaveLength(15);
    expect(hoodie.variants.every(({ price }) => price.amount === 5_200)).toBe(true);
    const again = await importing(shop, luma, { images: "https://old.test/media/catalog/product" });
    expect(again).toMatchObject({ created: 0, updated: 0, unchanged: 147, refused: 0 });
    await eventually(async () => (await listed({ inStock: true })) === 147);
  }, 60_000);

  test("Shopify's 20 handles of apparel: no SKU is written, one product has two colours", async () => {
    const apparel = file("shopify/apparel-20.csv");
    const first = await importing(shop, apparel);
    expect(first).toMatchObject({ ...fresh, read: 21, created: 20, refused: 0, skusMade: 21, problems: [] });
    expect(await bySlug("gardening-gloves")).toMatchObject({
      options: [{ name: "Color", values: ["Green", "Yellow"] }],
      variants: [
        { sku: "gardening-gloves-green", price: { amount: 999 } },
        { sku: "gardening-gloves-yellow", price: { amount: 1_599 } },
      ],
    });
    expect(await bySlug("floor-lamp")).toMatchObject({
      ...{ description: "Black floor lamp", brand: "Company 123", options: [], attributes: { tags: "Black, Lamp" } },
      variants: [{ sku: "floor-lamp", price: { amount: 6_999 }, compareAtPrice: { amount: 8_500 } }],
    });
    expect((await bySlug("black-armchairs")).description).not.toMatch(/[<>]/);
    expect(await importing(shop, apparel)).toMatchObject({ created: 0, updated: 0, unchanged: 20, skusMade: 21 });
  });

  test("Shopify's 99 handles in another spelling: 100 groups of three rows, of which one repeats a handle", async () => {
    const demo = file("shopify/demo-99.csv");
    const handles = demo
      .toString()
      .split("\n")
      .slice(1)
      .filter(Boolean)
      .map((row) => row.slice(0, row.indexOf(",")));
    expect([handles.length, new Set(handles).size]).toEqual([300, 99]);
    const first = await importing(shop, demo);
    expect(first).toMatchObject({ ...fresh, read: 300, created: 99, refused: 3, skusMade: 99 });
    expect(first.problems.map(({ line, reason }) => [line, reason])).toEqual(
      [170, 171, 172].map((line) => [line, expect.stringContaining("mediocre-concrete-pants do not stand together")]),
    );
    expect(await listed()).toBe(99);
    const lamp = await bySlug("fantastic-bronze-lamp");
    expect(lamp.options).toEqual([{ name: "Color", values: ["jade", "plum", "cerulean"] }]);
    expect(lamp.variants.map(({ sku }) => sku)).toEqual(
      ["jade", "plum", "cerulean"].map((c) => `fantastic-bronze-lamp-${c}`),
    );
    expect(await stockOf(lamp.variants.map(({ sku }) => sku))).toBe(24 + 45 + 24);
    expect(await importing(shop, demo)).toMatchObject({ created: 0, updated: 0, unchanged: 99, refused: 3 });
  });
});
