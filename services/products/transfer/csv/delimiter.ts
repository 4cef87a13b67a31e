import { parse } from "csv-parse/sync";
import { knownIn } from "./columns.ts";

const DELIMITERS = { ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars" };
export type Delimiter = keyof typeof DELIMITERS;

export interface Head {
  delimiter: Delimiter;
  /** As people say it: `commas`. */
  called: string;
  header: string[];
  /** The first line that is not the spreadsheet's own `sep=;`. */
  fromLine: number;
}

/** The header and what separates its columns: whatever finds the most names that are known, else the most columns. */
export function headOf(text: string): Head {
  const fromLine = /^"?sep=.?"?\n/i.test(text) ? 2 : 1;
  const heads = (Object.keys(DELIMITERS) as Delimiter[]).map((delimiter) => {
    const header = firstRow(text, delimiter, fromLine);
    return { delimiter, called: DELIMITERS[delimiter], header, fromLine, known: knownIn(header) };
  });
  const [{ known: _, ...best }] = heads.sort((a, b) => b.known - a.known || b.header.length - a.header.length) as [
    (typeof heads)[number],
  ];
  return best;
}

function firstRow(text: string, delimiter: Delimiter, from_line: number): string[] {
  const options = { delimiter, from_line, record_delimiter: "\n", to: 1, relax_quotes: true, skip_empty_lines: true };
  try {
    return (parse(text, { ...options, relax_column_count: true }) as string[][])[0] ?? [];
  } catch {
    return [];
  }
}
