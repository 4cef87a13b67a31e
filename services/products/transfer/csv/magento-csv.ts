import {
  type Cells,
  type Dialect,
  type DialectTools,
  distinct,
  type Found,
  imageOf,
  optionsOf,
  productOf,
  refusal,
} from "./dialect.ts";
import {
  attributesOf,
  categoriesOf,
  type Item,
  imagesOf,
  isOnline,
  isVisible,
  itemOf,
  nameOf,
  textOf,
  type Variation,
  variationsOf,
} from "./magento-row.ts";

/** How far a product that can be seen by itself may stand before a configurable one that has it as variant. */
const NEAR = 1_000;
/** How many rows may wait for the row they belong to. */
const WAITING = 50_000;
const MOST_IMAGES = 50;
const SINGLE = new Set(["", "simple", "virtual", "downloadable"]);

interface Parent {
  cells: Cells;
  variations: Variation[];
  items: Map<string, Item | null>;
  missing: Set<string>;
}

/**
 * Configurable products take their variants from rows of their own, which stand before or after them: whatever comes
 * first waits for the other. A row that no configurable product names is a product by itself if Magento showed it so.
 */
export class MagentoCsv implements Dialect {
  readonly #tools: DialectTools;
  /** Rows that only a configurable product can show; null for one that does not fit. */
  readonly #children = new Map<string, Item | null>();
  /** Rows that are products, unless a configurable one that comes soon has them. */
  readonly #near = new Map<string, { cells: Cells; item: Item }>();
  readonly #parents = new Set<Parent>();
  readonly #awaited = new Map<string, Parent>();
  readonly #taken = new Set<string>();

  constructor(tools: DialectTools) {
    this.#tools = tools;
  }

