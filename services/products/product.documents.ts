import { z } from "zod";
import type { CollectionSpec, Doc } from "../../mixins/store/collection.ts";
import { Product, Variant } from "./products.contract.ts";

/** A product as it is stored: without stock, which is inventory's. */
const ProductFields = z.object({
  ...Product.omit({ rev: true, updatedAt: true }).shape,
  variants: z.array(Variant.omit({ available: true })).min(1),
  /** The SKUs of the variants; no other product has any of them. */
  skus: z.array(z.string()).min(1),
  /** Who created it with which key, so that a repeat finds it. */
  idempotencyKey: z.string().optional(),
});
export type ProductDocument = z.output<typeof ProductFields> & Doc;

export const productsSpec: CollectionSpec<ProductDocument> & { name: "products" } = {
  name: "products",
  version: 1,
  schema: ProductFields.loose() as unknown as z.ZodType<ProductDocument>,
  indexes: [
    { keys: ["slug"], unique: true },
    { keys: ["skus"], many: true, unique: true },
    { keys: ["idempotencyKey"], unique: true },
    { keys: ["updatedAt"] },
  ],
};

/** What inventory said last of a SKU; one that was never in stock has none. */
const AvailabilityFields = z.object({ id: z.string(), available: z.int(), stockRev: z.int() });
export type Availability = z.output<typeof AvailabilityFields> & Doc;

export const availabilitySpec: CollectionSpec<Availability> & { name: "availability" } = {
  name: "availability",
  version: 1,
  schema: AvailabilityFields.loose() as unknown as z.ZodType<Availability>,
  indexes: [{ keys: ["updatedAt"] }],
};

/** What a category is called, where its slug does not tell; the id is its path. */
const CategoryNameFields = z.object({ id: z.string(), name: z.string() });
export type CategoryName = z.output<typeof CategoryNameFields> & Doc;

export const categoryNamesSpec: CollectionSpec<CategoryName> & { name: "categoryNames" } = {
  name: "categoryNames",
  version: 1,
  schema: CategoryNameFields.loose() as unknown as z.ZodType<CategoryName>,
  indexes: [],
};

/** Work that is done once in the life of a shop. */
const MilestoneFields = z.object({ id: z.string(), done: z.boolean() });
export type Milestone = z.output<typeof MilestoneFields> & Doc;

export const milestonesSpec: CollectionSpec<Milestone> & { name: "catalogueMilestones" } = {
  name: "catalogueMilestones",
  version: 1,
  schema: MilestoneFields.loose() as unknown as z.ZodType<Milestone>,
  indexes: [{ keys: ["dueAt"] }],
};
