import fc from "fast-check";
import type { Search } from "../../services/products/products.contract.ts";
import { type IndexedProduct, SearchIndex } from "../../services/products/search/search-index.ts";

const product = (id: number, fields: Partial<IndexedProduct> & { price?: number } = {}): IndexedProduct => {
  const { price = 1_000 * id, ...rest } = fields;
  return {
    id: `0198c0de-0000-7000-8000-${String(id).padStart(12, "0")}`,
    slug: `product-${id}`,
    name: `Product ${id}`,
    brand: "Fell & Fjord",
    description: "",
    categories: [],
    image: null,
    attributes: {},
    variants: [{ sku: `P-${id}`, priceAmount: price }],
    currency: "USD",
    createdAt: new Date(Date.UTC(2025, 0, id)).toISOString(),
    ...rest,
  };
};

const jacket = product(1, {
  name: "Trail jacket",
  description: "Keeps wind and drizzle out on long days above the tree line.",
  categories: ["clothing/jackets"],
  attributes: { material: "recycled nylon", waterproof: true },
  variants: [
    { sku: "TJ-M", priceAmount: 13_900 },
    { sku: "TJ-S", priceAmount: 12_900 },
  ],
});
const parka = product(2, { name: "Winter parka", brand: "Nordlys", categories: ["clothing/jackets"], price: 24_900 });
const tent = product(3, { name: "Ridge tent for two", brand: "nordlys", categories: ["camping/tents"], price: 39_900 });
const kettle = product(4, { name: "Camp kettle", categories: ["camping/cooking", "kitchen"], price: 3_900 });
const cover = product(5, { name: "Packable cover for a jacket or a pack", categories: ["accessories"], price: 1_900 });
const shop = [jacket, parka, tent, kettle, cover];

const indexOf = (products: readonly IndexedProduct[]) => {
  const index = new SearchIndex();
  for (const each of products) index.put(each);
  return index;
};
const ask = (index: SearchIndex, query: Partial<Search> = {}) => index.search({ limit: 20, facets: false, ...query });
const names = (index: SearchIndex, query: Partial<Search> = {}) => ask(index, query).items.map(({ name }) => name);

describe("words", () => {
  const index = indexOf(shop);

  test("a product is found by words of its name, in any order, case and number", () => {
    expect(names(index, { q: "JACKETS trail" })).toEqual(["Trail jacket"]);
  });

  test("a short name about the word comes before a long one that mentions it", () => {
    expect(names(index, { q: "jacket" })).toEqual([
      "Trail jacket",
      "Packable cover for a jacket or a pack",
      "Winter parka",
    ]);
  });

  test.each(["jakcet trail", "trial jacket", "trail jackt", "trail jaccket", "trail jadket"])(
    "a typing error still finds: %s",
    (q) => {
      expect(names(index, { q })).toEqual(["Trail jacket"]);
    },
  );

  test("the last word may be unfinished", () => {
    expect(names(index, { q: "winter par" })).toEqual(["Winter parka"]);
    expect(names(index, { q: "par winter" })).toEqual(["Winter parka"]);
  });

  test("brand, category, attribute and description are searched too", () => {
    expect(names(index, { q: "nordlys" })).toEqual(["Ridge tent for two", "Winter parka"]);
    expect(names(index, { q: "cooking" })).toEqual(["Camp kettle"]);
    expect(names(index, { q: "recycled nylon" })).toEqual(["Trail jacket"]);
    expect(names(index, { q: "drizzle" })).toEqual(["Trail jacket"]);
  });

  test("where no product has all words, those that have most come first", () => {
    expect(names(index, { q: "winter parka zebra" })[0]).toBe("Winter parka");
    expect(names(index, { q: "nothing zebra" })).toEqual([]);
  });

  test("an exact SKU comes first, whatever its case", () => {
    const skus = indexOf([...shop, product(6, { name: "TJ-S TJ-S patch for tj s", description: "tj s" })]);
    expect(names(skus, { q: "tj-s" })[0]).toBe("Trail jacket");
    expect(names(skus, { q: "TJ-M" })[0]).toBe("Trail jacket");
  });

  test("accents and apostrophes do not matter", () => {
    const accented = indexOf([product(7, { name: "Crème brûlée torch" }), product(8, { name: "Women's gloves" })]);
    expect(names(accented, { q: "creme brulee" })).toEqual(["Crème brûlée torch"]);
    expect(names(accented, { q: "womens glove" })).toEqual(["Women's gloves"]);
    expect(names(accented, { q: "women gloves" })).toEqual(["Women's gloves"]);
  });

  test("text without any word finds nothing, no text finds everything", () => {
    expect(ask(index, { q: "!!!" }).total).toBe(0);
    expect(ask(index, { q: "" }).total).toBe(5);
  });
});

