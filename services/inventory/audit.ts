import type { Collection } from "../../mixins/store/collection.ts";
import type { Findings, Repairs } from "../shared/shapes.ts";
import type { Movement, Stock } from "./stock.documents.ts";
import { faults, mend, stockId } from "./stock.ts";

type Finding = Findings["findings"][number];

/** Keeps for each SKU what its movements sum to: read once, then followed as movements are written here. */
export class StockAudit {
  readonly #stock: Collection<Stock>;
  readonly #movements: Collection<Movement>;
  #sums = new Map<string, number>();

  constructor(stock: Collection<Stock>, movements: Collection<Movement>) {
    this.#stock = stock;
    this.#movements = movements;
    movements.watch(({ sku, delta }) => this.#sums.set(sku, (this.#sums.get(sku) ?? 0) + delta));
  }

  /** Every id, after the movements have been read. */
  async *everything(): AsyncIterable<string[]> {
    this.#sums = await this.#sum();
    for await (const stocks of this.#stock.all(100)) yield stocks.map(({ id }) => id);
  }

  /** What is wrong with the stock of these ids, by id. */
  async check(ids: string[]): Promise<Map<string, Finding[]>> {
    const found = new Map<string, Finding[]>();
    for (const stock of await this.#stock.getMany(ids)) {
      let broken = faults(stock, this.#sums.get(stock.sku) ?? 0);
      if (broken.length) {
        // Another node may have written movements: these count before anything is said.
        const moved = await this.#movedOf(stock.sku);
        this.#sums.set(stock.sku, moved);
        broken = faults(stock, moved);
      }
      if (broken.length) found.set(stock.id, this.#tell(stock, broken));
    }
    return found;
  }

  /** What is wrong anywhere, by reading everything. */
  async findAll(): Promise<Finding[]> {
    const sums = await this.#sum();
    const findings: Finding[] = [];
    for await (const stocks of this.#stock.all()) {
      for (const stock of stocks) findings.push(...this.#tell(stock, faults(stock, sums.get(stock.sku) ?? 0)));
    }
    return findings;
  }

  /** Counts anew from the holds, and explains by a movement what is on hand. */
  async repair(): Promise<Repairs> {
    const repairs: Repairs["repairs"] = [];
    for (const { rule, subject } of await this.findAll()) {
      const stock = await this.#stock.get(stockId(subject));
      if (!stock) continue;
      if (rule === "inventory.onHand") {
        const delta = stock.onHand - (await this.#movedOf(subject));
        if (delta === 0) continue;
        const reason = "found by the audit";
        const movement = { sku: subject, location: stock.location, kind: "adjust", delta, orderId: null, reason };
        await this.#movements.insert({ id: `repair:${subject}:${stock.rev}`, ...movement });
        repairs.push({ rule, subject, detail: `a movement of ${delta} explains what is on hand` });
        continue;
      }
      const write = mend(stock);
      // Where more is promised than there is, staff must decide who goes without.
      if (write && (await this.#stock.change(stock.id, write.guard, write.operators))) {
        const { reserved, available } = write.operators.$set as { reserved: number; available: number };
        repairs.push({ rule, subject, detail: `reserved is now ${reserved}, available ${available}` });
      }
    }
    return { repairs };
  }

  #tell = ({ sku }: Stock, broken: [rule: string, detail: string][]): Finding[] =>
    broken.map(([rule, detail]) => ({ rule: `inventory.${rule}`, subject: sku, detail }));

  async #movedOf(sku: string): Promise<number> {
    const movements = await this.#movements.find({ sku }, { limit: Number.MAX_SAFE_INTEGER });
    return movements.reduce((total, { delta }) => total + delta, 0);
  }

  async #sum(): Promise<Map<string, number>> {
    const sums = new Map<string, number>();
    for await (const movements of this.#movements.all()) {
      for (const { sku, delta } of movements) sums.set(sku, (sums.get(sku) ?? 0) + delta);
    }
    return sums;
  }
}
