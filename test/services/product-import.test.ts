import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { ImportReport } from "../../services/products/products.contract.ts";
import { eventually } from "../support/eventually.ts";
import { startServices, type TestShop } from "../support/services.ts";
import { WHO_WROTE } from "../support/shape.ts";
import { describeEmbeddedWithShared, sharedData } from "../support/shared-data.ts";

const looking = { meta: WHO_WROTE };
const usd = (amount: number) => ({ amount, currency: "USD" });
const flat = (sku: string, more: object = {}) => ({
  sku,
  name: `Thing ${sku}`,
  priceCents: 500,
  currency: "USD",
  ...more,
});
/** As a request's body comes in: in pieces. */
const inPieces = (input: string): Readable => {
  const bytes = Buffer.from(input);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, at) =>
    bytes.subarray(at * 65_536, (at + 1) * 65_536),
  );
  return Readable.from(pieces, { objectMode: false });
};
const jsonl = (...rows: (object | string)[]) =>
  rows.map((row) => `${typeof row === "string" ? row : JSON.stringify(row)}\n`).join("");

let shop: TestShop;
const importing = (input: string | Readable, params = {}, from: TestShop = shop): Promise<ImportReport> =>
  from.inside.call("products.import", params, { stream: typeof input === "string" ? inPieces(input) : input });
const bySlug = (idOrSlug: string) => shop.inside.call("products.get", { idOrSlug });

