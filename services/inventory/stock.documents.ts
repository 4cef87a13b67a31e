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

/** The stock of one SKU at one location, with its holds by order: the open ones, and those of the last that ended. */
export const Stock = z.looseObject({
  id: z.string(),
  sku: z.string(),
  location: z.string(),
  onHand: z.int().min(0),
  reserved: z.int().min(0),
  available: z.int().min(0),
  holds: z.record(z.string(), Hold),
  /** Keys of the last adjustments that were made, with their time. */
  adjustments: z.record(z.string(), z.string()),
  /** No order after this one has an archived hold here: ids sort by time, so a new order is after it. */
  archivedUpTo: z.string(),
  /** How often something left for the archive. */
  archives: z.int(),
});
export type Stock = z.output<typeof Stock> & Doc;
export type Hold = z.output<typeof Hold>;

export const stockSpec: CollectionSpec<Stock> & { name: "stock" } = {
  name: "stock",
  version: 2,
  upgrades: { 2: (stock) => ({ ...stock, archivedUpTo: "", archives: 0 }) },
  schema: Stock as unknown as z.ZodType<Stock>,
  indexes: [{ keys: ["sku"] }, { keys: ["available"] }, { keys: ["dueAt"] }],
};

/** How a hold ended, or that an adjustment was made, after it has left its stock; kept for a week. */
export const Ending = z.object({
  id: z.string(),
  quantity: z.int(),
  state: z.enum([...HoldState.exclude(["held"]).options, "adjusted"]),
  at: z.string(),
});
export type Ending = z.output<typeof Ending> & Doc;

export const endingsSpec: CollectionSpec<Ending> & { name: "endings" } = {
  name: "endings",
  version: 1,
  schema: Ending as unknown as z.ZodType<Ending>,
  indexes: [{ keys: ["at"] }],
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
  indexes: [{ keys: ["sku", "createdAt"] }],
};
