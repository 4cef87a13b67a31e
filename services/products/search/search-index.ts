import { readCursor, writeCursor } from "../../../mixins/store/cursor.ts";
import type { Category, Facets, ProductCard, Search } from "../products.contract.ts";
import { BrandList } from "./brand-list.ts";
import { CategoryTree } from "./category-tree.ts";
import { countFacets, priceStep } from "./facets.ts";
import { ProductTable } from "./product-table.ts";
import { placeOf, type Question, questionOf } from "./question.ts";
import { RecentPages } from "./recent-pages.ts";
import { first, type Order, Presorted } from "./sort-order.ts";
import { WordIndex } from "./word-index.ts";
import { fold } from "./words.ts";

/** An active product as the index takes it in. */
export interface IndexedProduct {
  id: string;
  slug: string;
  name: string;
  brand: string;
  description: string;
  /** Paths of slugs, as in `clothing/jackets`. */
  categories: string[];
  image: { url: string; alt: string } | null;
  attributes: Record<string, string | number | boolean>;
  variants: { sku: string; priceAmount: number }[];
  currency: string;
  createdAt: string;
}

export interface Found {
  items: ProductCard[];
  nextCursor: string | null;
  total: number;
  facets?: Facets;
}

const COUNTED_TO = 10_000;
/** More than words can earn. */
const EXACT_SKU = 1e9;

/** The active products of the shop in memory: words, filters, orders and counts over them. */
export class SearchIndex {
  readonly #table = new ProductTable();
  readonly #words = new WordIndex();
  readonly #categories = new CategoryTree();
  readonly #brands = new BrandList();
  readonly #available = new Map<string, number>();
  /** By SKU and by folded SKU. */
  readonly #rowOfSku = new Map<string, number>();
  readonly #rowOfSpelling = new Map<string, number>();
  readonly #recent = new RecentPages();
  readonly #byCreated = new Presorted(this.#table.created, this.#table.ids);
  readonly #byPrice = new Presorted(this.#table.prices, this.#table.ids);
  readonly #byName = new Presorted(this.#table.sortNames, this.#table.ids);

  get size(): number {
    return this.#table.size;
  }

