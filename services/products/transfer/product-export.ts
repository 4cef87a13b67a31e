import { Readable } from "node:stream";
import type { ProductDocument } from "../product.documents.ts";
import { written } from "../product.ts";

const LINES_AT_ONCE = 20;

/** The products as JSON Lines: no more is read than whoever reads has asked for, a batch and a buffer at most. */
export function exported(batches: AsyncIterable<ProductDocument[]>): Readable {
  return Readable.from(chunks(batches), { objectMode: false, highWaterMark: 65_536 });
}

async function* chunks(batches: AsyncIterable<ProductDocument[]>): AsyncGenerator<Buffer> {
  for await (const products of batches) {
    for (let at = 0; at < products.length; at += LINES_AT_ONCE) {
      const lines = products.slice(at, at + LINES_AT_ONCE).map((product) => `${JSON.stringify(written(product))}\n`);
      yield Buffer.from(lines.join(""));
    }
  }
}
