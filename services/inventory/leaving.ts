import type { Draft } from "../../mixins/store/collection.ts";
import { sha256 } from "../shared/ids.ts";
import type { Ending, Stock } from "./stock.documents.ts";
import { forgottenAt, type Write } from "./stock.ts";

/** So many that ended may stay in a stock document: it is written anew with every change. */
export const CROWD = 32;
/** So many of the last stay when the others leave: their repeats come soon, and orders begun with them are still new. */
export const STAY = 8;
/** So many leave in one write. */
const AT_ONCE = 200;

/** Where the end of an order's hold is archived; an order's id has no colon. */
export const holdEnding = (stockId: string, orderId: string): string => `${orderId}:${stockId}`;
/** Where an adjustment is archived; its key may be any text. */
export const adjustmentEnding = (stockId: string, key: string): string => `adjusted:${sha256(key)}:${stockId}`;

/** Whether a hold of this order may be in the archive. */
export const mayBeArchived = (stock: Stock, orderId: string): boolean => orderId <= stock.archivedUpTo;

const endedIn = ({ holds }: Stock) => Object.entries(holds).filter(([, { state }]) => state !== "held");

/** Whether more has ended here than may stay. */
export const isCrowded = (stock: Stock): boolean =>
  endedIn(stock).length > CROWD || Object.keys(stock.adjustments).length > CROWD;

/** What leaves a stock: copies for the archive, and the write that fits only while they are true. */
export interface Leaving extends Write {
  endings: Draft<Ending>[];
  keys: string[];
  /** More is to leave than one write takes. */
  more: boolean;
}

/** All but the last of what ended, where that has become a crowd; null where nothing leaves. */
export function leaving(stock: Stock, at: Date): Leaving | null {
  if (!isCrowded(stock)) return null;
  const old = forgottenAt(at);
  const holds = allButLast(endedIn(stock), ([orderId]) => orderId).filter(([, hold]) => hold.at > old);
  const adjustments = allButLast(Object.entries(stock.adjustments), ([, made]) => made).filter(
    ([, made]) => made > old,
  );
  if (holds.length + adjustments.length === 0) return null;
  const keys = [...holds.map(([orderId]) => `holds.${orderId}`), ...adjustments.map(([key]) => `adjustments.${key}`)];
  return {
    keys,
    more: holds.length === AT_ONCE || adjustments.length === AT_ONCE,
    endings: [
      ...holds.map(([orderId, { quantity, state, at }]) => ({
        id: holdEnding(stock.id, orderId),
        quantity,
        state: state as Ending["state"],
        at,
      })),
      ...adjustments.map(([key, at]) => ({
        id: adjustmentEnding(stock.id, key),
        quantity: 0,
        state: "adjusted" as const,
        at,
      })),
    ],
    // A commit may still become a restock.
    guard: Object.fromEntries(holds.map(([orderId, { state }]) => [`holds.${orderId}.state`, state])),
    operators: {
      $unset: Object.fromEntries(keys.map((key) => [key, ""])),
      $inc: { archives: 1 },
      ...(holds.length ? { $max: { archivedUpTo: holds.at(-1)?.[0] } } : {}),
    },
  };
}

/** The oldest, in their order, up to as many as may leave at once. */
function allButLast<T>(entries: T[], keyOf: (entry: T) => string): T[] {
  const sorted = entries.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return sorted.slice(0, Math.max(0, Math.min(AT_ONCE, sorted.length - STAY)));
}
