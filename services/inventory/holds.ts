import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import type { Collection, Events } from "../../mixins/store/collection.ts";
import { event } from "../cluster.ts";
import { conflict, notFound, unavailable } from "../shared/errors.ts";
import type { Endings } from "./endings.ts";
import type { HoldState, StockLine } from "./inventory.contract.ts";
import { isCrowded, leaving } from "./leaving.ts";
import type { Movement, Stock } from "./stock.documents.ts";
import * as rule from "./stock.ts";

interface Moved {
  kind: "open" | "adjust" | "commit" | "restock";
  delta: number;
  orderId?: string;
  reason?: string;
}
type Known = { quantity: number; state: string };

/** Each lost try is another's write in between. */
const TRIES = 20;
const ROUNDS = 3;

/**
 * What a change tells: whoever shows stock hears what is available, the movements hear what came or went. A SKU may be
 * any text, colons and all, so what names the event's kind stands before it, and a version behind it.
 */
export function tell({ id, sku, location, available, rev }: Stock, moved?: Moved): DurableEvent[] {
  // A commit moves goods that were promised already.
  const changed = moved?.kind === "commit" ? [] : [{ sku, location, available, rev }];
  const events = changed.map((payload) => event("stock.changed", `changed:${id}:${rev}`, payload));
  if (!moved) return events;
  const { kind, delta, orderId = null, reason = null } = moved;
  const movement = movementId(kind, sku, orderId ?? rev);
  return [
    ...events,
    event("stock.moved", `moved:${movement}`, { id: movement, sku, location, kind, delta, orderId, reason }),
  ];
}

/**
 * Of an order by its id, which has no colon, so that a repeat is known for ever; of an adjustment by the version that it
 * made, since its key may come again when it is forgotten.
 */
function movementId(kind: Moved["kind"], sku: string, of: string | number): string {
  if (kind === "open") return `open:${sku}`;
  return kind === "adjust" ? `adjust:${of}:${sku}` : `${of}:${kind}:${sku}`;
}

const told =
  (moved?: Moved) =>
  (stock: Stock): DurableEvent[] =>
    tell(stock, moved);

/** One line's holds and adjustments: guarded writes of its stock, which knows what is open and what ended last. */
export class Holds {
  readonly #stock: Collection<Stock>;
  readonly #endings: Endings;
  readonly #movements: Pick<Collection<Movement>, "getMany">;

  constructor(stock: Collection<Stock>, endings: Endings, movements: Pick<Collection<Movement>, "getMany">) {
    this.#stock = stock;
    this.#endings = endings;
    this.#movements = movements;
  }

  /** Null where the units are held, also before; else how many there are. */
  async hold(orderId: string, { sku, quantity }: StockLine, expiresAt: string | null): Promise<number | null> {
    const take = (searched?: Stock) => {
      const write = rule.hold(orderId, quantity, expiresAt, new Date(), searched);
      return this.#write(sku, write, told());
    };
    if (await take()) return null;
    for (let tries = 0; tries < TRIES; tries++) {
      const { stock, known } = await this.#look(sku, orderId);
      if (known?.quantity === quantity && ["held", "committed"].includes(known.state)) return null;
      // Who asks again, since the answer was lost, hears the same.
      if (known?.state === "refused") return stock?.available ?? 0;
      if (known) throw conflict("HOLD_CLOSED", `The hold of this order on ${sku} has ended`, { orderId, sku });
      if (!stock || stock.available < quantity) return stock?.available ?? 0;
      if (await take(stock)) return null;
    }
    throw busy(sku);
  }