describe("filters and orders", () => {
  const index = indexOf(shop);

  test("a category includes what is below it, and only that", () => {
    expect(names(index, { category: "clothing", sort: "name" })).toEqual(["Trail jacket", "Winter parka"]);
    expect(names(index, { category: "cloth" })).toEqual([]);
  });

  test("a brand is meant whatever its capitals", () => {
    expect(names(index, { brand: "NORDLYS", sort: "name" })).toEqual(["Ridge tent for two", "Winter parka"]);
    expect(names(index, { brand: "Nord" })).toEqual([]);
  });

  test("prices are compared by the cheapest variant, both bounds included", () => {
    expect(names(index, { minPrice: 12_900, maxPrice: 24_900, sort: "price" })).toEqual([
      "Trail jacket",
      "Winter parka",
    ]);
    expect(names(index, { maxPrice: 12_899, sort: "-price" })).toEqual([kettle.name, cover.name]);
  });

  test("filters narrow what words found", () => {
    expect(names(index, { q: "jacket", category: "clothing/jackets", maxPrice: 20_000 })).toEqual(["Trail jacket"]);
    expect(names(index, { q: "winter", brand: "fell & fjord" })).toEqual([]);
  });

  test("without words the newest come first, also where relevance is asked for", () => {
    const newest = [cover, kettle, tent, parka, jacket].map(({ name }) => name);
    expect(names(index)).toEqual(newest);
    expect(names(index, { sort: "relevance" })).toEqual(newest);
  });

  test("names are sorted as people read them, not by capitals", () => {
    const mixed = indexOf([product(1, { name: "beta" }), product(2, { name: "Alpha" }), product(3, { name: "Émile" })]);
    expect(names(mixed, { sort: "name" })).toEqual(["Alpha", "beta", "Émile"]);
  });

  test("words found can be sorted by price as well", () => {
    expect(names(index, { q: "jacket", sort: "price" })).toEqual([cover.name, jacket.name, parka.name]);
  });
});

describe("stock", () => {
  test("a card shows the lowest price and the stock of all variants", () => {
    const index = indexOf(shop);
    index.setAvailable("TJ-S", 12);
    index.setAvailable("TJ-M", 3);
    expect(ask(index, { q: "trail jacket" }).items[0]).toEqual({
      id: jacket.id,
      slug: jacket.slug,
      name: "Trail jacket",
      brand: "Fell & Fjord",
      image: null,
      price: { amount: 12_900, currency: "USD" },
      available: 15,
    });
    expect(index.availableOf("TJ-M")).toBe(3);
    expect(index.availableOf("NOBODY-KNOWS")).toBe(0);
  });

  test("what is sold out is left out by inStock, at once", () => {
    const index = indexOf(shop);
    expect(ask(index, { inStock: true }).total).toBe(0);
    index.setAvailable("TJ-S", 1);
    expect(names(index, { inStock: true })).toEqual(["Trail jacket"]);
    index.setAvailable("TJ-S", 0);
    expect(names(index, { inStock: true })).toEqual([]);
    expect(names(index, { q: "trail", inStock: false })).toEqual(["Trail jacket"]);
  });

  test("a page asked for again shows the stock of now", () => {
    const index = indexOf(shop);
    index.setAvailable("TJ-S", 5);
    expect(ask(index, { q: "trail" }).items[0]?.available).toBe(5);
    index.setAvailable("TJ-S", 4);
    expect(ask(index, { q: "trail" }).items[0]?.available).toBe(4);
  });

  test("stock that is told before its product counts when the product comes, and when it comes back", () => {
    const index = new SearchIndex();
    index.setAvailable("TJ-S", 7);
    index.put(jacket);
    expect(ask(index).items[0]?.available).toBe(7);
    index.remove(jacket.id);
    expect(index.size).toBe(0);
    index.put(jacket);
    expect(ask(index, { inStock: true }).items[0]?.available).toBe(7);
  });
});

