import type { Facets } from "../products.contract.ts";

/** A page by the numbers of its rows: names and stock are read when it is shown. */
export interface Page {
  rows: number[];
  nextCursor: string | null;
  total: number;
  facets: Facets | undefined;
}

const KEPT = 300;

/** The pages asked for last, until something changes that they depend on. */
export class RecentPages {
  readonly #pages = new Map<string, Page>();
  readonly #stockPages = new Map<string, Page>();

  /** The page of this key, made only if it isn't kept; `ofStock` says that it depends on what is sold out. */
  page(key: string, ofStock: boolean, make: () => Page): Page {
    const pages = ofStock ? this.#stockPages : this.#pages;
    const page = pages.get(key) ?? make();
    // Set anew, so that the first of the map is the one not asked for the longest.
    pages.delete(key);
    pages.set(key, page);
    if (pages.size > KEPT) {
      const [oldest] = pages.keys();
      if (oldest !== undefined) pages.delete(oldest);
    }
    return page;
  }

  forget(): void {
    this.#pages.clear();
    this.forgetStock();
  }

  forgetStock(): void {
    this.#stockPages.clear();
  }
}
