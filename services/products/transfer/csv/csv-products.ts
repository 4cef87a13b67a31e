import { unprocessable } from "../../../shared/errors.ts";
import { decimals } from "../../../shared/money.ts";
import { BREAKS_OFF } from "../lines.ts";
import { type CsvForm, type Layout, layoutOf } from "./columns.ts";
import { type CsvRow, csvRows } from "./csv-rows.ts";
import { headOf } from "./delimiter.ts";
import type { Cells, Dialect, DialectTools, Found } from "./dialect.ts";
import { newReading, textOf } from "./encoding.ts";
import { Skus } from "./made-sku.ts";
import { MagentoCsv } from "./magento-csv.ts";
import { Notes } from "./notes.ts";
import { PlainCsv } from "./plain-csv.ts";
import { ShopifyCsv } from "./shopify-csv.ts";

const DIALECTS: Record<CsvForm, new (tools: DialectTools) => Dialect> = {
  csv: PlainCsv,
  magento: MagentoCsv,
  shopify: ShopifyCsv,
};
const COLUMNS_TOLD = 8;
/** A header is at the start; so much of it is read before anything is decided. */
const HEAD = 64_000;

export interface CsvOptions {
  form: CsvForm | undefined;
  currency: string;
  imageBase: string | undefined;
  now: Date;
}

/** Told as it is read: a row, or what came of rows. */
export type CsvStep = { kind: "row" } | { kind: "found"; found: Found };

/** The products of a CSV file, as its rows come. */
export class CsvProducts {
  readonly notes = new Notes();
  readonly skus = new Skus();
  /** False once the file turned out to have no proper end. */
  complete = true;
  /** What the file turned out to be. */
  format = "CSV";
  readonly #options: CsvOptions;
  readonly #reading = newReading();

  constructor(options: CsvOptions) {
    this.#options = options;
  }

  async *read(input: AsyncIterable<Uint8Array>): AsyncGenerator<CsvStep> {
    const reading = this.#reading;
    const text = textOf(input, reading);
    const start = await startOf(text);
    if (start.includes("\0")) {
      throw unprocessable("IMPORT_NOT_TEXT", "This is no text: save a workbook as CSV, and unpack what is packed");
    }
    const head = headOf(start);
    const layout = layoutOf(head.header, this.#options.form);
    this.format = `${layout.called}, separated by ${head.called}`;
    const dialect = this.#dialect(layout);
    const found = (some: Found[]) => some.map((one): CsvStep => ({ kind: "found", found: one }));

    let header = true;
    for await (const row of csvRows(chain(start, text), head, reading)) {
      if (header) {
        if (!("cells" in row)) throw unprocessable("IMPORT_COLUMNS_UNKNOWN", `The first line: ${row.problem}`);
        header = false;
        continue;
      }
      if (!("cells" in row)) {
        if (row.end) this.complete = false;
        else yield { kind: "row" };
        yield* found([row.end ? told(row.line, row.problem) : refused(row.line, row.problem)]);
        continue;
      }
      // Half a row is no row: neither read nor refused.
      if (row.open && (reading.broke || row.cells.length < layout.width)) {
        this.complete = false;
        yield* found([told(row.line, BREAKS_OFF)]);
        continue;
      }
      yield { kind: "row" };
      const problem = problemOf(row, layout, reading.replaced);
      yield* found(problem ? [refused(row.line, problem)] : dialect.take(cellsOf(row, layout)));
    }
    if (reading.broke) this.complete = false;
    yield* found(dialect.end(this.complete));
    this.format += `, ${reading.encoding}`;
    this.#tellMade();
  }

  #dialect({ form, at, unread }: Layout): Dialect {
    const { currency, imageBase, now } = this.#options;
    const { notes, skus } = this;
    if (!at.has("currency")) notes.say(`The file names no currency: its prices were taken as ${currency}`);
    if (unread.length) {
      const some = unread.slice(0, COLUMNS_TOLD).map((name) => (name.length > 60 ? `${name.slice(0, 60)}…` : name));
      const rest = unread.length > COLUMNS_TOLD ? ` and ${unread.length - COLUMNS_TOLD} more` : "";
      notes.say(
        `${unread.length} ${unread.length === 1 ? "column was" : "columns were"} not read: ${some.join(", ")}${rest}`,
      );
    }
    const has = (field: string) => at.has(field);
    return new DIALECTS[form]({ currency, decimals: decimals(currency), has, notes, skus, imageBase, now });
  }

  #tellMade(): void {
    const { made } = this.skus;
    if (made)
      this.notes.say(`${made} SKUs were missing, taken or not fit to be one, and were made from what the row says`);
  }
}

const told = (line: number, reason: string): Found => ({ line, rows: 0, size: 0, told: reason, sku: null });
const refused = (line: number, reason: string): Found => ({ line, rows: 1, size: 0, refused: reason, sku: null });

function problemOf({ cells }: CsvRow & { cells: string[] }, { width }: Layout, replaced: boolean): string | null {
  const extra = cells.length > width && cells.slice(width).some((cell) => cell.trim() !== "");
  if (cells.length < width || extra) return `The row has ${cells.length} columns, the first line ${width}`;
  if (replaced && cells.some((cell) => cell.includes("\ufffd"))) return "Some characters of the row are not UTF-8";
  return null;
}

function cellsOf({ line, cells }: CsvRow & { cells: string[] }, { at, attributes }: Layout): Cells {
  const said = attributes.map(({ name, at: place }) => [name, cells[place]?.trim() ?? ""]).filter(([, value]) => value);
  return {
    line,
    get: (field) => cells[at.get(field) ?? -1]?.trim() ?? "",
    has: (field) => at.has(field),
    attributes: Object.fromEntries(said),
  };
}

async function startOf(text: AsyncGenerator<string>): Promise<string> {
  let start = "";
  while (start.length < HEAD) {
    const { value, done } = await text.next();
    if (done) break;
    start += value;
  }
  return start;
}

async function* chain(start: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield start;
  yield* rest;
}
