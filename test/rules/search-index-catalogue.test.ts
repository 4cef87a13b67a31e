import { readFileSync } from "node:fs";
import type { Facets, Search } from "../../services/products/products.contract.ts";
import { type IndexedProduct, SearchIndex } from "../../services/products/search/search-index.ts";
import { slugOf } from "../../services/products/slug.ts";
import { describeWithShared, sharedData } from "../support/shared-data.ts";

interface Line {
  sku: string;
  name: string;
  brand: string;
  categories: string[];
  priceCents: number;
  currency: string;
  description: string;
  attributes?: IndexedProduct["attributes"];
  stock?: number;
}

describeWithShared("search over 24,691 products", () => {
  let lines: Line[];
  const index = new SearchIndex();
  beforeAll(() => {
    const file = sharedData("data/catalog/products.jsonl") ?? "";
    lines = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    lines.forEach(({ sku, priceCents, stock = 0, categories, attributes = {}, ...rest }, i) => {
      index.setAvailable(sku, stock);
      index.put({
        ...rest,
        id: `0198c0de-0000-7000-8000-${String(i).padStart(12, "0")}`,
        slug: `${slugOf(rest.name)}-${i}`,
        categories: [categories.map(slugOf).join("/")],
        image: null,
        attributes,
        variants: [{ sku, priceAmount: priceCents }],
        createdAt: new Date(Date.UTC(2025, 0, 1) + i).toISOString(),
      });
    });
  });
  const ask = (query: Partial<Search> = {}) => index.search({ limit: 20, facets: false, ...query });
  const counted = (counts: Facets["price"] | Facets["brand"] = []) => counts.reduce((sum, { count }) => sum + count, 0);
  const linesOf = (fits: (line: Line) => boolean) => lines.filter(fits).length;

  test("every product is there, and the categories add up", () => {
    expect(index.size).toBe(24_691);
    expect(ask().total).toBe(10_000);
    expect(index.categories().reduce((sum, { count }) => sum + count, 0)).toBe(24_691);
  });

  test("each brand has as many products as the file says", () => {
    for (const brand of ["Xerox", "StarTech.com", "HERMA", "Luma"]) {
      expect(ask({ brand: brand.toUpperCase() }).total).toBe(linesOf((line) => line.brand === brand));
    }
  });

  test("facets add up to what was found", () => {
    for (const query of [{ brand: "Epson" }, { q: "toner cartridge" }, { category: "women" }, { maxPrice: 2_000 }]) {
      const { total, facets } = ask({ ...query, facets: true });
      expect(total).toBeGreaterThan(100);
      expect(counted(facets?.price)).toBe(total);
      if ((facets?.brand.length ?? 0) < 50) expect(counted(facets?.brand)).toBe(total);
      expect(facets?.price.length).toBeLessThanOrEqual(8);
    }
    expect(counted(ask({ facets: true }).facets?.price)).toBe(24_691);
  });

  test("price and stock filters give what the file says", () => {
    expect(ask({ minPrice: 1_000, maxPrice: 1_500 }).total).toBe(
      linesOf(({ priceCents }) => priceCents >= 1_000 && priceCents <= 1_500),
    );
    expect(ask({ inStock: true }).total).toBe(linesOf(({ stock = 0 }) => stock > 0));
  });

  test("a product is found by its SKU and, among the first, by its whole name", () => {
    for (let i = 0; i < lines.length; i += 500) {
      const { sku, name } = lines[i] as Line;
      expect(ask({ q: sku }).items[0]?.name).toBe(name);
      expect(ask({ q: name.slice(0, 200) }).items.map((item) => item.name)).toContain(name);
    }
  });

  test("typing errors find what was meant", () => {
    for (const [wrong, right] of [
      ["tonre cartrige", "toner cartridge"],
      ["lazer printr", "laser printer"],
      ["hoodei", "hoodie"],
    ] as const) {
      const found = ask({ q: wrong, limit: 10 }).items.map(({ id }) => id);
      const meant = new Set<string>();
      let cursor: string | undefined;
      do {
        const page = ask({ q: right, limit: 100, ...(cursor !== undefined && { cursor }) });
        for (const { id } of page.items) meant.add(id);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(found.filter((id) => meant.has(id)).length).toBeGreaterThanOrEqual(8);
    }
  });

  test("paging through one brand by price shows every product once, cheapest first", () => {
    const seen: { id: string; amount: number }[] = [];
    let cursor: string | undefined;
    do {
      const page = ask({ brand: "hp", sort: "price", limit: 100, ...(cursor !== undefined && { cursor }) });
      seen.push(...page.items.map(({ id, price }) => ({ id, amount: price.amount })));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(linesOf(({ brand }) => brand === "HP"));
    expect(seen.map(({ amount }) => amount)).toEqual(seen.map(({ amount }) => amount).sort((a, b) => a - b));
  });
});
