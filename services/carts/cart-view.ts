import type { Meta } from "../access.ts";
import { conflict } from "../shared/errors.ts";
import type { CartDocument } from "./cart.documents.ts";
import type { Cart } from "./carts.contract.ts";

/** A cart that somebody may see: it has not gone into another. */
export type Shown = CartDocument & { status: Cart["status"] };

/** False where there is no cart under this id any more, for anybody. */
export const present = (cart: CartDocument | null): cart is Shown =>
  cart !== null && cart.status !== "merging" && cart.status !== "merged";

/** Whether the cart is the caller's: a guest's is whoever's has its id, a customer's is the customer's alone. */
export const visible = (cart: CartDocument | null, { userId }: Pick<Meta, "userId">): cart is Shown =>
  present(cart) && (cart.customerId === null || cart.customerId === userId);

/** The cart as the outside sees it, with what is available of each SKU. */
export function view(cart: Shown, available: ReadonlyMap<string, number>): Cart {
  const { id, rev, status, email, subtotal, discountTotal, shippingTotal, taxTotal, total, pricedAt } = cart;
  const { shippingAddress, billingAddress, shippingMethod, coupons, setAside } = cart;
  const shown = cart.lines.map((line) => ({ ...line, available: available.get(line.sku) ?? 0 }));
  const totals = { subtotal, discountTotal, shippingTotal, taxTotal, total };
  const chosen = { shippingAddress, billingAddress, shippingMethod, coupons, setAside };
  return { id, version: rev, status, email, lines: shown, ...totals, ...chosen, pricedAt };
}

/** Throws unless the cart may be changed and ordered. */
export function assertOpen({ id, status, orderId }: CartDocument): void {
  if (status === "open") return;
  if (status === "ordered")
    throw conflict("CART_ORDERED", "This cart has been ordered already", { cartId: id, orderId });
  throw conflict("CART_LOCKED", "An order is being made of this cart", { cartId: id });
}
