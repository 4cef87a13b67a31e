import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { parse } from "csv-parse";
import type { Row } from "./invoice.ts";

const COLUMNS = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

/** The file's rows, of these months only; unpacked and read as a stream. */
export async function rowsOf(file: string, wanted: (month: string) => boolean): Promise<Row[]> {
  const rows: Row[] = [];
  const lines = createReadStream(file).pipe(createGunzip()).pipe(parse());
  let head = true;
  for await (const fields of lines as AsyncIterable<string[]>) {
    if (head) {
      if (fields.join(",") !== COLUMNS) throw new Error(`${file}: its columns are not ${COLUMNS}`);
      head = false;
      continue;
    }
    const [invoice, code, description, quantity, at, price, customer, country] = fields as Fields;
    if (!wanted(at.slice(0, 7))) continue;
    rows.push({
      invoice,
      code,
      description,
      quantity: whole(quantity, fields),
      at,
      price: whole(String(Math.round(Number(price) * 1_000)), fields),
      customer: customer ? customer.replace(/\.0$/, "") : null,
      country,
    });
  }
  return rows;
}
type Fields = [string, string, string, string, string, string, string, string];

function whole(text: string, row: readonly string[]): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new Error(`Not a number in ${row.join(",")}`);
  return number;
}
