import type { Order } from "../../services/orders/orders.contract.ts";
import { newId } from "../../services/shared/ids.ts";
import { eventually } from "./eventually.ts";
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

/** Whether an order is confirmed in the end, or else why not. Where a crowd is slow, its answer says `pending` first. */
export async function endOf(placing: Promise<Order>, read: (order: Order) => Promise<Order>): Promise<string> {
  try {
    const order = await placing;
    const decided = (stands: Order) => stands.status !== "pending" && stands;
    const { status, reason } =
      decided(order) || (await eventually(async () => decided(await read(order)), { within: 45_000, every: 1_000 }));
    return reason?.type ?? status;
  } catch (error) {
    return (error as { type?: string }).type ?? String(error);
  }
}

/** The order as its guest sees it. */
export const seen = (shop: TestShop, { id, guestToken }: Order): Promise<Order> =>
  shop.as({ orderToken: guestToken ?? "" }).call("orders.get", { id });
