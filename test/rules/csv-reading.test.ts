import { CsvProducts } from "../../services/products/transfer/csv/csv-products.ts";
import { minorUnits, pieces } from "../../services/products/transfer/csv/decimal.ts";
import { readCsv } from "../support/csv-rows.ts";

const names = async (...input: Parameters<typeof readCsv>) =>
  (await readCsv(...input)).products.map(({ input: { name } }) => name);

const utf16 = (text: string, bigEndian = false): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
  return bigEndian ? bytes.swap16() : bytes;
};

describe("encodings", () => {
  const file = "sku,name,price\nA,Café “Ö” 5 €,1.00\n";
  const windows1252 = Buffer.from("sku,name,price\nA,Caf\xe9 \x93\xd6\x94 5 \x80,1.00\n", "latin1");

  test.each<[string, Buffer, string]>([
    ["UTF-8", Buffer.from(file), "UTF-8"],
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${file}`), "UTF-8"],
    ["UTF-16, little end first", utf16(file), "UTF-16"],
    ["UTF-16, big end first", utf16(file, true), "UTF-16"],
    ["Windows-1252", windows1252, "Windows-1252"],
  ])("%s is found by itself, however the bytes are cut", async (_, bytes, encoding) => {
    for (const size of [1, 7, bytes.length]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (__, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      const read = await readCsv(chunks);
      expect(read.products[0]?.input.name).toBe("Café “Ö” 5 €");
      expect(read.format).toBe(`CSV, separated by commas, ${encoding}`);
    }
  });

  test("a letter of Windows-1252 decides however late it comes, as the very last byte too", async () => {
    const rows = Array.from({ length: 5_000 }, (_, at) => `S${at},Thing ${at},1.00\n`).join("");
    const late = [Buffer.from(`sku,price,name\nB,1,x\n`), Buffer.from("A,1,caf\xe9", "latin1")];
    expect((await names(late)).at(-1)).toBe("café");
    const long = [Buffer.from(`sku,name,price\n${rows}`), Buffer.from("A,caf\xe9,1.00\n", "latin1")];
    expect((await names(long)).at(-1)).toBe("café");
  });

  test("in a text of UTF-8 a row with other bytes is refused, and the rows around it are kept", async () => {
    const bytes = Buffer.concat([
      Buffer.from("sku,name,price\nA,Café ÄÖÜ,1.00\n"),
      Buffer.from("B,caf\xe9,1.00\n", "latin1"),
      Buffer.from("C,Größe,1.00\n"),
    ]);
    const read = await readCsv([bytes]);
    expect(read.products.map(({ input }) => input.name)).toEqual(["Café ÄÖÜ", "Größe"]);
    expect(read.refused).toMatchObject([{ line: 3, reason: "Some characters of the row are not UTF-8" }]);
  });

  test("what is no text is refused as a whole", async () => {
    await expect(readCsv([Buffer.from("PK\u0003\u0004\0\0\0")])).rejects.toMatchObject({ type: "IMPORT_NOT_TEXT" });
  });
});

describe("delimiters, quotes and lines", () => {
  test.each([
    [",", "commas"],
    [";", "semicolons"],
    ["\t", "tabs"],
    ["|", "bars"],
  ])("columns separated by %j are found", async (delimiter, called) => {
    const rows = [
      ["sku", "name", "price", "a, b; c"],
      ["A", `"x, y; z | ${delimiter}"`, "1.00", ""],
    ];
    const quoted = rows.map((row) =>
      row.map((cell) => (/[,;|]/.test(cell) && !cell.startsWith('"') ? `"${cell}"` : cell)),
    );
    const read = await readCsv(quoted.map((row) => `${row.join(delimiter)}\n`).join(""));
    expect(read.products[0]?.input.name).toBe(`x, y; z | ${delimiter}`.trim());
    expect(read.format).toContain(called);
  });

  test("a spreadsheet's own line about the separator is no header", async () => {
    const read = await readCsv("sep=;\r\nsku;name;price\r\nA;Lamp;19,90\r\nB;;1\r\n");
    expect(read.products[0]).toMatchObject({
      line: 3,
      input: { name: "Lamp", variants: [{ price: { amount: 1_990 } }] },
    });
    expect(read.refused).toMatchObject([{ line: 4 }]);
  });

  test.each(["\n", "\r\n", "\r"])(
    "lines may end in %j, and are counted with those inside quotes and the blank ones",
    async (end) => {
      const lines = [
        "sku,name,price,description",
        'A,Lamp,1,"first',
        "",
        'third, ""quoted"""',
        "",
        'B,Cup,x,"',
        '"',
        "C,Jug,2,",
      ];
      const read = await readCsv(lines.join(end) + end);
      expect(read.products.map(({ line, input }) => [line, input.description])).toEqual([
        [2, 'first\n\nthird, "quoted"'],
        [8, ""],
      ]);
      expect(read.refused).toMatchObject([{ line: 6, sku: "B", reason: "x is not a price" }]);
      expect(read.complete).toBe(true);
    },
  );

  test("a row of too few or too many columns is refused, empty columns too many are not", async () => {
    const read = await readCsv("sku,name,price\nA,Lamp\nB,Cup,1,more\nC,Jug,1,,\nD,Pot,1\n");
    expect(read.products.map(({ input }) => input.name)).toEqual(["Jug", "Pot"]);
    expect(read.refused).toMatchObject([
      { line: 2, reason: "The row has 2 columns, the first line 3" },
      { line: 3, reason: "The row has 4 columns, the first line 3" },
    ]);
  });

  test("a quote in a cell that is not quoted spoils its row only", async () => {
    const read = await readCsv('sku,name,price\nA,Lamp,1\nB,6" shelf,1\nC,"8"" shelf",1\n');
    expect(read.products.map(({ input }) => input.name)).toEqual(["Lamp", '8" shelf']);
    expect(read.refused).toMatchObject([{ line: 3, reason: expect.stringContaining("write the quote twice") }]);
    expect(read).toMatchObject({ rows: 3, complete: true });
  });

  test("where a quote is never closed the reading ends, with the line on which it opens", async () => {
    const never = await readCsv('sku,name,price\nA,Lamp,1\n\nB,"Cup,1\nC,Jug,1\nD,Pot,1\n');
    expect(never).toMatchObject({ rows: 1, complete: false, refused: [] });
    expect(never.told).toEqual([{ line: 4, reason: expect.stringContaining("never closed") }]);
    const swallowing = await readCsv('sku,name,price\nA,Lamp,1\nB,"Cup,1\nC,"Jug",1\nD,Pot,1\n');
    expect(swallowing).toMatchObject({ rows: 1, complete: false });
    expect(swallowing.products).toHaveLength(1);
    expect(swallowing.told).toMatchObject([{ line: 3 }]);
    const endless = await readCsv(`sku,name,price\nA,Lamp,1\nB,"Cup,1\n${"C,Jug,1\n".repeat(200_000)}`);
    expect(endless).toMatchObject({ rows: 1, complete: false, told: [{ line: 3 }] });
  });

  test("half a last row is told and left out, whether the file ends there or the connection does", async () => {
    const half = await readCsv("sku,name,price\nA,Lamp,1\nB,Cu");
    expect(half).toMatchObject({
      rows: 1,
      complete: false,
      told: [{ line: 3, reason: "The input breaks off in this line" }],
    });
    // A price of 1 may be the start of one of 19.
    const cut = await readCsv([Buffer.from("sku,name,price\nA,Lamp,1\nB,Cup,1"), new Error("reset")]);
    expect(cut).toMatchObject({ rows: 1, complete: false, told: [{ line: 3 }] });
    const quoted = await readCsv([Buffer.from('sku,name,price\nA,Lamp,1\nB,"Cu'), new Error("reset")]);
    expect(quoted).toMatchObject({
      rows: 1,
      complete: false,
      told: [{ line: 3, reason: "The input breaks off in this line" }],
    });
    const between = await readCsv([Buffer.from("sku,name,price\nA,Lamp,1\n"), new Error("reset")]);
    expect(between).toMatchObject({ rows: 1, complete: false, told: [] });
    expect(await readCsv("sku,name,price\nA,Lamp,1")).toMatchObject({ rows: 1, complete: true, told: [] });
  });
});

