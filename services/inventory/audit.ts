import type { Collection } from "../../mixins/store/collection.ts";
import { typeOf } from "../shared/errors.ts";
import { settled } from "../shared/settle.ts";
import type { Findings } from "../shared/shapes.ts";
import { MovementSums } from "./movement-sums.ts";
import type { Movement, Stock } from "./stock.documents.ts";
import { faults, mend, stockId } from "./stock.ts";

type Finding = Findings["findings"][number];

const ON_HAND = "inventory.onHand";
const BATCH = 200;

const subjectsOf = (findings: readonly Finding[]): string[] =>
  findings.filter(({ rule }) => rule === ON_HAND).map(({ subject }) => subject);

/** Whether stock adds up: SKU by SKU as it changes, or all of it. */
export class StockAudit {
  readonly #stock: Collection<Stock>;
  readonly #movements: Collection<Movement>;
  readonly #sums: MovementSums;

  readonly #isUnderWay: (ids: string[]) => Promise<boolean>;

  /** `isUnderWay`: whether movements of these stocks may not have been written yet. */
  constructor(
    stock: Collection<Stock>,
    movements: Collection<Movement>,
    isUnderWay: (ids: string[]) => Promise<boolean>,
  ) {
    this.#isUnderWay = isUnderWay;
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

  /** The same, without what is only under way: what movements are missing for is said when none can come any more. */
  async findSettled(): Promise<{ findings: Finding[]; underWay: number }> {
    const found = await settled(() => this.findAll());
    const { unexplained, underWay } = await this.#unexplained(subjectsOf(found));
    const wrong = new Set(unexplained.map(({ stock }) => stock.sku));
    return {
      findings: found.filter((one) => one.rule !== ON_HAND || wrong.has(one.subject)),
      underWay: underWay.length,
    };
  }

  /** Counts anew from the holds, and explains by a movement what is on hand. */
  async repair(): Promise<{ repairs: Finding[]; left: Finding[] }> {
    const found = await this.findAll();
    const repairs: Finding[] = [];
    for (const { rule, subject } of found.filter((one) => one.rule !== ON_HAND)) {
      const stock = await this.#stock.get(stockId(subject));
      const write = stock && mend(stock);
      // Where more is promised than there is, staff must decide who goes without.
      if (write && (await this.#stock.change(stock.id, write.guard, write.operators))) {
        const { reserved, available } = write.operators.$set as { reserved: number; available: number };
        repairs.push({ rule, subject, detail: `reserved is now ${reserved}, available ${available}` });
      }
    }
    const { unexplained, underWay } = await this.#unexplained(subjectsOf(found));
    for (const { stock, moved } of unexplained) {
      const { sku, location, rev, onHand } = stock;
      const delta = onHand - moved;
      const movement = { sku, location, kind: "adjust", delta, orderId: null, reason: "found by the audit" };
      await this.#movements.insert({ id: `repair:${sku}:${rev}:${moved}`, ...movement }).catch((error) => {
        // Another has mended it at the same time.
        if (typeOf(error) !== "MOVEMENTS_TAKEN") throw error;
      });
      repairs.push({ rule: ON_HAND, subject: sku, detail: `a movement of ${delta} explains what is on hand` });
    }
    const left = underWay.map((subject) => ({
      rule: ON_HAND,
      subject,
      detail: "its movements may still be under way: one that came later would count twice",
    }));
    return { repairs, left };
  }

  /**
   * Of these SKUs those that no movement explains, and those of which nobody can say so yet. A movement is told in the
   * write of its stock: where nothing is under way after the stock was read, its movements are there, and where it is
   * still the same after these were read, they are none of a later change.
   */
  async #unexplained(skus: string[]): Promise<{ unexplained: { stock: Stock; moved: number }[]; underWay: string[] }> {
    const unexplained: { stock: Stock; moved: number }[] = [];
    const underWay: string[] = [];
    for (let from = 0; from < skus.length; from += BATCH) {
      const some = skus.slice(from, from + BATCH);
      const stocks = await this.#stock.getMany(some.map(stockId));
      const busy = await settled(
        async () => ((await this.#isUnderWay(some.map(stockId))) ? [true] : []),
        underWay.length ? 0 : undefined,
      );
      if (busy.length) {
        underWay.push(...some);
        continue;
      }
      const sums = new Map<string, number>();
      for (const sku of some) sums.set(sku, await this.#sums.readWhole(sku));
      const after = new Map((await this.#stock.getMany(some.map(stockId))).map(({ id, rev }) => [id, rev]));
      for (const stock of stocks) {
        const moved = sums.get(stock.sku) ?? 0;
        if (after.get(stock.id) !== stock.rev) underWay.push(stock.sku);
        else if (moved !== stock.onHand) unexplained.push({ stock, moved });
      }
    }
    return { unexplained, underWay };
  }

  #tell = ({ sku }: Stock, broken: [rule: string, detail: string][]): Finding[] =>
    broken.map(([rule, detail]) => ({ rule: `inventory.${rule}`, subject: sku, detail }));
}
