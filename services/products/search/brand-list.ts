import { fold } from "./words.ts";

interface Brand {
  /** As the first product of the brand spells it. */
  name: string;
  /** Rows of its products, ascending; dead ones stay until the index is compacted. */
  rows: number[];
}

/** Every brand by number, whatever its capitals. */
export class BrandList {
  readonly #brands: Brand[] = [];
  readonly #numbers = new Map<string, number>();

  get size(): number {
    return this.#brands.length;
  }

  numberFor(name: string): number {
    const folded = fold(name);
    const known = this.#numbers.get(folded);
    if (known !== undefined) return known;
    const number = this.#brands.push({ name, rows: [] }) - 1;
    this.#numbers.set(folded, number);
    return number;
  }

  find(name: string): { number: number; rows: readonly number[] } | null {
    const number = this.#numbers.get(fold(name));
    return number === undefined ? null : { number, rows: this.#brand(number).rows };
  }

  nameOf(number: number): string {
    return this.#brand(number).name;
  }

  add(number: number, row: number): void {
    this.#brand(number).rows.push(row);
  }

  compact(renumbered: Int32Array): void {
    for (const brand of this.#brands) {
      brand.rows = brand.rows.map((row) => renumbered[row] as number).filter((row) => row >= 0);
    }
  }

  #brand(number: number): Brand {
    return this.#brands[number] as Brand;
  }
}
