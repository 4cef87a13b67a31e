import { Readable } from "node:stream";
import type { ProductDocument } from "../../services/products/product.documents.ts";
import { type Line, LONGEST_LINE, readLines } from "../../services/products/transfer/lines.ts";
import { plainText } from "../../services/products/transfer/plain-text.ts";
import { readRow, wanted } from "../../services/products/transfer/product-row.ts";

const usd = (amount: number) => ({ amount, currency: "USD" });
const own = { name: "Lamp", slug: "lamp", variants: [{ sku: "L-1", price: usd(1_999) }] };
const flat = { source: "icecat", sku: "ICE-1", name: "Toner", priceCents: 4_995, currency: "USD" };

const read = (row: object) => readRow(JSON.stringify(row), "USD");
const refusal = (row: object): string => {
  const result = read(row);
  return "refused" in result ? result.refused : "";
};

describe("rows", () => {
  test("our own form says all of a product, and of its stock what it likes", () => {
    const two = { ...own, variants: [...own.variants, { sku: "L-2", price: usd(2_999) }], stock: { "L-2": 7 } };
    expect(read(two)).toMatchObject({
      row: { form: "own", input: { slug: "lamp", status: "active" }, stock: { "L-2": 7 } },
    });
  });

  test("the flat form becomes a product with one variant", () => {
    const row = {
      ...flat,
      name: "Toner&trade; black",
      brand: "Xerox",
      categories: ["Electronics", "Toner & Ink"],
      description: "&bull; Lasts&amp;lasts",
      images: ["http://img.example/1.jpg"],
      gtin: "0095205603217",
      attributes: { pages: 23_000, colour: "Black", eco: null },
      popularity: 4,
      stock: 12,
    };
    expect(read(row)).toEqual({
      row: {
        form: "flat",
        input: {
          name: "Toner™ black",
          description: "• Lasts&lasts",
          status: "active",
          brand: "Xerox",
          categories: ["electronics/toner-and-ink"],
          images: [{ url: "http://img.example/1.jpg", alt: "Toner™ black" }],
          attributes: { pages: 23_000, colour: "Black", gtin: "0095205603217" },
          options: [],
          variants: [{ sku: "ICE-1", name: "", options: {}, price: usd(4_995), compareAtPrice: null }],
        },
        stock: { "ICE-1": 12 },
        categories: [
          { path: "electronics", name: "Electronics" },
          { path: "electronics/toner-and-ink", name: "Toner & Ink" },
        ],
      },
    });
  });

  test("what the flat form says beyond its fields is ignored, what our own form does is refused", () => {
    expect(read({ ...flat, colour: "red" })).toHaveProperty("row");
    expect(refusal({ ...own, colour: "red" })).toBe("Unknown field colour");
  });

  test.each<[string, object, string]>([
    ["without a price", { ...flat, priceCents: undefined }, "priceCents: Missing"],
    ["with a negative price", { ...flat, priceCents: -1 }, "priceCents: "],
    ["with half a cent", { ...flat, priceCents: 0.5 }, "priceCents: "],
    ["in another currency", { ...flat, currency: "EUR" }, "currency: This shop sells in USD, not in EUR"],
    ["without a SKU", { ...flat, sku: undefined }, "sku: Missing"],
    ["with a SKU that cannot be one", { ...flat, sku: "a b" }, "sku: "],
    ["with a name of the wrong type", { ...flat, name: 5 }, "name: "],
    ["with negative stock", { ...flat, stock: -5 }, "stock: "],
    ["with nested attributes", { ...flat, attributes: { size: { width: 3 } } }, "attributes.size: "],
    ["of our own form without variants", { ...own, variants: [] }, "variants: "],
    [
      "of our own form in another currency",
      { ...own, variants: [{ sku: "L", price: { amount: 1, currency: "EUR" } }] },
      "variants.0.price.currency: This shop sells in USD, not in EUR",
    ],
    [
      "with the same SKU in two variants",
      { ...own, variants: [...own.variants, ...own.variants] },
      "variants.1.sku: L-1 occurs twice",
    ],
    [
      "with stock of a SKU that it does not have",
      { ...own, stock: { other: 1 } },
      "stock.other: No variant has this SKU",
    ],
  ])("a row %s is refused, and the reason names the field", (_, row, reason) => {
    expect(refusal(row)).toContain(reason);
  });

  test.each(["", "{", "5", "null", "[]", '"text"', '{"variants": null}', '{"variants": [null]}', '{"variants": 5}'])(
    "the line %s is refused, and nothing breaks",
    (line) => {
      expect(readRow(line, "USD")).toHaveProperty("refused");
    },
  );

  test("a flat row changes only the price where its SKU is one of several variants", () => {
    const variants = ["ICE-1", "ICE-2"].map((sku) => ({
      sku,
      name: sku,
      options: {},
      price: usd(1),
      compareAtPrice: null,
    }));
    const result = read(flat);
    if (!("row" in result)) throw new Error(result.refused);
    const fields = wanted(result.row, { name: "Both", variants } as unknown as ProductDocument);
    expect(fields).toEqual({ variants: [{ ...variants[0], price: usd(4_995) }, variants[1]] });
  });
});

