import type { Collection, Draft } from "../../mixins/store/collection.ts";
import { adjustmentEnding, holdEnding, mayBeArchived } from "./leaving.ts";
import type { Ending, Stock } from "./stock.documents.ts";

const BATCH = 500;

/**
 * The archive of what ended. What leaves a stock is copied here first and then removed there, so that whoever reads
 * the stock and then the archive finds it in one of them, and the stock is right where it is in both.
 */
export class Endings {
  readonly #endings: Collection<Ending>;

  constructor(endings: Collection<Ending>) {
    this.#endings = endings;
  }

  /** How this order's hold on a stock ended, which was read before. */
  async ofOrder(stock: Stock, orderId: string): Promise<Ending | null> {
    return mayBeArchived(stock, orderId) ? this.#endings.get(holdEnding(stock.id, orderId)) : null;
  }

  /** How this order's holds on these stocks ended, by stock. */
  async ofOrderIn(stocks: readonly Stock[], orderId: string): Promise<Map<string, Ending>> {
    const stockIdOf = new Map(
      stocks.filter((stock) => mayBeArchived(stock, orderId)).map(({ id }) => [holdEnding(id, orderId), id]),
    );
    const endings = await this.#endings.getMany([...stockIdOf.keys()]);
    return new Map(endings.map((ending) => [stockIdOf.get(ending.id) as string, ending]));
  }

  /** Whether the adjustment of this key was made and has left the stock, which was read before. */
  async hasAdjustment(stock: Stock, key: string): Promise<boolean> {
    return stock.archives > 0 && (await this.#endings.get(adjustmentEnding(stock.id, key))) !== null;
  }

  /** Keeps copies; a repeat changes nothing, and one that is older than what is known changes nothing either. */
  async keep(endings: Draft<Ending>[]): Promise<void> {
    for (let missing = endings; missing.length; ) {
      const { refused } = await this.#endings.bulk(missing);
      const restocked = refused.filter(({ state }) => state === "restocked");
      const there = await Promise.all(restocked.map((ending) => this.#restocked(ending)));
      missing = restocked.filter((_, at) => !there[at]);
    }
  }

  /** Forgets what ended until then, to the last one. */
  async forget(until: string): Promise<void> {
    const old = { at: { $lte: until } };
    for (;;) {
      const endings = await this.#endings.find(old, { sort: { field: "at" }, limit: BATCH });
      if (endings.length) await this.#endings.purge({ id: { $in: endings.map(({ id }) => id) }, ...old }, BATCH);
      if (endings.length < BATCH) return;
    }
  }

  /** Nothing but a commit has another end after it; false where the known one was forgotten meanwhile. */
  async #restocked({ id, state, at }: Draft<Ending>): Promise<boolean> {
    if (await this.#endings.change(id, { state: "committed" }, { $set: { state, at } })) return true;
    return (await this.#endings.get(id)) !== null;
  }
}
