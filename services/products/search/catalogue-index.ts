import type { Collection } from "../../../mixins/store/collection.ts";
import type { Availability, ProductDocument } from "../product.documents.ts";
import { indexed } from "../product.ts";
import { Follower } from "./follower.ts";
import { OutdatedReads } from "./outdated-reads.ts";
import { SearchIndex } from "./search-index.ts";

interface Followed {
  products: Collection<ProductDocument>;
  availability: Collection<Availability>;
  failed(error: unknown): void;
  /** Told which kept answers no longer hold. */
  outdated(tags: string[]): void;
}

/** What this node holds in memory to answer searches: active products and what is available of each SKU. */
export class CatalogueIndex {
  readonly search = new SearchIndex();
  readonly #products: Follower<ProductDocument>;
  readonly #availability: Follower<Availability>;
  readonly #outdated: OutdatedReads;
  #started = false;

  constructor({ products, availability, failed, outdated }: Followed) {
    const { search } = this;
    this.#outdated = new OutdatedReads(outdated);
    this.#products = new Follower({
      documents: products,
      take: (product) => {
        const entry = indexed(product);
        if (entry) search.put(entry);
        else search.remove(product.id);
        if (this.#started) this.#outdated.product(product.id);
      },
      failed,
    });
    this.#availability = new Follower({
      documents: availability,
      take: ({ id, available }) => {
        const shown = search.setAvailable(id, available);
        if (shown && this.#started) this.#outdated.stock(shown.id, shown);
      },
      failed,
    });
  }

  readonly availableOf = (sku: string): number => this.search.availableOf(sku) ?? 0;

  /** Fills the index; from then on it follows what any node writes. */
  async start(): Promise<void> {
    await this.#availability.catchUp();
    await this.#products.catchUp();
    this.#started = true;
    this.#availability.watch();
    this.#products.watch();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#availability.stop(), this.#products.stop()]);
    this.#outdated.flush();
  }

  /** Takes over what other nodes have written up to now. */
  async catchUp(): Promise<void> {
    await this.#products.catchUp();
  }

  /** Another node says that it has changed products. */
  heard(): void {
    this.#products.wake();
  }

  /** Makes this node's own writes visible before they are answered, and tells that older answers no longer hold. */
  async wrote(products: readonly ProductDocument[]): Promise<void> {
    await this.#products.taken(products);
    this.#outdated.flush();
  }

  stockChanged(availability: Availability): Promise<void> {
    return this.#availability.taken([availability]);
  }
}