describe("text", () => {
  test.each([
    ["Bell &amp; Ross&#174; caf&eacute; &#x2014; &frac14;&Prime;", "Bell & Ross® café — ¼″"],
    ["control codes are Windows-1252: &#153;", "control codes are Windows-1252: ™"],
    ["AT&T; &nonsense; &#0; &#xD800; & alone", "AT&T; &nonsense; &#0; &#xD800; & alone"],
    ["<p>one</p><ul><li>two</li></ul>3 < 4 > 2", "one\ntwo\n3 < 4 > 2"],
    ["&lt;b&gt; is written, not meant", "<b> is written, not meant"],
  ])("%s reads as text", (html, text) => {
    expect(plainText(html)).toBe(text);
  });
});

describe("lines", () => {
  async function linesOf(chunks: (Buffer | string | Error)[]) {
    const lines: Line[] = [];
    let broken: unknown;
    async function* input() {
      for (const chunk of chunks) {
        if (chunk instanceof Error) throw chunk;
        yield chunk;
      }
    }
    for await (const line of readLines(input(), (error) => {
      broken = error;
    }))
      lines.push(line);
    return { lines, broken };
  }

  test("lines are the same however the bytes arrive", async () => {
    const bytes = Buffer.from("\ufeffé1\n\nz2\r\nlast");
    const whole = await linesOf([bytes]);
    expect(whole.lines.map(({ number, text }) => [number, text])).toEqual([
      [1, "é1"],
      [2, ""],
      [3, "z2\r"],
      [4, "last"],
    ]);
    expect(await linesOf([...bytes].map((byte) => Buffer.of(byte)))).toEqual(whole);
    expect(whole.lines.at(-1)?.open).toBe(true);
  });

  test("a line that is too long is told without being kept", async () => {
    const { lines } = await linesOf(["short\n", ...Array(40).fill("x".repeat(LONGEST_LINE / 32)), "\nnext\n"]);
    expect(lines.map(({ number, text }) => [number, text])).toEqual([
      [1, "short"],
      [2, null],
      [3, "next"],
    ]);
    expect(lines[1]?.problem).toMatch(/longer than 900,000 bytes/);
  });

  test("bytes that are no text are told", async () => {
    const { lines } = await linesOf([Buffer.from([0xff, 0xfe, 0x0a]), "fine\n"]);
    expect(lines).toEqual([
      { number: 1, text: null, problem: "The line is not UTF-8" },
      { number: 2, text: "fine" },
    ]);
  });

  test("what came before the input broke off is read", async () => {
    const { lines, broken } = await linesOf(["one\ntw", new Error("reset")]);
    expect(lines.map(({ text, open }) => [text, open ?? false])).toEqual([
      ["one", false],
      ["tw", true],
    ]);
    expect(broken).toEqual(new Error("reset"));
  });

  test("a stream of Node is read as well", async () => {
    const lines: Line[] = [];
    for await (const line of readLines(Readable.from([Buffer.from("a\nb\n")]), () => undefined)) lines.push(line);
    expect(lines).toHaveLength(2);
  });
});
