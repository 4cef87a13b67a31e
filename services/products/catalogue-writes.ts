import { isDeepStrictEqual } from "node:util";
import type { Collection, Filter } from "../../mixins/store/collection.ts";
import { conflict, notFound, preconditionFailed, typeOf } from "../shared/errors.ts";
import type { ProductDocument } from "./product.documents.ts";
import { fieldsOf, type ProductDraft } from "./product.ts";
import type { ProductPatch } from "./products.contract.ts";
import { numbered } from "./slug.ts";

type Products = Collection<ProductDocument>;

const LOOK = 20;
const ATTEMPTS = 100;

export interface Added {
  product: ProductDocument;
  /** The slug got a suffix because another product has the same name. */
  suffixed: boolean;
}

/**
 * Adds a product. Where its slug may be numbered (nobody asked for that very one) the next free number is taken; a taken
 * SKU or slug is `SKU_TAKEN` or `SLUG_TAKEN`. A draft whose idempotency key is known gives the first product.
 */
export async function addProduct(products: Products, draft: ProductDraft, mayNumber: boolean): Promise<Added> {
  let attempt = 1;
  let suffixed = false;
  for (let tries = 0; tries < ATTEMPTS; tries++) {
    try {
      return { product: await products.insert({ ...draft, slug: numbered(draft.slug, attempt) }), suffixed };
    } catch (error) {
      if (typeOf(error) !== "PRODUCTS_TAKEN") throw error;
    }
    const first = draft.idempotencyKey && (await one(products, { idempotencyKey: draft.idempotencyKey }));
    if (first) return { product: first, suffixed };
    await refuseTakenSkus(products, draft.skus, draft.id);
    if (!mayNumber) await refuseTakenSlug(products, draft.slug, draft.id);
    ({ attempt, sameName: suffixed } = await freeNumber(products, draft));
  }
  throw conflict("SLUG_TAKEN", `No free address was found for ${draft.name}`, { field: "slug", slug: draft.slug });
}

/** Changes the fields where nobody has changed the product since `rev`; a repeat of the same change is harmless. */
export async function changeProduct(
  products: Products,
  id: string,
  rev: number | undefined,
  patch: ProductPatch,
): Promise<ProductDocument> {
  const fields = fieldsOf(patch);
  const nothing = Object.keys(fields).length === 0;
  const changed = nothing ? null : await setFields(products, id, rev === undefined ? {} : { rev }, fields);
  if (changed) return changed;
  const now = await products.get(id);
  if (!now) throw notFound("PRODUCT_NOT_FOUND", "There is no such product", { id });
  const current = now as unknown as Record<string, unknown>;
  const asWanted = Object.entries(fields).every(([field, value]) => isDeepStrictEqual(current[field], value));
  if (asWanted && !(nothing && rev !== undefined && rev !== now.rev)) return now;
  throw preconditionFailed("PRODUCT_CHANGED", "Somebody has changed this product since", { id, rev: now.rev });
}

/** One guarded write; null where the guard does not hold. A taken SKU or slug is a conflict that names it. */
export async function setFields(
  products: Products,
  id: string,
  guard: Filter,
  fields: ReturnType<typeof fieldsOf>,
): Promise<ProductDocument | null> {
  try {
    return await products.change(id, guard, { $set: fields });
  } catch (error) {
    if (typeOf(error) !== "PRODUCTS_TAKEN") throw error;
    await refuseTakenSkus(products, fields.skus ?? [], id);
    if (fields.slug) await refuseTakenSlug(products, fields.slug, id);
    throw error;
  }
}

const one = async (products: Products, filter: Filter): Promise<ProductDocument | undefined> =>
  (await products.find(filter, { limit: 1 }))[0];

async function refuseTakenSkus(products: Products, skus: readonly string[], id: string): Promise<void> {
  const holders = await products.find({ skus: { $in: [...skus] } }, { limit: skus.length + 1 });
  const holder = holders.find((product) => product.id !== id);
  const sku = skus.find((wanted) => holder?.skus.includes(wanted));
  if (!sku) return;
  throw conflict("SKU_TAKEN", `Another product has the SKU ${sku}`, { field: "sku", sku, productId: holder?.id });
}

async function refuseTakenSlug(products: Products, slug: string, id: string): Promise<void> {
  const holder = await one(products, { slug });
  if (!holder || holder.id === id) return;
  throw conflict("SLUG_TAKEN", `Another product has the slug ${slug}`, { field: "slug", slug, productId: holder.id });
}

/** The first number that no product's slug has, and whether one of those before it has the same name. */
async function freeNumber(products: Products, draft: ProductDraft): Promise<{ attempt: number; sameName: boolean }> {
  let sameName = false;
  for (let from = 1; ; from += LOOK) {
    const slugs = Array.from({ length: LOOK }, (_, at) => numbered(draft.slug, from + at));
    const holders = await products.find({ slug: { $in: slugs } }, { limit: LOOK });
    sameName ||= holders.some(({ name }) => name === draft.name);
    const taken = new Set(holders.map(({ slug }) => slug));
    const free = slugs.findIndex((slug) => !taken.has(slug));
    if (free !== -1) return { attempt: from + free, sameName };
  }
}
