import { Endings } from "../../services/inventory/endings.ts";
import { Holds } from "../../services/inventory/holds.ts";
import { CROWD } from "../../services/inventory/leaving.ts";
import {
  type Ending,
  endingsSpec,
  type Movement,
  type Stock,
  stockSpec,
} from "../../services/inventory/stock.documents.ts";
import { faults, REMEMBERED, stockId } from "../../services/inventory/stock.ts";
import { MemoryCollection } from "./memory-collection.ts";

export const SKU = "A";
const ID = stockId(SKU);
const SOON = () => new Date(Date.now() + 30_000).toISOString();

/** One SKU's stock and its archive in memory, as any number of nodes share them. */
export class StockOfOne {
  readonly stock = new MemoryCollection<Stock>(stockSpec);
  readonly endings = new MemoryCollection<Ending>(endingsSpec);
  readonly holds = new Holds(this.stock.asCollection(), new Endings(this.endings.asCollection()), {
    getMany: async (ids) => this.movements().filter(({ id }) => ids.includes(id)) as Movement[],
  });
  readonly #onHand: number;
  #fillers = 0;

  private constructor(onHand: number) {
    this.#onHand = onHand;
  }

  static async of(onHand: number): Promise<StockOfOne> {
    const made = new StockOfOne(onHand);
    const figures = { sku: SKU, location: "main", onHand, reserved: 0, available: onHand };
    await made.stock.insert({ id: ID, ...figures, holds: {}, adjustments: {}, archivedUpTo: "", archives: 0 });
    return made;
  }

  /** Runs before each read and write of either collection. */
  set before(work: () => Promise<void>) {
    this.stock.before = work;
    this.endings.before = work;
  }

  get document(): Stock {
    return this.stock.docs.get(ID) as Stock;
  }

  get endedHere(): number {
    return Object.values(this.document.holds).filter(({ state }) => state !== "held").length;
  }

  /** As many ended holds as make a crowd, of orders whose ids begin so; they held nothing. */
  async crowd(prefix: string, at = new Date().toISOString()): Promise<void> {
    const ended = { quantity: 0, state: "released", at, expiresAt: null };
    const orders = Array.from({ length: CROWD + 1 }, () => `${prefix}-${String(++this.#fillers).padStart(6, "0")}`);
    await this.stock.change(ID, {}, { $set: Object.fromEntries(orders.map((order) => [`holds.${order}`, ended])) });
  }

  /** What has ended is a week old, and is forgotten. */
  async aWeekPasses(): Promise<void> {
    const longAgo = new Date(Date.now() - REMEMBERED).toISOString();
    for (const ending of this.endings.docs.values()) ending.at = longAgo;
    for (const hold of Object.values(this.document.holds)) if (hold.state !== "held") hold.at = longAgo;
    for (const key of Object.keys(this.document.adjustments)) this.document.adjustments[key] = longAgo;
    await this.tidy();
  }

  /** What a node does that has claimed the stock's due work. */
  async tidy(): Promise<void> {
    const claimed = await this.stock.change(ID, {}, { $set: { dueAt: SOON(), leased: true }, $inc: { fence: 1 } });
    await this.holds.tidy(claimed as Stock & { fence: number });
  }

  /** What was told of goods that came or went; it counts once for its id. */
  movements(): Pick<Movement, "id" | "kind" | "delta">[] {
    const told = this.stock.told.filter(({ name }) => name === "stock.moved");
    const movements = told.map(({ payload }) => payload as Movement);
    return [...new Map(movements.map((movement) => [movement.id, movement])).values()];
  }

  /** What does not add up. */
  faults(): [rule: string, detail: string][] {
    return faults(
      this.document,
      this.movements().reduce((sum, { delta }) => sum + delta, this.#onHand),
    );
  }
}
