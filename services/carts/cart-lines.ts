import { invalid, notFound, unprocessable } from "../shared/errors.ts";

/** What a shopper wants of a SKU; the rest of a line is looked up. */
export interface Wanted {
  sku: string;
  quantity: number;
}

export const MOST_LINES = 100;
export const MOST_OF_A_LINE = 10_000;

/** The lines with `quantity` more of the SKU. */
export function add(lines: readonly Wanted[], { sku, quantity }: Wanted): Wanted[] {
  const line = lines.find((known) => known.sku === sku);
  const total = (line?.quantity ?? 0) + quantity;
  if (total > MOST_OF_A_LINE) {
    throw invalid([{ path: ["quantity"], message: `At most ${MOST_OF_A_LINE} of one SKU; ${total} were asked for` }]);
  }
  if (line) return lines.map((known) => (known === line ? { sku, quantity: total } : known));
  if (lines.length >= MOST_LINES) throw unprocessable("CART_FULL", `A cart takes at most ${MOST_LINES} lines`);
  return [...lines, { sku, quantity }];
}

/** The lines with exactly `quantity` of a SKU that is among them. */
export function set(lines: readonly Wanted[], wanted: Wanted): Wanted[] {
  if (!lines.some(({ sku }) => sku === wanted.sku)) throw missing(wanted.sku);
  return lines.map((line) => (line.sku === wanted.sku ? wanted : line));
}

/** The lines without the SKU; taking out what is not there is a repeat and harmless. */
export const remove = (lines: readonly Wanted[], sku: string): Wanted[] => lines.filter((line) => line.sku !== sku);

const missing = (sku: string) => notFound("LINE_NOT_FOUND", `${sku} is not in this cart`, { sku });
