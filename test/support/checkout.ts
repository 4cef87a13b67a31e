import type { Order } from "../../services/orders/orders.contract.ts";
import { newId } from "../../services/shared/ids.ts";
import type { TestShop } from "./services.ts";

/** All services that a checkout needs, without the edges. */
export const CHECKOUT = "products,inventory,pricing,carts,orders,payments,notifications,users,idempotency";

export const address = {
  name: "Ada Lovelace",
  line1: "1 Main St",
  city: "Springfield",
  postalCode: "12345",
  country: "US",
};

let made = 0;

/** A product with one variant and so much stock; gives its SKU. */
export async function product(shop: TestShop, onHand: number, amount = 2_500): Promise<string> {
  const sku = `THING-${++made}`;
  const currency = shop.platform.environment.CURRENCY;
  await shop.inside.call("products.create", {
    name: `Thing ${made}`,
    variants: [{ sku, price: { amount, currency } }],
  });
  if (onHand) await shop.inside.call("inventory.adjust", { sku, delta: onHand, reason: "delivery" });
  return sku;
}

export const cartWith = (shop: TestShop, sku: string, quantity = 1) =>
  shop.as({}).call("carts.create", { lines: [{ sku, quantity }] });

/** Places the order of a guest's cart as the gateway does. */
export const place = (
  shop: TestShop,
  cartId: string,
  { token = "tok_ok", key = newId(), ...more }: { token?: string; key?: string; expectedTotal?: Order["total"] } = {},
): Promise<Order> =>
  shop.as({ idempotencyKey: key }).call("orders.place", {
    cartId,
    email: "ada@example.com",
    shippingAddress: address,
    paymentToken: token,
    ...more,
  });

/** The order as its guest sees it. */
export const seen = (shop: TestShop, { id, guestToken }: Order): Promise<Order> =>
  shop.as({ orderToken: guestToken ?? "" }).call("orders.get", { id });
