import type { Facets } from "../products.contract.ts";

/** Amounts that people expect price ranges to end at: 10, 15, 20, 30, 50, 75, 100, … minor units. */
const STEPS = Array.from({ length: 13 }, (_, power) =>
  [1, 1.5, 2, 3, 5, 7.5].map((step) => Math.round(step * 10 ** (power + 1))),
).flat();
const RANGES = 7;
const BRANDS = 50;
const CATEGORIES = 100;

/** The number of the finest price range that an amount falls into. */
export function priceStep(amount: number): number {
  let low = 0;
  let high = STEPS.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((STEPS[middle] as number) < amount) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * At most seven ranges that share the products about evenly. Both ends belong to a range, so that they can be sent back
 * as `minPrice` and `maxPrice`.
 */
export function priceRanges(counts: ArrayLike<number>): Facets["price"] {
  const ranges: Facets["price"] = [];
  for (let step = 0, from = 0; step < counts.length; step++) {
    const count = counts[step] as number;
    if (!count) continue;
    const to = STEPS[step] ?? Number.MAX_SAFE_INTEGER;
    ranges.push({ from, to, count });
    from = to + 1;
  }
  while (ranges.length > RANGES) {
    let thinnest = 0;
    for (let i = 1; i + 1 < ranges.length; i++) if (together(ranges, i) < together(ranges, thinnest)) thinnest = i;
    const [left, right] = ranges.slice(thinnest, thinnest + 2) as [Facets["price"][0], Facets["price"][0]];
    ranges.splice(thinnest, 2, { from: left.from, to: right.to, count: left.count + right.count });
  }
  return ranges;
}

const together = (ranges: Facets["price"], i: number): number => (ranges[i]?.count ?? 0) + (ranges[i + 1]?.count ?? 0);

/** The values with their counts, most first. */
function ranked(counts: ArrayLike<number>, nameOf: (number: number) => string, limit: number) {
  const named: { value: string; count: number }[] = [];
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] as number;
    const value = count ? nameOf(i) : "";
    if (value) named.push({ value, count });
  }
  return named.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)).slice(0, limit);
}

interface Counted {
  rows: readonly number[];
  brandOf: readonly number[];
  stepOf: readonly number[];
  categoriesOf: readonly (readonly number[])[];
  brands: { size: number; nameOf(number: number): string };
  categories: { size: number; pathOf(number: number): string };
}

/** How many of the rows have each brand, are in each category (or below it), and cost how much. */
export function countFacets({ rows, brandOf, stepOf, categoriesOf, brands, categories }: Counted): Facets {
  const byBrand = new Int32Array(brands.size);
  const byStep = new Int32Array(STEPS.length + 1);
  const byCategory = new Int32Array(categories.size);
  const raise = (counts: Int32Array, number: number) => {
    counts[number] = (counts[number] as number) + 1;
  };
  for (const row of rows) {
    raise(byBrand, brandOf[row] as number);
    raise(byStep, stepOf[row] as number);
    for (const category of categoriesOf[row] as readonly number[]) raise(byCategory, category);
  }
  return {
    brand: ranked(byBrand, (number) => brands.nameOf(number), BRANDS),
    category: ranked(byCategory, (number) => categories.pathOf(number), CATEGORIES),
    price: priceRanges(byStep),
  };
}