describe("importing", () => {
  beforeAll(async () => {
    shop = await startServices("products,inventory");
  });
  afterAll(() => shop.stop());

  test("each kind of bad row is refused with its line and reason, the good ones around it are kept", async () => {
    const report = await importing(
      jsonl(
        flat("GOOD-1"),
        "{ not json",
        flat("NO-PRICE", { priceCents: undefined }),
        flat("EURO", { currency: "EUR" }),
        "",
        flat("GOOD-1", { name: "Once more" }),
        flat("MINUS", { priceCents: -5 }),
        `{"sku": "LONG", "description": "${"x".repeat(1_100_000)}"}`,
        { name: "Own", variants: [{ sku: "OWN", price: usd(1) }], surprise: true },
        "[1, 2]",
        flat("GOOD-2"),
      ),
    );
    expect(report).toMatchObject({ read: 10, created: 2, updated: 0, refused: 8, complete: true, withoutStock: 2 });
    expect(report.problems.map(({ line, sku }) => [line, sku])).toEqual([
      [2, null],
      [3, "NO-PRICE"],
      [4, "EURO"],
      [6, "GOOD-1"],
      [7, "MINUS"],
      [8, null],
      [9, "OWN"],
      [10, null],
    ]);
    const reasons = [
      /not JSON/,
      /priceCents: Missing/,
      /USD, not in EUR/,
      /earlier row/,
      /priceCents/,
      /900,000 bytes/,
      /surprise/,
      /not a JSON object/,
    ];
    for (const [at, reason] of reasons.entries()) expect(report.problems[at]?.reason).toMatch(reason);
    expect(await bySlug("thing-good-2")).toMatchObject({ variants: [{ sku: "GOOD-2", price: usd(500) }] });
    expect((await shop.inside.call("products.list", { q: "good" }, looking)).total).toBe(2);
  });

  test("only the first hundred problems are told, but all are counted", async () => {
    const report = await importing(jsonl(...Array.from({ length: 150 }, () => "{nonsense")));
    expect(report).toMatchObject({ read: 150, refused: 150 });
    expect(report.problems).toHaveLength(100);
  });

  test("importing again changes what differs, and leaves the rest unwritten", async () => {
    const rows = ["A", "B", "C"].map((sku) => flat(`AGAIN-${sku}`));
    await importing(jsonl(...rows));
    const before = await bySlug("thing-again-b");
    const writes = shop.platform.writes().products;
    expect(await importing(jsonl(...rows))).toMatchObject({ created: 0, updated: 0, unchanged: 3 });
    expect(shop.platform.writes().products).toBe(writes);
    const dearer = rows.map((row, at) => (at === 1 ? { ...row, priceCents: 900, name: "New name" } : row));
    expect(await importing(jsonl(...dearer))).toMatchObject({ created: 0, updated: 1, unchanged: 2 });
    const after = await bySlug("thing-again-b");
    expect(after).toMatchObject({ id: before.id, rev: 2, name: "New name", variants: [{ price: usd(900) }] });
    expect((await shop.inside.call("products.list", { q: "new name" }, looking)).items[0]).toMatchObject({
      price: usd(900),
    });
  });

  test("an import does not bring back what staff took out of the shop", async () => {
    await importing(jsonl(flat("OUT-1")));
    const { id } = await bySlug("thing-out-1");
    await shop.inside.call("products.archive", { id });
    expect(await importing(jsonl(flat("OUT-1", { priceCents: 1 })))).toMatchObject({ updated: 1 });
    expect(await shop.inside.call("products.read", { id })).toMatchObject({ status: "archived" });
  });

  test("a name that occurs more than once gets numbered slugs, and they are counted", async () => {
    const rows = ["S-1", "S-2", "S-3"].map((sku) => flat(sku, { name: "Same again" }));
    const folded = flat("S-4", { name: "SAME again!" });
    expect(await importing(jsonl(...rows, folded))).toMatchObject({ created: 4, suffixed: 2 });
    for (const slug of ["same-again", "same-again-2", "same-again-3", "same-again-4"]) {
      expect(await bySlug(slug)).toMatchObject({ slug });
    }
  });

  test("stock is what the row says, else what the import says, and known stock stays as it is", async () => {
    const rows = [flat("STK-1", { stock: 30 }), flat("STK-2")];
    expect(await importing(jsonl(...rows), { stock: 4 })).toMatchObject({ withoutStock: 1 });
    await importing(jsonl(flat("STK-1", { stock: 99 }), flat("STK-2")), { stock: 50 });
    const levels = await shop.inside.call("inventory.levels", { skus: ["STK-1", "STK-2"] });
    expect(levels.map(({ available }) => available)).toEqual([30, 4]);
    const shown = async () =>
      (await shop.inside.call("products.list", { q: "stk" })).items.map(({ available }) => available);
    await eventually(async () => String((await shown()).sort()) === "30,4");
  });

  test("our own form brings variants, stock and its slug, and is refused where that is taken", async () => {
    const jacket = {
      slug: "trail-jacket",
      name: "Trail jacket",
      categories: ["clothing/jackets"],
      options: [{ name: "Size", values: ["S", "M"] }],
      variants: ["S", "M"].map((size) => ({
        sku: `TJ-${size}`,
        name: size,
        options: { Size: size },
        price: usd(12_900),
      })),
      stock: { "TJ-S": 3 },
    };
    const other = { slug: "trail-jacket", name: "Impostor", variants: [{ sku: "IMP", price: usd(1) }] };
    const report = await importing(jsonl(jacket, other));
    expect(report).toMatchObject({ created: 1, refused: 1, withoutStock: 1 });
    expect(report.problems).toEqual([{ line: 2, sku: "IMP", reason: "Another product has the slug trail-jacket" }]);
    await expect(shop.inside.call("inventory.get", { sku: "IMP" })).rejects.toMatchObject({ code: 404 });
    expect(await shop.inside.call("inventory.get", { sku: "TJ-S" })).toMatchObject({ onHand: 3 });
    const mixed = {
      name: "Mixed",
      variants: [
        { sku: "TJ-S", price: usd(1) },
        { sku: "GOOD-1", price: usd(1) },
      ],
    };
    expect((await importing(jsonl(mixed))).problems[0]?.reason).toMatch(/belong to different products/);
  });

  test("a flat row for one size changes that size's price and nothing else", async () => {
    const before = await bySlug("trail-jacket");
    expect(await importing(jsonl(flat("TJ-M", { name: "Something else" })))).toMatchObject({ updated: 1 });
    const { variants, name } = await bySlug("trail-jacket");
    expect(name).toBe(before.name);
    expect(variants.map(({ sku, price }) => [sku, price.amount])).toEqual([
      ["TJ-S", 12_900],
      ["TJ-M", 500],
    ]);
  });

  test("names of categories are shown as the rows wrote them", async () => {
    await importing(jsonl(flat("CAT-1", { categories: ["Hi-Fi", "CDs & LPs"] })));
    const tree = await shop.inside.call("products.categories", undefined, looking);
    expect(tree.find(({ slug }) => slug === "hi-fi")).toMatchObject({
      name: "Hi-Fi",
      children: [{ slug: "hi-fi/cds-and-lps", name: "CDs & LPs" }],
    });
  });

  test("of an input that breaks off the complete rows are kept, and the report says so", async () => {
    async function* cut() {
      yield jsonl(...Array.from({ length: 600 }, (_, at) => flat(`CUT-${at}`)));
      yield JSON.stringify(flat("CUT-HALF")).slice(0, 30);
      throw new Error("aborted");
    }
    const report = await importing(Readable.from(cut(), { objectMode: false }));
    expect(report).toMatchObject({ read: 600, created: 600, refused: 0, complete: false });
    expect(report.problems).toEqual([{ line: 601, sku: null, reason: "The input breaks off in this line" }]);
    expect(await bySlug("thing-cut-599")).toMatchObject({ rev: 1 });
    expect(await shop.inside.call("inventory.get", { sku: "CUT-599" })).toMatchObject({ onHand: 0 });
  });

  test("a file that ends in the middle of a row has broken off, one without its last newline has not", async () => {
    const rows = jsonl(flat("END-1"), flat("END-2"));
    expect(await importing(rows.slice(0, -1))).toMatchObject({ read: 2, created: 2, complete: true });
    expect(await importing(rows.slice(0, -10))).toMatchObject({ read: 1, unchanged: 1, refused: 0, complete: false });
  });

  test("nothing sent is told", async () => {
    await expect(shop.inside.call("products.import", {})).rejects.toMatchObject({ code: 400, type: "IMPORT_EMPTY" });
    expect(await importing("")).toMatchObject({ read: 0, complete: true });
  });

  test("two imports of the same rows at once make each product once", async () => {
    const rows = jsonl(...Array.from({ length: 300 }, (_, at) => flat(`BOTH-${at}`)));
    const reports = await Promise.all([importing(rows), importing(rows)]);
    const count = (field: "created" | "unchanged" | "refused") =>
      reports.reduce((sum, report) => sum + report[field], 0);
    expect(count("created")).toBe(300);
    expect(count("unchanged") + count("refused")).toBe(300);
  });

  test("what is exported can be imported: nothing changes here, and another shop has the same products", async () => {
    const exported = await text((await shop.inside.call("products.export")) as unknown as Readable);
    const lines = exported.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).stock)).toEqual(lines.map(() => undefined));
    expect(await importing(exported)).toMatchObject({ read: lines.length, unchanged: lines.length });
    const other = await startServices("products,inventory");
    try {
      expect(await importing(exported, {}, other)).toMatchObject({ created: lines.length, refused: 0, suffixed: 0 });
      const again = await text((await other.inside.call("products.export")) as unknown as Readable);
      expect(again.trim().split("\n").sort()).toEqual(lines.sort());
    } finally {
      await other.stop();
    }
  });
});

describeEmbeddedWithShared("importing a real catalogue", "it is about what is in this file", () => {
  const file = () => createReadStream(sharedData("data/catalog/products.jsonl") as string);
  beforeAll(async () => {
    shop = await startServices("products,inventory");
  });
  afterAll(() => shop.stop());

  test("all 24,691 products come in, and importing again creates none", async () => {
    expect(await importing(file())).toEqual({
      ...{ read: 24_691, created: 24_691, updated: 0, unchanged: 0, refused: 0 },
      ...{
        format: "JSON Lines",
        withoutStock: 22_697,
        suffixed: 828,
        skusMade: 0,
        notes: [],
        problems: [],
        complete: true,
      },
    });
    expect((await shop.inside.call("products.list", { q: "laptop" })).total).toBeGreaterThan(100);
    expect(await importing(file())).toMatchObject({ created: 0, updated: 0, unchanged: 24_691, refused: 0 });
    await eventually(async () => (await shop.inside.call("products.list", { inStock: true })).total === 1_847);
  }, 180_000);
});
