import type { Collection } from "../../mixins/store/collection.ts";
import type { Movement } from "./stock.documents.ts";

/** A movement is there this long after its time at the latest, whatever the clocks of the nodes say. */
const OVERLAP = 60_000;
const ALL = Number.MAX_SAFE_INTEGER;

/**
 * What the movements of each SKU sum to: read once, then followed as they are written here. What another node wrote
 * is read when it is asked for, and only the last minute of it again and again.
 */
export class MovementSums {
  readonly #movements: Collection<Movement>;
  #sums = new Map<string, number>();
  /** The sum of what was made before `until`. */
  #settled = new Map<string, { sum: number; until: string }>();

  constructor(movements: Collection<Movement>) {
    this.#movements = movements;
    movements.watch(({ sku, delta }) => this.#sums.set(sku, (this.#sums.get(sku) ?? 0) + delta));
  }

  /** As far as this node knows. */
  of(sku: string): number {
    return this.#sums.get(sku) ?? 0;
  }

  /** With what other nodes have written since. */
  async read(sku: string, now = new Date()): Promise<number> {
    const known = this.#settled.get(sku) ?? { sum: 0, until: "" };
    const until = new Date(now.getTime() - OVERLAP).toISOString();
    let { sum } = known;
    let total = sum;
    for (const { delta, createdAt } of await this.#movements.find(
      { sku, createdAt: { $gte: known.until } },
      { limit: ALL },
    )) {
      total += delta;
      if (createdAt < until) sum += delta;
    }
    this.#settled.set(sku, { sum, until });
    this.#sums.set(sku, total);
    return total;
  }

  /** By every movement of the SKU. */
  async readWhole(sku: string): Promise<number> {
    const movements = await this.#movements.find({ sku }, { limit: ALL });
    return movements.reduce((total, { delta }) => total + delta, 0);
  }

  /** By every movement there is, from which the sums are followed. */
  async readAll(now = new Date()): Promise<ReadonlyMap<string, number>> {
    const until = new Date(now.getTime() - OVERLAP).toISOString();
    const sums = new Map<string, number>();
    const settled = new Map<string, { sum: number; until: string }>();
    for await (const movements of this.#movements.all()) {
      for (const { sku, delta, createdAt } of movements) {
        sums.set(sku, (sums.get(sku) ?? 0) + delta);
        const sum = (settled.get(sku)?.sum ?? 0) + (createdAt < until ? delta : 0);
        settled.set(sku, { sum, until });
      }
    }
    this.#sums = new Map(sums);
    this.#settled = settled;
    return sums;
  }
}
