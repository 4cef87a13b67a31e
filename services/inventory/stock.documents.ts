import { z } from "zod";
import type { CollectionSpec, Doc } from "../../mixins/store/collection.ts";
import { HoldState } from "./inventory.contract.ts";

const Hold = z.object({
  quantity: z.int().min(0),
  state: HoldState,
  /** When it was opened or closed. */
  at: z.string(),
  /** Null: pinned. */
  expiresAt: z.string().nullable(),
});

/** The stock of one SKU at one location, with its holds by order. */
export const Stock = z.looseObject({
  id: z.string(),
  sku: z.string(),
  location: z.string(),
  onHand: z.int().min(0),
  reserved: z.int().min(0),
  available: z.int().min(0),
  holds: z.record(z.string(), Hold),
  /** Keys of adjustments that were made, with their time; kept for a week. */
  adjustments: z.record(z.string(), z.string()),
});
export type Stock = z.output<typeof Stock> & Doc;
export type Hold = z.output<typeof Hold>;

export const stockSpec: CollectionSpec<Stock> & { name: "stock" } = {
  name: "stock",
  version: 1,
  schema: Stock as unknown as z.ZodType<Stock>,
  indexes: [{ keys: ["sku"] }, { keys: ["available"] }, { keys: ["dueAt"] }],
};

/** Goods that came or went; the sum over a SKU is what is on hand. */
export const Movement = z.looseObject({
  id: z.string(),
  sku: z.string(),
  location: z.string(),
  kind: z.string(),
  delta: z.int(),
  orderId: z.string().nullable(),
  reason: z.string().nullable(),
});
export type Movement = z.output<typeof Movement> & Doc;

export const movementsSpec: CollectionSpec<Movement> & { name: "movements" } = {
  name: "movements",
  version: 1,
  schema: Movement as unknown as z.ZodType<Movement>,
  indexes: [{ keys: ["sku"] }],
};