test("a file is read no further ahead than a buffer, however long it is", async () => {
  const row = `A,Lamp,x,"${"long ".repeat(1_000)}"\n`;
  let given = 0;
  async function* long() {
    yield Buffer.from("sku,name,price,description\n");
    for (; given < 2_000; given++) yield Buffer.from(row);
  }
  const csv = new CsvProducts({ currency: "USD", form: undefined, imageBase: undefined, now: new Date(0) });
  let taken = 0;
  let ahead = 0;
  for await (const step of csv.read(long())) {
    if (step.kind === "row") taken++;
    ahead = Math.max(ahead, given - taken);
  }
  expect(taken).toBe(2_000);
  expect(ahead * row.length).toBeLessThan(1_000_000);
});

describe("columns", () => {
  test("a first line that is no header is one error that names what is there and what is wanted", async () => {
    await expect(readCsv("colour;weight\nred;5\n")).rejects.toMatchObject({
      ...{ code: 422, type: "IMPORT_COLUMNS_UNKNOWN" },
      message: expect.stringMatching(/columns colour, weight\. Wanted are at least sku, name and price; or Shopify's/),
    });
    await expect(readCsv('"sku,name,price\nA,Lamp,1\n')).rejects.toMatchObject({ type: "IMPORT_COLUMNS_UNKNOWN" });
    await expect(readCsv("sku,price,Price\nA,1,2\n")).rejects.toThrow("Two columns say the same: price, Price");
  });

  test("a format that is asked for says which of its columns are missing", async () => {
    await expect(readCsv("sku,name,price\n", { form: "shopify" })).rejects.toThrow(/missing: handle, title/);
    expect((await readCsv("sku,name,price,product_type\nA,Lamp,1,x\n", { form: "csv" })).products).toHaveLength(1);
  });

  test("columns that mean nothing are told once", async () => {
    const { notes } = await readCsv("sku,name,price,colour,weight\nA,Lamp,1,red,2\nB,Cup,1,red,2\n");
    expect(notes).toEqual([
      "The file names no currency: its prices were taken as USD",
      "2 columns were not read: colour, weight",
    ]);
  });

  test("our own columns in any spelling, with attributes of their own names", async () => {
    const header =
      "SKU;Name;Price;Compare at price;Currency;Brand;Categories;Description;Stock;Images;GTIN;Status;attribute:Material";
    const row =
      'L-1;"Lamp &amp; bulb";1.234,50;1.500,00;usd;Lux;Home > Light|Gifts;<p>Bright</p>;7;/a.svg|https://x.test/b.jpg;0123;draft;Oak';
    const { products } = await readCsv(`${header}\n${row}\n`, { images: "https://old.test/media/" });
    expect(products[0]).toMatchObject({
      input: {
        ...{ name: "Lamp & bulb", description: "Bright", brand: "Lux", status: "draft" },
        categories: ["home/light", "gifts"],
        images: [{ url: "https://old.test/media/a.svg" }, { url: "https://x.test/b.jpg" }],
        attributes: { Material: "Oak", gtin: "0123" },
        variants: [{ sku: "L-1", price: { amount: 123_450 }, compareAtPrice: { amount: 150_000, currency: "USD" } }],
      },
      stock: { "L-1": 7 },
    });
  });

  test.each([
    ["another currency", "A,Lamp,1,EUR,", "This shop sells in USD, not in EUR"],
    ["no price", "A,Lamp,,,", "The price is missing"],
    ["no SKU", ",Lamp,1,,", "sku: "],
    ["a SKU that cannot be one", "a b,Lamp,1,,", "sku: "],
    ["no name", "A,,1,,", "name: "],
    ["half a piece in stock", "A,Lamp,1,,2.5", "The stock 2.5 is not a whole number"],
  ])("a row of our own with %s is refused", async (_, row, reason) => {
    const { refused } = await readCsv(`sku,name,price,currency,stock\n${row}\n`);
    expect(refused).toMatchObject([{ line: 2, reason: expect.stringContaining(reason) }]);
  });
});

describe("prices as they are written", () => {
  test.each<[string, number]>([
    ["19", 1_900],
    ["19.9", 1_990],
    ["19,90", 1_990],
    [".5", 50],
    ["52.0000", 5_200],
    ["1,234.50", 123_450],
    ["1.234,50", 123_450],
    ["1 234,50", 123_450],
    ["1'234.50", 123_450],
    ["1,234,567", 123_456_700],
    ["1234.50", 123_450],
    ["0.500", 50],
  ])("%s", (written, amount) => expect(minorUnits(written, 2)).toEqual({ amount }));

  test.each([
    ["1,234", "ambiguous"],
    ["1.234", "ambiguous"],
    ["19.999", "ambiguous"],
    ["1234.567", "more than 2 decimals"],
    ["-5", "below zero"],
    ["$5", "not a price"],
    ["1e3", "not a price"],
    ["1,23.4", "not a price"],
    ["12,34,567", "not a price"],
    ["1.234.56", "not a price"],
    ["99999999999999999", "too much"],
    ["", "missing"],
  ])("%j is refused: %s", (written, why) => {
    expect(minorUnits(written, 2)).toEqual({ problem: expect.stringContaining(why) });
  });

  test("a format that writes a point has no doubt about one, and a currency has its own decimals", () => {
    expect(minorUnits("1.234", 3, true)).toEqual({ amount: 1_234 });
    expect(minorUnits("52.000", 2, true)).toEqual({ amount: 5_200 });
    expect(minorUnits("1,234", 2, true)).toHaveProperty("problem");
    expect(minorUnits("500", 0)).toEqual({ amount: 500 });
    expect(minorUnits("500.00", 0)).toEqual({ amount: 500 });
    expect(minorUnits("500.5", 0)).toHaveProperty("problem");
  });

  test("stock below zero is none", () => {
    expect(pieces("24.0000")).toEqual({ onHand: 24, below: false });
    expect(pieces("-3")).toEqual({ onHand: 0, below: true });
    expect(pieces("")).toEqual({ onHand: undefined, below: false });
  });
});
