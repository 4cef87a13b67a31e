import { invalid, notFound, unprocessable } from "../shared/errors.ts";

/** What a shopper wants of a SKU; the rest of a line is looked up. */
export interface Wanted {
  sku: string;
  quantity: number;
}

/** What a cart takes: different SKUs, and of each of them. What was taken under wider limits stays. */
export interface Limits {
  maxLines: number;
  maxQuantity: number;
}

/** The lines with `quantity` more of the SKU. */
export function add(lines: readonly Wanted[], { sku, quantity }: Wanted, limits: Limits): Wanted[] {
  const line = lines.find((known) => known.sku === sku);
  const total = (line?.quantity ?? 0) + quantity;
  assertQuantity(total, limits);
  if (line) return lines.map((known) => (known === line ? { sku, quantity: total } : known));
  if (lines.length >= limits.maxLines) {
    throw unprocessable("CART_FULL", `A cart takes at most ${limits.maxLines} lines`);
  }
  return [...lines, { sku, quantity }];
}

/** The lines with exactly `quantity` of a SKU that is among them. */
export function set(lines: readonly Wanted[], wanted: Wanted, limits: Limits): Wanted[] {
  if (!lines.some(({ sku }) => sku === wanted.sku)) throw missing(wanted.sku);
  assertQuantity(wanted.quantity, limits);
  return lines.map((line) => (line.sku === wanted.sku ? wanted : line));
}

/** The lines without the SKU; taking out what is not there is a repeat and harmless. */
export const remove = (lines: readonly Wanted[], sku: string): Wanted[] => lines.filter((line) => line.sku !== sku);

/** Two carts as one: quantities add; what passes a limit is set aside and named, never dropped. */
export function merge(
  into: readonly Wanted[],
  from: readonly Wanted[],
  { maxLines, maxQuantity }: Limits,
): { lines: Wanted[]; setAside: Wanted[] } {
  const lines = new Map(into.map(({ sku, quantity }) => [sku, quantity]));
  const setAside: Wanted[] = [];
  for (const { sku, quantity } of from) {
    const known = lines.get(sku);
    const room = known === undefined && lines.size >= maxLines ? 0 : maxQuantity - (known ?? 0);
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

function assertQuantity(quantity: number, { maxQuantity }: Limits): void {
  if (quantity <= maxQuantity) return;
  throw invalid([{ path: ["quantity"], message: `At most ${maxQuantity} of one SKU; ${quantity} were asked for` }]);
}

const missing = (sku: string) => notFound("LINE_NOT_FOUND", `${sku} is not in this cart`, { sku });
