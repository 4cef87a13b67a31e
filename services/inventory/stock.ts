import type { Filter, Operators } from "../../mixins/store/collection.ts";
import { timeOf } from "../shared/ids.ts";
import type { StockLevel, StockLine } from "./inventory.contract.ts";
import type { Hold, Stock } from "./stock.documents.ts";

/** A guarded write: it changes the stock only where the guard holds, and so only once. */
export interface Write {
  guard: Filter;
  operators: Operators;
}

const DAY = 24 * 3600_000;
/** How long the end of a hold is remembered, so that a repeat is told from a conflict. */
export const REMEMBERED = 7 * DAY;
/** What ended until then is remembered no longer. */
export const forgottenAt = (at: Date): string => new Date(at.getTime() - REMEMBERED).toISOString();
/** Whether the end of this order's hold may be forgotten: nothing of it ended before the order was made. */
export function mayBeForgotten(orderId: string, at: Date): boolean {
  const made = timeOf(orderId);
  // Clocks of nodes may differ.
  return made === null || made < at.getTime() - REMEMBERED + DAY;
}
/** There is one location until shops ask for more. */
export const LOCATION = "main";
export const stockId = (sku: string): string => `${LOCATION}:${sku}`;

const later = (at: Date, milliseconds: number): string => new Date(at.getTime() + milliseconds).toISOString();
const ended = (quantity: number, state: Hold["state"], at: Date): Hold => ({
  quantity,
  state,
  at: at.toISOString(),
  expiresAt: null,
});

/** Demand for each SKU, so that two lines of one order cannot both pass on the same units. */
export function sumBySku(lines: readonly StockLine[]): StockLine[] {
  const demand = new Map<string, number>();
  for (const { sku, quantity } of lines) demand.set(sku, (demand.get(sku) ?? 0) + quantity);
  return [...demand].map(([sku, quantity]) => ({ sku, quantity })).sort((a, b) => (a.sku < b.sku ? -1 : 1));
}

/** A stock as it stood when the archive was searched: nothing may have left for there since. */
type Searched = Pick<Stock, "archives">;

/** Fits where no hold of this order has ever been: an order after all that are archived, or one that was searched for. */
const isNew = (orderId: string, searched?: Searched): Filter => ({
  [`holds.${orderId}`]: { $exists: false },
  ...(searched ? { archives: searched.archives } : { archivedUpTo: { $lt: orderId } }),
});

/** Reserves units that are available, for an order that has no hold here yet. */
export const hold = (
  orderId: string,
  quantity: number,
  expiresAt: string | null,
  at: Date,
  searched?: Searched,
): Write => ({
  guard: { available: { $gte: quantity }, ...isNew(orderId, searched) },
  operators: {
    $inc: { available: -quantity, reserved: quantity },
    $set: { [`holds.${orderId}`]: { quantity, state: "held", at: at.toISOString(), expiresAt } },
    // Expiry where there is one, and in any case the forgetting.
    $min: { dueAt: expiresAt ?? later(at, REMEMBERED) },
  },
});

/** Held units leave the house. */
export const commit = (orderId: string, quantity: number, at: Date): Write => ({
  guard: { [`holds.${orderId}.state`]: "held", [`holds.${orderId}.quantity`]: quantity },
  operators: {
    $inc: { onHand: -quantity, reserved: -quantity },
    $set: { [`holds.${orderId}`]: ended(quantity, "committed", at) },
  },
});

/** Held units may be promised again. */
export const release = (
  orderId: string,
  quantity: number,
  at: Date,
  as: "released" | "expired" = "released",
): Write => ({
  guard: { [`holds.${orderId}.state`]: "held", [`holds.${orderId}.quantity`]: quantity },
  operators: {
    $inc: { available: quantity, reserved: -quantity },
    $set: { [`holds.${orderId}`]: ended(quantity, as, at) },
  },
});

/** Why an order holds nothing: it was given up, or there was not enough. */
export type NothingHeld = "released" | "refused";

/** Marks an order that never held anything here, so that a hold that comes late takes nothing. */
export const refuseLater = (orderId: string, as: NothingHeld, at: Date, searched?: Searched): Write => ({
  guard: isNew(orderId, searched),
  operators: {
    $set: { [`holds.${orderId}`]: ended(0, as, at) },
    $min: { dueAt: later(at, REMEMBERED) },
  },
});

/** Committed units come back. */
export const restock = (orderId: string, quantity: number, at: Date): Write => ({
  guard: { [`holds.${orderId}.state`]: "committed", [`holds.${orderId}.quantity`]: quantity },
  operators: {
    $inc: { onHand: quantity, available: quantity },
    $set: { [`holds.${orderId}`]: ended(quantity, "restocked", at) },
  },
});

