import type { CsvForm } from "../../services/products/transfer/csv/columns.ts";
import { CsvProducts } from "../../services/products/transfer/csv/csv-products.ts";
import type { Row } from "../../services/products/transfer/product-row.ts";

export interface ReadCsv {
  rows: number;
  products: (Row & { line: number; from: number })[];
  refused: { line: number; reason: string; sku: string | null; rows: number }[];
  told: { line: number; reason: string }[];
  notes: string[];
  complete: boolean;
  format: string;
}

interface Given {
  currency?: string;
  form?: CsvForm;
  images?: string;
}

/** What these bytes make as CSV; an error among the chunks is where the input breaks off. */
export async function readCsv(input: string | (Uint8Array | Error)[], given: Given = {}): Promise<ReadCsv> {
  const { currency = "USD", form, images: imageBase } = given;
  const csv = new CsvProducts({ currency, form, imageBase, now: new Date("2024-06-01T00:00:00Z") });
  async function* bytes() {
    for (const chunk of typeof input === "string" ? [Buffer.from(input)] : input) {
      if (chunk instanceof Error) throw chunk;
      yield chunk;
    }
  }
  const read: Pick<ReadCsv, "rows" | "products" | "refused" | "told"> = {
    rows: 0,
    products: [],
    refused: [],
    told: [],
  };
  for await (const step of csv.read(bytes())) {
    if (step.kind === "row") {
      read.rows++;
      continue;
    }
    const { line, rows } = step.found;
    if ("row" in step.found) read.products.push({ ...step.found.row, line, from: rows });
    else if ("told" in step.found) read.told.push({ line, reason: step.found.told });
    else read.refused.push({ line, reason: step.found.refused, sku: step.found.sku, rows });
  }
  return { ...read, notes: csv.notes.all, complete: csv.complete, format: csv.format };
}
