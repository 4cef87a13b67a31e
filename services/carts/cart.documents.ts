import { z } from "zod";
import type { CollectionSpec, Doc } from "../../mixins/store/collection.ts";
import { Cart, CartLine } from "./carts.contract.ts";

/** A cart as it is stored: `rev` is the version that shoppers see, and `available` is looked up when it is shown. */
export const CartDocument = z.looseObject({
  ...Cart.omit({ version: true }).shape,
  lines: z.array(CartLine.omit({ available: true })),
  customerId: z.string().nullable(),
  /** The order that has locked or bought it. */
  orderId: z.string().nullable(),
});
export type CartDocument = z.output<typeof CartDocument> & Doc;
export type StoredLine = CartDocument["lines"][number];

export const cartsSpec: CollectionSpec<CartDocument> & { name: "carts" } = {
  name: "carts",
  version: 1,
  schema: CartDocument as unknown as z.ZodType<CartDocument>,
  indexes: [{ keys: ["dueAt"] }, { keys: ["customerId"] }],
};