describe("changes", () => {
  test("a changed product is found as it is now and not as it was", () => {
    const index = indexOf(shop);
    expect(names(index, { sort: "price" })[0]).toBe(cover.name);
    index.put({ ...jacket, name: "Fell anorak", brand: "Nordlys", variants: [{ sku: "FA-1", priceAmount: 100 }] });
    expect(names(index, { q: "trail" })).toEqual([]);
    expect(names(index, { q: "anorak" })).toEqual(["Fell anorak"]);
    expect(names(index, { q: "TJ-S" })).not.toContain("Fell anorak");
    expect(names(index, { sort: "price" })[0]).toBe("Fell anorak");
    expect(ask(index, { brand: "nordlys" }).total).toBe(3);
    expect(index.size).toBe(5);
  });

  test("a word that only a former name had is taken for a typing error again", () => {
    const index = indexOf(shop);
    index.put(product(11, { name: "Kettel" }));
    expect(names(index, { q: "kettel" })[0]).toBe("Kettel");
    index.put(product(11, { name: "Mug" }));
    expect(names(index, { q: "kettel" })).toEqual(["Camp kettle"]);
  });

  test("a removed product is gone from words, lists and counts", () => {
    const index = indexOf(shop);
    index.remove(kettle.id);
    index.remove(kettle.id);
    expect(names(index, { q: "kettle" })).toEqual([]);
    expect(ask(index).total).toBe(4);
    expect(index.categories().map(({ slug }) => slug)).toEqual(["accessories", "camping", "clothing"]);
  });

  test("many changes leave the same index as putting the last state in once", () => {
    const index = new SearchIndex();
    for (let round = 0; round < 8; round++) {
      for (let id = 1; id <= 300; id++) {
        index.put(product(id, { name: `Lamp ${(id * 7 + round) % 300}`, price: 100 + ((id * 31 + round) % 50) }));
      }
    }
    for (let id = 250; id <= 300; id++) index.remove(product(id).id);
    const fresh = new SearchIndex();
    for (let id = 1; id < 250; id++) {
      fresh.put(product(id, { name: `Lamp ${(id * 7 + 7) % 300}`, price: 100 + ((id * 31 + 7) % 50) }));
    }
    for (const query of [{}, { sort: "price" }, { sort: "name" }, { q: "lamp 42" }, { minPrice: 120 }] as const) {
      expect(ask(index, { ...query, limit: 100, facets: true })).toEqual(
        ask(fresh, { ...query, limit: 100, facets: true }),
      );
    }
    index.setAvailable("P-17", 2);
    expect(names(index, { inStock: true })).toEqual(["Lamp 126"]);
  });
});

describe("categories and facets", () => {
  test("the tree counts each product once in every category above it", () => {
    const both = product(9, { categories: ["clothing/jackets", "clothing/rain-wear"] });
    const index = indexOf([jacket, parka, both, tent]);
    index.nameCategory("clothing/rain-wear", "Rainwear");
    expect(index.categories()).toEqual([
      {
        slug: "camping",
        name: "Camping",
        count: 1,
        children: [{ slug: "camping/tents", name: "Tents", count: 1, children: [] }],
      },
      {
        slug: "clothing",
        name: "Clothing",
        count: 3,
        children: [
          { slug: "clothing/jackets", name: "Jackets", count: 3, children: [] },
          { slug: "clothing/rain-wear", name: "Rainwear", count: 1, children: [] },
        ],
      },
    ]);
  });

  test("facets count what the filters left", () => {
    const { facets } = ask(indexOf(shop), { category: "camping", facets: true });
    expect(facets).toEqual({
      brand: [
        { value: "Fell & Fjord", count: 1 },
        { value: "Nordlys", count: 1 },
      ],
      category: [
        { value: "camping", count: 2 },
        { value: "camping/cooking", count: 1 },
        { value: "camping/tents", count: 1 },
        { value: "kitchen", count: 1 },
      ],
      price: [
        { from: 0, to: 5_000, count: 1 },
        { from: 5_001, to: 50_000, count: 1 },
      ],
    });
  });

  test("facets come only when they are asked for", () => {
    expect(ask(indexOf(shop))).not.toHaveProperty("facets");
  });

  test("price ranges are few, without gaps, and each gives its count when it is used as a filter", () => {
    const index = indexOf(Array.from({ length: 400 }, (_, i) => product(i + 1, { price: 5 + i * i * 7 })));
    const ranges = ask(index, { facets: true }).facets?.price ?? [];
    expect(ranges.length).toBeGreaterThanOrEqual(5);
    expect(ranges.length).toBeLessThanOrEqual(8);
    ranges.forEach(({ from, to, count }, i) => {
      expect(from).toBe(i ? (ranges[i - 1]?.to ?? 0) + 1 : 0);
      expect(ask(index, { minPrice: from, maxPrice: to }).total).toBe(count);
    });
    expect(ranges.reduce((sum, { count }) => sum + count, 0)).toBe(400);
  });
});

