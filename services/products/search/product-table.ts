import type { ProductCard } from "../products.contract.ts";

/** What a product is listed, filtered and counted by, read from an `IndexedProduct`. */
export interface Row {
  id: string;
  slug: string;
  name: string;
  sortName: string;
  brand: string;
  brandNumber: number;
  image: ProductCard["image"];
  categories: number[];
  skus: string[];
  price: number;
  priceStep: number;
  currency: string;
  created: number;
  available: number;
}

/**
 * Products as columns, which a scan reads many times faster than objects. A row is written once: a changed product gets
 * a new one, and the old row stays dead until the table is compacted.
 */
export class ProductTable {
  readonly ids: string[] = [];
  readonly slugs: string[] = [];
  readonly names: string[] = [];
  readonly sortNames: string[] = [];
  readonly brands: string[] = [];
  readonly brandNumbers: number[] = [];
  readonly images: ProductCard["image"][] = [];
  readonly categories: (readonly number[])[] = [];
  readonly skus: (readonly string[])[] = [];
  readonly prices: number[] = [];
  readonly priceSteps: number[] = [];
  readonly currencies: string[] = [];
  readonly created: number[] = [];
  readonly available: number[] = [];
  readonly alive: boolean[] = [];
  readonly #rows = new Map<string, number>();

  get size(): number {
    return this.#rows.size;
  }
  get dead(): number {
    return this.ids.length - this.#rows.size;
  }

  rowOf(id: string): number | undefined {
    return this.#rows.get(id);
  }

  add(row: Row): number {
    const number = this.ids.push(row.id) - 1;
    this.slugs.push(row.slug);
    this.names.push(row.name);
    this.sortNames.push(row.sortName);
    this.brands.push(row.brand);
    this.brandNumbers.push(row.brandNumber);
    this.images.push(row.image);
    this.categories.push(row.categories);
    this.skus.push(row.skus);
    this.prices.push(row.price);
    this.priceSteps.push(row.priceStep);
    this.currencies.push(row.currency);
    this.created.push(row.created);
    this.available.push(row.available);
    this.alive.push(true);
    this.#rows.set(row.id, number);
    return number;
  }

  remove(row: number): void {
    this.alive[row] = false;
    this.#rows.delete(this.ids[row] as string);
  }

  /** Closes the gaps of dead rows and says which number each row has now; -1 for those that are gone. */
  compact(): Int32Array {
    const renumbered = new Int32Array(this.ids.length).fill(-1);
    let next = 0;
    this.alive.forEach((alive, row) => {
      if (alive) renumbered[row] = next++;
    });
    for (const column of this.#columns()) {
      let to = 0;
      for (let row = 0; row < renumbered.length; row++) {
        if ((renumbered[row] as number) >= 0) column[to++] = column[row];
      }
      column.length = next;
    }
    this.ids.forEach((id, row) => {
      this.#rows.set(id, row);
    });
    return renumbered;
  }

  #columns(): unknown[][] {
    return Object.values(this).filter((field) => Array.isArray(field));
  }

  card(row: number): ProductCard {
    return {
      id: this.ids[row] as string,
      slug: this.slugs[row] as string,
      name: this.names[row] as string,
      brand: this.brands[row] as string,
      image: this.images[row] as ProductCard["image"],
      price: { amount: this.prices[row] as number, currency: this.currencies[row] as string },
      available: this.available[row] as number,
    };
  }
}