  /** Takes the product in, or its new form if it is known. */
  put(product: IndexedProduct): void {
    this.remove(product.id);
    const skus = [...new Set(product.variants.map(({ sku }) => sku))];
    const price = product.variants.reduce((lowest, { priceAmount }) => Math.min(lowest, priceAmount), Infinity);
    const brandNumber = this.#brands.numberFor(product.brand);
    const categories = this.#categories.numbersFor(product.categories);
    const spelling = this.#brands.nameOf(brandNumber);
    const { id, slug, name, image, currency } = product;
    const amount = Number.isFinite(price) ? price : 0;
    const row = this.#table.add({
      id,
      slug,
      name,
      sortName: fold(name),
      brand: product.brand === spelling ? spelling : product.brand,
      brandNumber,
      image: image && { url: image.url, alt: image.alt === name ? name : image.alt },
      categories,
      skus,
      price: amount,
      priceStep: priceStep(amount),
      currency,
      created: Date.parse(product.createdAt) || 0,
      available: skus.reduce((sum, sku) => sum + this.availableOf(sku), 0),
    });
    for (const sku of skus) {
      this.#rowOfSku.set(sku, row);
      this.#rowOfSpelling.set(fold(sku), row);
    }
    this.#categories.add(categories, row);
    this.#brands.add(brandNumber, row);
    const attributes = Object.values(product.attributes).filter((value) => typeof value === "string");
    this.#words.add(row, { ...product, skus, attributes });
    this.#recent.forget();
  }

  /** Takes the product out; its stock stays known for the day that it comes back. */
  remove(id: string): void {
    const row = this.#table.rowOf(id);
    if (row === undefined) return;
    for (const sku of this.#table.skus[row] as readonly string[]) {
      if (this.#rowOfSku.get(sku) === row) this.#rowOfSku.delete(sku);
      if (this.#rowOfSpelling.get(fold(sku)) === row) this.#rowOfSpelling.delete(fold(sku));
    }
    this.#categories.remove(this.#table.categories[row] as readonly number[]);
    this.#table.remove(row);
    this.#recent.forget();
    if (this.#table.dead > 1_000 && this.#table.dead > this.#table.size / 4) this.#compact();
  }

  /** What can be sold of a SKU now; also before its product is known. Tells which product shows it. */
  setAvailable(sku: string, available: number): { id: string; soldOutOrBack: boolean } | undefined {
    const before = this.availableOf(sku);
    if (before === available && this.#available.has(sku)) return undefined;
    this.#available.set(sku, available);
    const row = this.#rowOfSku.get(sku);
    if (row === undefined) return undefined;
    const was = this.#table.available[row] as number;
    const is = was + available - before;
    this.#table.available[row] = is;
    const soldOutOrBack = was > 0 !== is > 0;
    if (soldOutOrBack) this.#recent.forgetStock();
    return { id: this.#table.ids[row] as string, soldOutOrBack };
  }

  availableOf(sku: string): number {
    return this.#available.get(sku) ?? 0;
  }

  categories(): Category[] {
    return this.#categories.toTree();
  }

  /** How a category is called where its slug doesn't tell it well. */
  nameCategory(path: string, name: string): void {
    this.#categories.name(path, name);
  }

  /** A page of what fits; `CURSOR_INVALID` for a cursor of another query. */
  search(query: Search): Found {
    const question = questionOf(query);
    const page = this.#recent.page(JSON.stringify([question, query]), question.inStock, () =>
      this.#answer(question, query),
    );
    const { rows, nextCursor, total, facets } = page;
    return { items: rows.map((row) => this.#table.card(row)), nextCursor, total, ...(facets && { facets }) };
  }

  #answer(question: Question, { limit, cursor, facets }: Search) {
    const after = cursor === undefined ? null : placeOf(readCursor(cursor, question), question.sort);
    const match = question.q ? this.#match(question.q) : null;
    const fits = this.#filter(question);
    const browsing = !match && question.category === undefined && question.brand === undefined;
    const rows = browsing ? this.#all(fits) : (match?.rows ?? this.#narrowed(question)).filter(fits);
    const order = this.#order(question.sort, match?.scores);
    const found = browsing
      ? this.#presorted(question.sort).walk(order.direction, after, limit + 1, fits)
      : first(rows, order, limit + 1, after);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const more = last !== undefined && found.length > limit;
    const { brandNumbers: brandOf, priceSteps: stepOf, categories: categoriesOf, ids } = this.#table;
    return {
      rows: shown,
      nextCursor: more
        ? writeCursor({ value: order.values[last] as number | string, id: ids[last] as string }, question)
        : null,
      total: Math.min(rows.length, COUNTED_TO),
      facets: facets
        ? countFacets({ rows, brandOf, stepOf, categoriesOf, brands: this.#brands, categories: this.#categories })
        : undefined,
    };
  }

  #match(q: string) {
    const match = this.#words.match(q, this.#table.alive);
    const exact = this.#rowOfSpelling.get(q);
    if (exact === undefined) return match;
    const rows = match.rows.includes(exact) ? match.rows : [...match.rows, exact];
    const scores = match.scores as Float64Array;
    scores[exact] = EXACT_SKU;
    return { rows, scores };
  }

  /** The shortest list that holds all that the filters may let through. */
  #narrowed({ category, brand }: Question): readonly number[] {
    const lists: (readonly number[])[] = [];
    if (category !== undefined) lists.push(this.#categories.find(category)?.rows ?? []);
    if (brand !== undefined) lists.push(this.#brands.find(brand)?.rows ?? []);
    return lists.reduce((a, b) => (b.length < a.length ? b : a));
  }

  #all(fits: (row: number) => boolean): number[] {
    const rows: number[] = [];
    for (let row = 0; row < this.#table.ids.length; row++) if (fits(row)) rows.push(row);
    return rows;
  }

  #filter({ category, brand, minPrice, maxPrice, inStock }: Question): (row: number) => boolean {
    const { alive, prices, available, brandNumbers, categories } = this.#table;
    const brandNumber = brand === undefined ? null : (this.#brands.find(brand)?.number ?? -1);
    const categoryNumber = category === undefined ? null : (this.#categories.find(category)?.number ?? -1);
    return (row) => {
      const price = prices[row] as number;
      return (
        (alive[row] as boolean) &&
        price >= minPrice &&
        price <= maxPrice &&
        (!inStock || (available[row] as number) > 0) &&
        (brandNumber === null || brandNumbers[row] === brandNumber) &&
        (categoryNumber === null || (categories[row] as readonly number[]).includes(categoryNumber))
      );
    };
  }

  #order(sort: Question["sort"], scores: ArrayLike<number> | undefined): Order {
    const { ids, prices, created, sortNames } = this.#table;
    if (sort === "relevance") return { values: scores ?? created, ids, direction: -1 };
    if (sort === "newest") return { values: created, ids, direction: -1 };
    if (sort === "name") return { values: sortNames, ids, direction: 1 };
    return { values: prices, ids, direction: sort === "price" ? 1 : -1 };
  }

  #presorted(sort: Question["sort"]): Presorted {
    if (sort === "name") return this.#byName;
    return sort === "newest" || sort === "relevance" ? this.#byCreated : this.#byPrice;
  }

  #compact(): void {
    const renumbered = this.#table.compact();
    this.#words.compact(renumbered, this.#table.size);
    this.#categories.compact(renumbered);
    this.#brands.compact(renumbered);
    for (const presorted of [this.#byCreated, this.#byPrice, this.#byName]) presorted.compact(renumbered);
    for (const rows of [this.#rowOfSku, this.#rowOfSpelling]) {
      for (const [sku, row] of rows) rows.set(sku, renumbered[row] as number);
    }
  }
}