  /** Held units leave the house; a repeat finds that done. */
  async commit(orderId: string, { sku, quantity }: StockLine): Promise<void> {
    const events = told({ kind: "commit", delta: -quantity, orderId });
    if (await this.#end(sku, rule.commit(orderId, quantity, new Date()), events)) return;
    const { known } = await this.#look(sku, orderId);
    if (known?.state === "committed" && known.quantity === quantity) return;
    const data = { orderId, sku, state: known?.state ?? null };
    throw conflict("HOLD_STATE_CONFLICT", `The order's hold on ${sku} cannot become committed`, data);
  }

  /** Whatever the hold has come to in the meantime, one of these guards fits it, or it has ended already. */
  async release(orderId: string, { sku, quantity }: StockLine, as: rule.NothingHeld = "released"): Promise<void> {
    const at = new Date();
    const restocked = told({ kind: "restock", delta: quantity, orderId });
    const ways: [rule.Write, Events<Stock>][] = [
      [rule.release(orderId, quantity, at), told()],
      [rule.restock(orderId, quantity, at), restocked],
    ];
    // Of an old order only the movements may know that it held anything.
    if (!rule.mayBeForgotten(orderId, at)) ways.splice(1, 0, [rule.refuseLater(orderId, as, at), []]);
    for (let tries = 0; tries < TRIES; tries++) {
      for (const [write, events] of ways) if (await this.#end(sku, write, events)) return;
      const { stock, known } = await this.#look(sku, orderId);
      const isOpen = known?.quantity === quantity && ["held", "committed"].includes(known.state);
      if (!stock || (known && !isOpen)) return;
      // A late hold or commit came between two of the ways.
      if (stock.holds[orderId]) continue;
      const [late, events]: [rule.Write, Events<Stock>] = known
        ? [rule.restockArchived(orderId, quantity, at, stock), restocked]
        : [rule.refuseLater(orderId, as, at, stock), []];
      if (await this.#end(sku, late, events)) return;
    }
    throw busy(sku);
  }

  /** Counts units in or out, once for the key. */
  async adjust(key: string, { sku, delta, reason }: { sku: string; delta: number; reason: string }): Promise<void> {
    const events = told({ kind: "adjust", delta, reason });
    for (let tries = 0; tries < TRIES; tries++) {
      const stock = await this.#stock.get(rule.stockId(sku));
      if (!stock) throw notFound("SKU_NOT_FOUND", `There is no stock of ${sku}`, { sku });
      if (Object.hasOwn(stock.adjustments, key) || (await this.#endings.hasAdjustment(stock, key))) return;
      if (await this.#end(sku, rule.adjust(key, delta, new Date(), stock), events)) return;
      const { available } = stock;
      if (available + delta < 0) {
        throw conflict("STOCK_INSUFFICIENT", `Only ${available} of ${sku} can be taken out`, { sku, available });
      }
    }
    throw busy(sku);
  }

  /** What this order holds of the SKUs, or how its holds ended. */
  async of(orderId: string, skus: string[]): Promise<{ sku: string; quantity: number; state: HoldState }[]> {
    const stocks = await this.#stock.getMany(skus.map(rule.stockId));
    const gone = stocks.filter(({ holds }) => !holds[orderId]);
    const endings = await this.#endings.ofOrderIn(gone, orderId);
    return stocks.flatMap(({ id, sku, holds }) => {
      const hold = holds[orderId] ?? endings.get(id);
      return hold ? [{ sku, quantity: hold.quantity, state: hold.state as HoldState }] : [];
    });
  }

  /** Gives back what was held for too long, archives a crowd of ends, forgets what ended long ago. */
  async tidy(claimed: Stock & { fence: number }): Promise<void> {
    const { id, sku, fence } = claimed;
    const at = new Date();
    for (const [orderId, { quantity }] of rule.overdue(claimed, at)) {
      await this.#write(sku, rule.release(orderId, quantity, at, "expired"), told());
    }
    // Before the stocks forget: a restock that is forgotten must not leave the commit before it in the archive.
    await this.#endings.forget(rule.forgottenAt(at));
    for (let round = 0; round < ROUNDS; round++) {
      const stock = await this.#stock.get(id);
      if (!stock) return;
      const crowd = leaving(stock, at);
      if (crowd) await this.#endings.keep(crowd.endings);
      if (await this.#stock.change(id, { fence, rev: stock.rev }, rule.tidied(stock, crowd, at))) return;
      // It was changed in between: what leaves is still the same, and the claim's end brings the rest of this work back.
      if (!crowd) return;
      const operators = { ...crowd.operators, $set: { leased: false } };
      if (await this.#stock.change(id, { fence, ...crowd.guard }, operators)) return;
    }
  }

  /** The stock first: what has left it by then is in the archive. */
  async #look(sku: string, orderId: string): Promise<{ stock: Stock | null; known: Known | null }> {
    const stock = await this.#stock.get(rule.stockId(sku));
    if (!stock) return { stock, known: null };
    const known = stock.holds[orderId] ?? (await this.#endings.ofOrder(stock, orderId));
    return { stock, known: known ?? (await this.#moved(sku, orderId)) };
  }

  /** What this order did to the stock, after all else about it has been forgotten: movements are kept for ever. */
  async #moved(sku: string, orderId: string): Promise<Known | null> {
    if (!rule.mayBeForgotten(orderId, new Date())) return null;
    const ids = (["commit", "restock"] as const).map((kind) => movementId(kind, sku, orderId));
    const found = await this.#movements.getMany(ids);
    const [out, back] = ids.map((id) => found.find((movement) => movement.id === id));
    return out ? { quantity: -out.delta, state: back ? "restocked" : "committed" } : null;
  }

  #write(sku: string, { guard, operators }: rule.Write, events: Events<Stock>): Promise<Stock | null> {
    return this.#stock.change(rule.stockId(sku), guard, operators, events);
  }

  /** A write that ends something; where that makes a crowd, it is work that is due now. */
  async #end(sku: string, write: rule.Write, events: Events<Stock>): Promise<Stock | null> {
    const changed = await this.#write(sku, write, events);
    const now = new Date().toISOString();
    if (changed && !changed.leased && changed.dueAt && changed.dueAt > now && isCrowded(changed)) {
      // Who was first has called already.
      const call = { leased: { $ne: true }, dueAt: { $gt: now } };
      await this.#stock.change(changed.id, call, { $set: { dueAt: now } });
    }
    return changed;
  }
}

const busy = (sku: string) => unavailable("STOCK_BUSY", `Too many write to the stock of ${sku} at once`, { sku });