describe("paging", () => {
  const pages = (index: SearchIndex, query: Partial<Search>, limit: number) => {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const found = ask(index, { ...query, limit, ...(cursor !== undefined && { cursor }) });
      ids.push(...found.items.map(({ id }) => id));
      expect(found.items.length).toBeLessThanOrEqual(limit);
      cursor = found.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return ids;
  };

  const anyProducts = fc
    .array(
      fc.record({
        words: fc.array(fc.constantFrom("red", "blue", "lamp", "tent", "cup", "wool"), { minLength: 1, maxLength: 4 }),
        price: fc.integer({ min: 0, max: 5 }),
        day: fc.integer({ min: 1, max: 4 }),
        category: fc.constantFrom("a", "a/b", "c"),
        stock: fc.integer({ min: 0, max: 1 }),
      }),
      { maxLength: 60 },
    )
    .map((rows) =>
      rows.map(({ words, price, day, category, stock }, i) => ({
        stock,
        product: product(i + 1, {
          name: words.join(" "),
          price,
          categories: [category],
          createdAt: `2025-01-0${day}T00:00:00.000Z`,
        }),
      })),
    );
  const anyQuery: fc.Arbitrary<Partial<Search>> = fc.record(
    {
      q: fc.constantFrom("red", "blue lamp", "lmap", "wool te", "zebra cup"),
      category: fc.constantFrom("a", "c"),
      maxPrice: fc.integer({ min: 0, max: 5 }),
      inStock: fc.boolean(),
      sort: fc.constantFrom("relevance", "newest", "price", "-price", "name"),
    },
    { requiredKeys: [] },
  );

  test("pages one after the other are the one big list, without gaps or repeats", () => {
    fc.assert(
      fc.property(anyProducts, anyQuery, fc.integer({ min: 1, max: 7 }), (rows, query, limit) => {
        const index = new SearchIndex();
        for (const row of rows) {
          index.put(row.product);
          index.setAvailable(row.product.variants[0]?.sku ?? "", row.stock);
        }
        const whole = ask(index, { ...query, limit: 100 });
        expect(whole.nextCursor).toBeNull();
        expect(pages(index, query, limit)).toEqual(whole.items.map(({ id }) => id));
        expect(whole.total).toBe(whole.items.length);
        expect(new Set(whole.items.map(({ id }) => id)).size).toBe(whole.total);
      }),
      { numRuns: 200, seed: 20_250 },
    );
  });

  test("browsing gives the same as filtering and sorting by hand", () => {
    fc.assert(
      fc.property(anyProducts, fc.constantFrom("price", "-price", "name", "newest"), (rows, sort) => {
        const index = indexOf(rows.map((row) => row.product));
        const sign = sort === "price" || sort === "name" ? 1 : -1;
        const value = ({ name, variants, createdAt }: IndexedProduct) =>
          sort === "name" ? name : sort === "newest" ? createdAt : (variants[0]?.priceAmount ?? 0);
        const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
        const expected = rows
          .map((row) => row.product)
          .sort((a, b) => sign * (compare(value(a), value(b)) || compare(a.id, b.id)));
        expect(ask(index, { sort, limit: 100 }).items.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
      }),
      { numRuns: 100, seed: 20_251 },
    );
  });

  test("another query's cursor is refused, as is a damaged one; another page size is no other query", () => {
    const index = indexOf(shop);
    const { nextCursor } = ask(index, { sort: "price", limit: 2 });
    const cursor = nextCursor ?? "";
    const refused = expect.objectContaining({ code: 400, type: "CURSOR_INVALID" });
    expect(() => ask(index, { sort: "-price", cursor })).toThrow(refused);
    expect(() => ask(index, { sort: "price", q: "jacket", cursor })).toThrow(refused);
    expect(() => ask(index, { sort: "price", cursor: `${cursor.slice(0, -4)}AAAA` })).toThrow(refused);
    expect(() => ask(index, { sort: "price", cursor: "nonsense" })).toThrow(refused);
    expect(ask(index, { sort: "price", cursor, limit: 3, facets: true }).items).toHaveLength(3);
  });

  test("a product that comes while somebody pages shifts nothing already seen", () => {
    const index = indexOf(shop);
    const page = ask(index, { sort: "price", limit: 2 });
    index.put(product(10, { name: "Sticker", price: 100 }));
    index.remove(kettle.id);
    const rest = ask(index, { sort: "price", cursor: page.nextCursor ?? "" });
    expect(rest.items.map(({ name }) => name)).toEqual([jacket.name, parka.name, tent.name]);
  });

  test("the total stops at ten thousand, the pages do not", () => {
    const index = indexOf(Array.from({ length: 10_050 }, (_, i) => product(i + 1)));
    expect(ask(index).total).toBe(10_000);
    expect(new Set(pages(index, {}, 100)).size).toBe(10_050);
  });
});
