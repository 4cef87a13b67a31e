import { z } from "zod";
import type { CollectionSpec, Doc } from "../../mixins/store/collection.ts";
import { Order, StepName, TimelineEntry } from "./orders.contract.ts";

/** What the checkout needs to go on with an order, whichever node does. */
export const Checkout = z.object({
  /** The step that comes next; null when there is none left. */
  next: StepName.nullable(),
  /** `back`: compensations run, newest first. */
  direction: z.enum(["forward", "back"]),
  /** How often the next step was tried. */
  attempts: z.int(),
  /** Until when the shopper may act, or a provider may answer. */
  deadline: z.string().nullable(),
  /** The payment's token, until it is of no more use. */
  token: z.string().nullable(),
  /** Ids and figures of the refusal that ended it, for whoever asks again. */
  refused: z.unknown().optional(),
});

/** An order as it is stored: the cart's snapshot, the states, and where its checkout stands. */
export const OrderDocument = z.looseObject({
  ...Order.omit({ guestToken: true }).shape,
  /** The request's key; one key makes one order. */
  key: z.string().nullable(),
  cartId: z.string(),
  cartVersion: z.int(),
  customerId: z.string().nullable(),
  /** Somebody who asked again was answered that it is pending. */
  toldPending: z.boolean().optional(),
  timeline: z.array(TimelineEntry),
  checkout: Checkout,
});
export type OrderDocument = z.output<typeof OrderDocument> & Doc;

export const ordersSpec: CollectionSpec<OrderDocument> & { name: "orders" } = {
  name: "orders",
  version: 1,
  schema: OrderDocument as unknown as z.ZodType<OrderDocument>,
  indexes: [
    { keys: ["number"], unique: true },
    { keys: ["key"], unique: true },
    { keys: ["dueAt"] },
    { keys: ["placedAt"] },
    { keys: ["status", "placedAt"] },
    { keys: ["email", "placedAt"] },
    { keys: ["customerId", "placedAt"] },
  ],
};
