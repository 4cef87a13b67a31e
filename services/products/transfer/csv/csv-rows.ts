import { Readable } from "node:stream";
import { type CsvError, type Info, parse } from "csv-parse";
import { BREAKS_OFF, LONGEST_LINE } from "../lines.ts";
import type { Head } from "./delimiter.ts";
import type { Reading } from "./encoding.ts";

const NEVER_CLOSED = "A quote that opens in this row is never closed: nothing after it can be read";
const MISQUOTED = "A quoted cell in this row is followed by more than the next column: nothing after it can be read";
const TOO_LONG = "The row is longer than 900,000 bytes, or a quote in it is never closed: nothing after it can be read";
const WILD_QUOTE = "A quote stands in a cell that is not quoted: quote the cell, and write the quote twice";

/** A row by the line of the file on which it starts, or what is wrong there: `end` where nothing more can be read. */
export type CsvRow = { line: number; cells: string[]; open: boolean } | { line: number; problem: string; end: boolean };

/** The rows, the header first, in constant memory. */
export async function* csvRows(text: AsyncIterable<string>, head: Head, reading: Reading): AsyncGenerator<CsvRow> {
  const errors: CsvError[] = [];
  const parser = parse({
    ...{ delimiter: head.delimiter, record_delimiter: "\n", from_line: head.fromLine, max_record_size: LONGEST_LINE },
    ...{ info: true, relax_column_count: true, skip_empty_lines: true, skip_records_with_error: true },
    // To throw here would lose the rows that are on their way.
    on_skip: (error) => {
      if (error) errors.push(error);
      return undefined;
    },
  });
  const source = Readable.from(text);
  source.on("error", (error) => parser.destroy(error)).pipe(parser);

  let after = { line: head.fromLine, blank: 0 };
  const problem = (error: CsvError): CsvRow => {
    const { lines, empty_lines } = error as CsvError & Info;
    if (error.code === "INVALID_OPENING_QUOTE") return { line: lines, problem: WILD_QUOTE, end: false };
    return { line: after.line + empty_lines - after.blank, problem: reasonOf(error, reading), end: true };
  };
  /** What went wrong above this line, each row once. */
  const problems = (above: number): CsvRow[] => {
    const there = errors.findIndex((error) => (error as CsvError & Info).lines >= above);
    const found = errors.splice(0, there === -1 ? errors.length : there).map(problem);
    return found.filter(({ line }, at) => line !== found[at - 1]?.line);
  };

  try {
    let held: CsvRow | null = null;
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      const line = info.lines - record.reduce((sum, cell) => sum + cell.split("\n").length - 1, 0);
      if (held) yield held;
      held = null;
      for (const found of problems(line)) {
        yield found;
        if ("end" in found && found.end) return;
      }
      after = { line: info.lines + 1, blank: info.empty_lines };
      held = { line, cells: record, open: false };
    }
    if (held) yield { ...held, open: reading.open && errors.length === 0 };
    yield* problems(Number.POSITIVE_INFINITY);
  } finally {
    source.destroy();
    parser.destroy();
  }
}

function reasonOf({ code }: CsvError, { broke }: Reading): string {
  if (code === "CSV_QUOTE_NOT_CLOSED") return broke ? BREAKS_OFF : NEVER_CLOSED;
  return code === "CSV_MAX_RECORD_SIZE" ? TOO_LONG : MISQUOTED;
}
