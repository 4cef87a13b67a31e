import { type Line, readLines } from "./lines.ts";
import { type Row, readRow } from "./product-row.ts";

/** What came of a line: a row, a reason, or the half of a line at which the input broke off. */
export type JsonStep = { line: number; size: number } & (
  | { row: Row }
  | { refused: string; sku: string | null }
  | { breaksOff: true }
);

/** The rows of JSON Lines; blank lines are none. */
export async function* jsonRows(
  input: AsyncIterable<Uint8Array>,
  currency: string,
  broke: () => void,
): AsyncGenerator<JsonStep> {
  for await (const line of readLines(input, broke)) {
    const { number, text } = line;
    if (text !== null && text.trim() === "") continue;
    yield { line: number, size: text?.length ?? 0, ...stepOf(line, currency) };
  }
}

function stepOf({ text, problem, open }: Line, currency: string) {
  const read = text === null ? { refused: problem ?? "", sku: null } : readRow(text, currency);
  // Half a row is no row: neither read nor refused.
  return open && "refused" in read && !isJson(text) ? { breaksOff: true as const } : read;
}

function isJson(text: string | null): boolean {
  try {
    JSON.parse(text ?? "");
    return true;
  } catch {
    return false;
  }
}
