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

/** Two carts as one: quantities add; what passes a limit is set aside and named, never dropped. */
export function merge(into: readonly Wanted[], from: readonly Wanted[]): { lines: Wanted[]; setAside: Wanted[] } {
  const lines = new Map(into.map(({ sku, quantity }) => [sku, quantity]));
  const setAside: Wanted[] = [];
  for (const { sku, quantity } of from) {
    const known = lines.get(sku);
    const room = known === undefined && lines.size >= MOST_LINES ? 0 : MOST_OF_A_LINE - (known ?? 0);
    const fits = Math.min(quantity, Math.max(room, 0));
    if (fits > 0) lines.set(sku, (known ?? 0) + fits);
    if (fits < quantity) setAside.push({ sku, quantity: quantity - fits });
  }
  return { lines: [...lines].map(([sku, quantity]) => ({ sku, quantity })), setAside };
}

/** What was set aside, with more of it, summed for each SKU. */
export function addUp(setAside: readonly Wanted[], more: readonly Wanted[]): Wanted[] {
  const all = new Map<string, number>();
  for (const { sku, quantity } of [...setAside, ...more]) all.set(sku, (all.get(sku) ?? 0) + quantity);
  return [...all].map(([sku, quantity]) => ({ sku, quantity }));
}

const missing = (sku: string) => notFound("LINE_NOT_FOUND", `${sku} is not in this cart`, { sku });
