import { isDeepStrictEqual } from "node:util";
import type { Draft } from "../../mixins/store/collection.ts";
import type { FieldProblem } from "../shared/errors.ts";
import type { ProductDocument } from "./product.documents.ts";
import type { Offer, Product, ProductInput, ProductPatch } from "./products.contract.ts";
import type { IndexedProduct } from "./search/search-index.ts";

type AvailableOf = (sku: string) => number;
export type ProductDraft = Draft<ProductDocument>;

/** What of the variants does not fit this shop: another currency, the same SKU twice. */
export function problemsOf({ variants = [] }: Pick<ProductPatch, "variants">, currency: string): FieldProblem[] {
  const seen = new Set<string>();
  return variants.flatMap(({ sku, price, compareAtPrice }, at) => {
    const problems: FieldProblem[] = [];
    for (const [field, amount] of Object.entries({ price, compareAtPrice })) {
      if (!amount || amount.currency === currency) continue;
      const message = `This shop sells in ${currency}, not in ${amount.currency}`;
      problems.push({ path: ["variants", at, field, "currency"], message });
    }
    if (seen.has(sku)) problems.push({ path: ["variants", at, "sku"], message: `${sku} occurs twice` });
    seen.add(sku);
    return problems;
  });
}

/** The fields that a write sets; the SKUs follow the variants. */
export function fieldsOf<P extends ProductPatch>(patch: P) {
  const { slug, ...fields } = patch;
  const named = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  return {
    ...(named as Omit<P, "slug">),
    ...(slug === undefined ? {} : { slug }),
    ...(patch.variants ? { skus: patch.variants.map(({ sku }) => sku) } : {}),
  };
}

/** A product that has just been thought of. */
export function draftOf(input: ProductInput, id: string, slug: string): ProductDraft {
  return { ...fieldsOf(input), id, slug, rating: null } as ProductDraft;
}

/** Those of the wanted fields that are not so yet. */
export function differences(product: ProductDocument, wanted: ProductPatch & { skus?: string[] }) {
  const current = product as unknown as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(wanted).filter(([field, value]) => value !== undefined && !isDeepStrictEqual(current[field], value)),
  );
}

/** The product with its stock, as it is answered. */
export function shown(product: ProductDocument, availableOf: AvailableOf): Product {
  const { id, rev, slug, name, description, status, brand, categories, images } = product;
  const { attributes, options, rating, updatedAt } = product;
  const variants = product.variants.map((variant) => ({ ...variant, available: availableOf(variant.sku) }));
  return {
    ...{ id, rev, slug, name, description, status, brand, categories, images },
    ...{ attributes, options, variants, rating, updatedAt },
  };
}

/** What the index keeps of an active product; null for any other. */
export function indexed(product: ProductDocument): IndexedProduct | null {
  if (product.status !== "active" || product.deletedAt) return null;
  const { id, slug, name, brand, description, categories, images, options, variants, createdAt } = product;
  // Who looks for "red" means the colour that can be chosen, too.
  const choices = Object.fromEntries(options.map((option) => [option.name, option.values.join(" ")]));
  const attributes = { ...choices, ...product.attributes };
  return {
    ...{ id, slug, name, brand, description, categories, attributes, createdAt },
    image: images[0] ?? null,
    variants: variants.map(({ sku, price }) => ({ sku, priceAmount: price.amount })),
    currency: variants[0]?.price.currency ?? "",
  };
}

/** What a cart needs to know of one of the product's SKUs. */
export function offer(product: ProductDocument, sku: string, availableOf: AvailableOf): Offer | null {
  const variant = product.variants.find((one) => one.sku === sku);
  if (!variant) return null;
  return {
    sku,
    productId: product.id,
    name: variant.name ? `${product.name}, ${variant.name}` : product.name,
    price: variant.price,
    available: availableOf(sku),
    sellable: product.status === "active",
  };
}

/** The product as `import` reads it: nothing of stock, ids or times. */
export function written(product: ProductDocument): ProductInput {
  const { slug, name, description, status, brand, categories, images, attributes, options, variants } = product;
  return { slug, name, description, status, brand, categories, images, attributes, options, variants };
}
