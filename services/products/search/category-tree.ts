import type { Category } from "../products.contract.ts";

interface Node {
  path: string;
  name: string | null;
  count: number;
  /** Rows of products in it or below it, ascending; dead ones stay until the index is compacted. */
  rows: number[];
}

/** `Cell phone accessories` for `phones/cell-phone-accessories`. */
export function humanised(path: string): string {
  const words = path
    .slice(path.lastIndexOf("/") + 1)
    .replaceAll("-", " ")
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const ancestorsAndSelf = (path: string): string[] => {
  const steps = path.split("/");
  return steps.map((_, i) => steps.slice(0, i + 1).join("/"));
};

/** Every category by number, with what is in it and below it. */
export class CategoryTree {
  readonly #nodes: Node[] = [];
  readonly #numbers = new Map<string, number>();
  #tree: Category[] | null = null;

  /** The numbers of these categories and of all above them, each once. */
  numbersFor(paths: readonly string[]): number[] {
    const numbers = new Set<number>();
    for (const path of paths) for (const part of ancestorsAndSelf(path)) numbers.add(this.#numberOf(part));
    return [...numbers];
  }

  #numberOf(path: string): number {
    const known = this.#numbers.get(path);
    if (known !== undefined) return known;
    const number = this.#nodes.push({ path, name: null, count: 0, rows: [] }) - 1;
    this.#numbers.set(path, number);
    return number;
  }

  find(path: string): { number: number; rows: readonly number[] } | null {
    const number = this.#numbers.get(path);
    return number === undefined ? null : { number, rows: this.#node(number).rows };
  }

  get size(): number {
    return this.#nodes.length;
  }

  pathOf(number: number): string {
    return this.#node(number).path;
  }

  add(numbers: readonly number[], row: number): void {
    for (const number of numbers) {
      const node = this.#node(number);
      node.count += 1;
      node.rows.push(row);
    }
    this.#tree = null;
  }

  remove(numbers: readonly number[]): void {
    for (const number of numbers) this.#node(number).count -= 1;
    this.#tree = null;
  }

  name(path: string, name: string): void {
    this.#node(this.#numberOf(path)).name = name;
    this.#tree = null;
  }

  compact(renumbered: Int32Array): void {
    for (const node of this.#nodes) {
      node.rows = node.rows.map((row) => renumbered[row] as number).filter((row) => row >= 0);
    }
  }

  /** The categories that have products, by name, each below its parent; `slug` is the whole path. */
  toTree(): Category[] {
    this.#tree ??= this.#grow();
    return this.#tree;
  }

  #grow(): Category[] {
    const roots: Category[] = [];
    const grown = new Map<string, Category>();
    const nodes = this.#nodes.filter(({ count }) => count > 0).sort((a, b) => (a.path < b.path ? -1 : 1));
    for (const { path, name, count } of nodes) {
      const category = { slug: path, name: name ?? humanised(path), count, children: [] };
      grown.set(path, category);
      const parent = grown.get(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
      (parent?.children ?? roots).push(category);
    }
    for (const list of [roots, ...[...grown.values()].map(({ children }) => children)]) {
      list.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    }
    return roots;
  }

  #node(number: number): Node {
    return this.#nodes[number] as Node;
  }
}
