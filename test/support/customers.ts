import type { Meta } from "../../services/access.ts";
import type { Actions } from "../../services/cluster.ts";
import type { Caller } from "../../services/contract.ts";
import type { Order } from "../../services/orders/orders.contract.ts";
import { newId } from "../../services/shared/ids.ts";
import { address } from "./checkout.ts";
import type { TestShop } from "./services.ts";

export interface Customer extends Caller<Actions> {
  customerId: string;
  /** Puts one SKU into the customer's cart; gives the cart's id. */
  wants(sku: string, quantity?: number): Promise<string>;
  /** Orders the customer's cart, or the one that is named. */
  orders(more?: { cartId?: string; key?: string; token?: string; email?: string | undefined }): Promise<Order>;
}

/** Somebody signed in, as the gateway would say after it has checked the token. */
export function customer(shop: TestShop, meta: Meta = {}): Customer {
  const customerId = meta.userId ?? newId();
  const me = { ...meta, userId: customerId };
  const caller = shop.as(me);
  return {
    ...caller,
    customerId,
    wants: async (sku, quantity = 1) => (await caller.call("carts.create", { lines: [{ sku, quantity }] })).id,
    async orders({ cartId, key = newId(), token = "tok_ok", ...more } = {}) {
      const id = cartId ?? (await caller.call("carts.mine")).id;
      const wishes = { email: "ada@example.com", ...more, shippingAddress: address, paymentToken: token };
      return shop.as({ ...me, idempotencyKey: key }).call("orders.place", { cartId: id, ...wishes });
    },
  };
}
