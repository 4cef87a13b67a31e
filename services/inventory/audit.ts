import type { Collection } from "../../mixins/store/collection.ts";
import type { Findings } from "../shared/shapes.ts";
import { MovementSums } from "./movement-sums.ts";
import type { Movement, Stock } from "./stock.documents.ts";
import { faults, mend, stockId } from "./stock.ts";

type Finding = Findings["findings"][number];

/** Whether stock adds up: SKU by SKU as it changes, or all of it. */
export class StockAudit {
  readonly #stock: Collection<Stock>;
  readonly #movements: Collection<Movement>;
  readonly #sums: MovementSums;

  constructor(stock: Collection<Stock>, movements: Collection<Movement>) {
    this.#stock = stock;
    this.#movements = movements;
    this.#sums = new MovementSums(movements);
  }

  /** Every id, after the movements have been read. */
  async *everything(): AsyncIterable<string[]> {
    await this.#sums.readAll();
    for await (const stocks of this.#stock.all(100)) yield stocks.map(({ id }) => id);
  }

  /** What is wrong with the stock of these ids, by id. */
  async check(ids: string[]): Promise<Map<string, Finding[]>> {
    const found = new Map<string, Finding[]>();
    for (const stock of await this.#stock.getMany(ids)) {
      let broken = faults(stock, this.#sums.of(stock.sku));
      // Another node may have written movements: these count before anything is said.
      if (broken.length) broken = faults(stock, await this.#sums.read(stock.sku));
      if (broken.length) found.set(stock.id, this.#tell(stock, broken));
    }
    return found;
  }

  /** What is wrong anywhere, by reading everything. */
  async findAll(): Promise<Finding[]> {
    const sums = await this.#sums.readAll();
    const findings: Finding[] = [];
    for await (const stocks of this.#stock.all()) {
      for (const stock of stocks) findings.push(...this.#tell(stock, faults(stock, sums.get(stock.sku) ?? 0)));
    }
    return findings;
  }

  /** Counts anew from the holds, and explains by a movement what is on hand. */
  async repair(): Promise<Finding[]> {
    const repairs: Finding[] = [];
    for (const { rule, subject } of await this.findAll()) {
      const stock = await this.#stock.get(stockId(subject));
      if (!stock) continue;
      if (rule === "inventory.onHand") {
        const delta = stock.onHand - (await this.#sums.readWhole(subject));
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
    return repairs;
  }

  #tell = ({ sku }: Stock, broken: [rule: string, detail: string][]): Finding[] =>
    broken.map(([rule, detail]) => ({ rule: `inventory.${rule}`, subject: sku, detail }));
}
