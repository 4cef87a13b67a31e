import type { Category } from "./products.contract.ts";

/** The path of every category in the tree. */
export const pathsOf = (tree: readonly Category[]): string[] =>
  tree.flatMap(({ slug, children }) => [slug, ...pathsOf(children)]);

/** The tree under the names that are known, each level in their order; the others keep what their slugs tell. */
export function named(tree: readonly Category[], names: readonly { id: string; name: string }[]): Category[] {
  const byPath = new Map(names.map(({ id, name }) => [id, name]));
  const rename = (nodes: readonly Category[]): Category[] =>
    nodes
      .map((node) => ({ ...node, name: byPath.get(node.slug) ?? node.name, children: rename(node.children) }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return rename(tree);
}
