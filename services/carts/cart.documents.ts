import { z } from "zod";
import type { CollectionSpec, Doc } from "../../mixins/store/collection.ts";
import { Cart, CartLine } from "./carts.contract.ts";

/** A cart as it is stored: `rev` is the version that shoppers see, and `available` is looked up when it is shown. */
export const CartDocument = z.looseObject({
  ...Cart.omit({ version: true }).shape,
  /** `merging`: claimed for the cart that it goes into; `merged`: its lines are there. Nobody sees it in either. */
  status: z.enum([...Cart.shape.status.options, "merging", "merged"]),
  lines: z.array(CartLine.omit({ available: true })),
  customerId: z.string().nullable(),
  /** The customer, while this is the one cart that is open or locked; unique. */
  openFor: z.string().nullable(),
  /** The order that has locked or bought it. */
  orderId: z.string().nullable(),
  /** The guests' carts whose lines are in this one: written together with the lines. */
  mergedCarts: z.array(z.string()),
  /** Where a guest's cart went, and whose that is. */
  mergedInto: z.object({ cartId: z.string(), customerId: z.string() }).nullable(),
});
export type CartDocument = z.output<typeof CartDocument> & Doc;
export type StoredLine = CartDocument["lines"][number];
export type Content = Pick<CartDocument, "email" | "shippingAddress" | "billingAddress" | "shippingMethod">;

/** Nothing but who has it: prices are still to come. */
export const blank = (id: string, customerId: string | null) =>
  ({
    id,
    status: "open",
    customerId,
    openFor: customerId,
    orderId: null,
    ...{ email: null, shippingAddress: null, billingAddress: null, shippingMethod: null },
    coupons: [],
    setAside: [],
    mergedCarts: [],
    mergedInto: null,
  }) as const satisfies Partial<CartDocument>;

export const cartsSpec: CollectionSpec<CartDocument> & { name: "carts" } = {
  name: "carts",
  version: 2,
  upgrades: {
    // Until then there were only guests' carts.
    2: (cart) => ({ ...cart, openFor: null, setAside: [], mergedCarts: [], mergedInto: null }),
  },
  schema: CartDocument as unknown as z.ZodType<CartDocument>,
  indexes: [{ keys: ["dueAt"] }, { keys: ["customerId"] }, { keys: ["openFor"], unique: true }],
};