  take(cells: Cells): Found[] {
    const { notes } = this.#tools;
    const sku = cells.get("sku");
    if (cells.get("storeView") !== "") {
      notes.add("rows speak to one store view only, such as a translation, and were left out");
      return [];
    }
    const refuse = (reason: string) => [refusal(cells.line, reason, sku || null)];
    if (sku === "") return refuse("The SKU is missing");
    if (this.#taken.has(sku)) return refuse(`An earlier row has the SKU ${sku}`);
    this.#taken.add(sku);
    const type = cells.get("type").toLowerCase();
    if (type === "configurable") return this.#takeParent(cells);
    if (!SINGLE.has(type)) return refuse(`This shop has no ${type} products`);
    const item = itemOf(cells, this.#tools);
    if ("problem" in item) return [...refuse(item.problem), ...this.#deliver(sku, null)];
    if (this.#awaited.has(sku)) return this.#deliver(sku, item);
    if (!isVisible(cells)) {
      this.#children.set(sku, item);
      return this.#overflow();
    }
    this.#near.set(sku, { cells, item });
    return this.#overflow();
  }

  end(whole: boolean): Found[] {
    const parents = [...this.#parents].flatMap((parent) => this.#finish(parent));
    const singles = [...this.#near.values()].map(({ cells, item }) => this.#single(cells, item));
    const left = [...this.#children].flatMap(([sku, item]) => (item ? [{ sku, item }] : []));
    const orphans = left.map(({ sku, item }) =>
      whole
        ? refusal(item.line, "Magento does not show it by itself, and no configurable product names it", sku)
        : { line: item.line, rows: 1, size: 0, told: "The input broke off before the product it belongs to", sku },
    );
    return [...parents, ...singles, ...orphans];
  }

  #takeParent(cells: Cells): Found[] {
    const variations = variationsOf(cells);
    if (variations.length === 0) return [refusal(cells.line, "It names no variations", cells.get("sku"))];
    const parent: Parent = { cells, variations, items: new Map(), missing: new Set() };
    for (const { sku } of variations) {
      const item = this.#children.get(sku) ?? this.#near.get(sku)?.item;
      if (item !== undefined || this.#children.has(sku)) parent.items.set(sku, item ?? null);
      else if (this.#taken.has(sku) || this.#awaited.has(sku)) parent.items.set(sku, null);
      else parent.missing.add(sku);
      this.#children.delete(sku);
      this.#near.delete(sku);
    }
    if (parent.missing.size === 0) return this.#finish(parent);
    this.#parents.add(parent);
    for (const sku of parent.missing) this.#awaited.set(sku, parent);
    return this.#overflow();
  }

  /** Gives a row to the product that waits for it; one that does not fit is a variant less. */
  #deliver(sku: string, item: Item | null): Found[] {
    const parent = this.#awaited.get(sku);
    if (!parent) {
      if (item === null) this.#children.set(sku, null);
      return [];
    }
    this.#awaited.delete(sku);
    parent.missing.delete(sku);
    parent.items.set(sku, item);
    return parent.missing.size === 0 ? this.#finish(parent) : [];
  }

  /** Lets go of what has waited longest, so that memory stays bounded. */
  #overflow(): Found[] {
    const found: Found[] = [];
    const [near] = this.#near.size > NEAR ? this.#near : [];
    if (near) {
      this.#near.delete(near[0]);
      found.push(this.#single(near[1].cells, near[1].item));
    }
    const [child] = this.#children.size > WAITING ? this.#children : [];
    if (child) {
      this.#children.delete(child[0]);
      if (child[1]) found.push(refusal(child[1].line, "No configurable product near it names it", child[0]));
    }
    const [parent] = this.#parents.size > NEAR ? this.#parents : [];
    return parent ? [...found, ...this.#finish(parent)] : found;
  }

  /** The configurable product with those of its variants that have come. */
  #finish(parent: Parent): Found[] {
    const { cells, variations, items, missing } = parent;
    const { notes, skus, currency } = this.#tools;
    this.#parents.delete(parent);
    for (const sku of missing) this.#awaited.delete(sku);
    const { line } = cells;
    const told = [...missing].map(
      (sku): Found => ({ line, rows: 1, size: 0, told: `The file has no row for its variant ${sku}`, sku }),
    );
    const there = variations.flatMap(({ sku, options }) => {
      const item = items.get(sku);
      if (!item) return [];
      if (item.online) return [{ item, options }];
      notes.add("variants are switched off in Magento and were left out");
      return [];
    });
    const rows = 1 + [...items.values()].filter(Boolean).length;
    if (there.length === 0) {
      return [...told, refusal(line, "None of its variants has a row that can be taken", cells.get("sku"), rows)];
    }
    const money = (amount: number) => ({ amount, currency });
    const variants = there.map(({ item, options }) => {
      const values = Object.values(options);
      const sku = skus.claim(item.sku, nameOf(cells), values);
      const compareAtPrice = item.compareAt === null ? null : money(item.compareAt);
      return { item, variant: { sku, name: values.join(", "), options, price: money(item.amount), compareAtPrice } };
    });
    const options = optionsOf(there);
    const found = this.#product(cells, {
      ...{ rows, form: there.length === variations.length ? "whole" : "part", options },
      variants: variants.map(({ variant }) => variant),
      images: [...imagesOf(cells), ...there.flatMap(({ item }) => item.images.slice(0, 1))],
      stock: variants.map(({ item, variant }) => [variant.sku, item.onHand]),
    });
    return [...told, found];
  }

  #single(cells: Cells, item: Item): Found {
    const { skus, currency } = this.#tools;
    const sku = skus.claim(item.sku, nameOf(cells), []);
    const compareAtPrice = item.compareAt === null ? null : { amount: item.compareAt, currency };
    return this.#product(cells, {
      ...{ rows: 1, form: "whole", options: [], images: item.images, stock: [[sku, item.onHand]] },
      variants: [{ sku, price: { amount: item.amount, currency }, compareAtPrice }],
    });
  }

  #product(
    cells: Cells,
    goods: Pick<Parameters<typeof productOf>[0], "rows" | "form"> &
      Pick<Parameters<typeof productOf>[0]["input"], "options" | "variants"> & {
        images: string[];
        stock: [sku: string, onHand: number | undefined][];
      },
  ): Found {
    const { has } = this.#tools;
    const { rows, form, options, variants } = goods;
    const name = nameOf(cells);
    const { paths, steps } = categoriesOf(cells);
    const { brand, attributes } = attributesOf(cells, options?.map((option) => option.name) ?? []);
    const slug = cells.get("urlKey");
    return productOf({
      ...{ line: cells.line, rows, form, ...(slug ? { slug } : {}) },
      input: {
        ...{ name, description: textOf(cells), brand, attributes, options, variants },
        status: isOnline(cells) && isVisible(cells) ? "active" : "draft",
        categories: paths,
        images: distinct(goods.images)
          .slice(0, MOST_IMAGES)
          .map((path) => imageOf(path, name, this.#tools)),
      },
      stock: Object.fromEntries(goods.stock.flatMap(([sku, onHand]) => (onHand === undefined ? [] : [[sku, onHand]]))),
      categories: steps,
      says: [
        ...["name", "options", "compareAtPrice"],
        ...["description", "categories"].filter(has),
        ...(has("visibility") || has("online") ? ["status"] : []),
        ...(has("attributes") ? ["attributes", "brand"] : []),
        ...(has("baseImage") ? ["images"] : []),
      ],
    });
  }
}
