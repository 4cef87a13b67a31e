import { Readable } from "node:stream";
import type { ProductDocument } from "../../services/products/product.documents.ts";
import { exported } from "../../services/products/transfer/product-export.ts";
import { startServices, type TestShop } from "../support/services.ts";

const PRODUCTS = 6_000;
const DESCRIPTION = "long ".repeat(800);

describe("exporting", () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startServices("products,inventory");
    async function* rows() {
      for (let at = 0; at < PRODUCTS; at++) {
        yield `${JSON.stringify({ sku: `P-${at}`, name: `P ${at}`, priceCents: 1, currency: "USD", description: DESCRIPTION })}\n`;
      }
    }
    await shop.inside.call("products.import", {}, { stream: Readable.from(rows(), { objectMode: false }) });
  }, 120_000);
  afterAll(() => shop.stop());

  test("trap 12: exporting every product streams in constant memory", async () => {
    const stream = (await shop.inside.call("products.export")) as unknown as Readable;
    let lines = 0;
    let bytes = 0;
    let buffered = 0;
    for await (const chunk of stream) {
      // A reader that is slower than the source: whatever the source does ahead of it happens now.
      await new Promise((resume) => setImmediate(resume));
      buffered = Math.max(buffered, stream.readableLength);
      bytes += chunk.length;
      lines += chunk.toString().split("\n").length - 1;
    }
    expect(lines).toBe(PRODUCTS);
    expect(bytes).toBeGreaterThan(24_000_000);
    expect(buffered).toBeLessThan(300_000);
  });
});

test("no more products are read than the reader has asked for", async () => {
  let batches = 0;
  async function* endless() {
    for (;;) {
      batches++;
      yield Array.from({ length: 100 }, () => ({ name: "P", description: DESCRIPTION }) as ProductDocument);
    }
  }
  const stream = exported(endless());
  for await (const _ of stream) {
    for (let turns = 0; turns < 100; turns++) await new Promise((resume) => setImmediate(resume));
    break;
  }
  expect(batches).toBeLessThanOrEqual(2);
  expect(stream.destroyed).toBe(true);
});