/** Units whose commit is archived come back. */
export const restockArchived = (orderId: string, quantity: number, at: Date, searched: Searched): Write => ({
  guard: isNew(orderId, searched),
  operators: { ...restock(orderId, quantity, at).operators, $min: { dueAt: later(at, REMEMBERED) } },
});

/** Counts units in or out, once for a key that was searched for; units that are reserved stay. */
export const adjust = (key: string, delta: number, at: Date, { archives }: Searched): Write => ({
  guard: { available: { $gte: Math.max(0, -delta) }, [`adjustments.${key}`]: { $exists: false }, archives },
  operators: {
    $inc: { onHand: delta, available: delta },
    $set: { [`adjustments.${key}`]: at.toISOString() },
    $min: { dueAt: later(at, REMEMBERED) },
  },
});

/** Held units whose time is up, by order. */
export const overdue = (stock: Stock, at: Date): [orderId: string, hold: Hold][] =>
  Object.entries(stock.holds).filter(
    ([, { state, expiresAt }]) => state === "held" && expiresAt !== null && expiresAt <= at.toISOString(),
  );

/** Forgets what ended more than a week ago and says when to look again; null: nothing is left to look for. */
export function forget(stock: Stock, at: Date): { keys: string[]; next: string | null } {
  const old = forgottenAt(at);
  const keys: string[] = [];
  let next: string | null = null;
  const look = (moment: string) => {
    if (next === null || moment < next) next = moment;
  };
  for (const [orderId, { state, at: ended, expiresAt }] of Object.entries(stock.holds)) {
    if (state === "held") look(expiresAt ?? later(at, REMEMBERED));
    else if (ended <= old) keys.push(`holds.${orderId}`);
    else look(later(new Date(ended), REMEMBERED));
  }
  for (const [key, made] of Object.entries(stock.adjustments)) {
    if (made <= old) keys.push(`adjustments.${key}`);
    else look(later(new Date(made), REMEMBERED));
  }
  // What is archived must be forgotten, too.
  if (stock.archives > 0) look(later(at, REMEMBERED));
  return { keys, next };
}

/** What ends the work on a stock that is due: what is old is forgotten, a crowd leaves, and the next look is set. */
export function tidied(stock: Stock, crowd: (Write & { keys: string[]; more: boolean }) | null, at: Date): Operators {
  const { keys, next: look } = forget(stock, at);
  const next = crowd?.more ? at.toISOString() : look;
  const gone = [...(crowd?.keys ?? []), ...keys, ...(next ? [] : ["dueAt"])];
  return {
    ...crowd?.operators,
    $set: { leased: false, ...(next ? { dueAt: next } : {}) },
    ...(gone.length ? { $unset: Object.fromEntries(gone.map((key) => [key, ""])) } : {}),
  };
}

/** The stock of a SKU over all its locations. */
export function level(sku: string, stocks: readonly Stock[]): StockLevel {
  const locations = stocks.map(({ location, onHand, reserved, available }) => ({
    location,
    onHand,
    reserved,
    available,
  }));
  const total = (field: "onHand" | "reserved" | "available") =>
    locations.reduce((units, location) => units + location[field], 0);
  return { sku, onHand: total("onHand"), reserved: total("reserved"), available: total("available"), locations };
}

const heldIn = ({ holds }: Stock): number =>
  Object.values(holds).reduce((units, { state, quantity }) => units + (state === "held" ? quantity : 0), 0);

/** Counts reserved and available anew from the open holds; null where nothing is wrong or more is held than there is. */
export function mend(stock: Stock): Write | null {
  const reserved = heldIn(stock);
  const available = stock.onHand - reserved;
  if (available < 0 || (reserved === stock.reserved && available === stock.available)) return null;
  return { guard: { rev: stock.rev }, operators: { $set: { reserved, available } } };
}

/** What does not add up in one stock document, in words. */
export function faults(stock: Stock, moved: number): [rule: string, detail: string][] {
  const { onHand, reserved, available } = stock;
  const open = heldIn(stock);
  const found: [string, string][] = [];
  if (onHand - reserved !== available) found.push(["available", `${onHand} − ${reserved} is not ${available}`]);
  if (open !== reserved) found.push(["reserved", `open holds are ${open}, reserved is ${reserved}`]);
  if (moved !== onHand) found.push(["onHand", `movements sum to ${moved}, on hand is ${onHand}`]);
  return found;
}
