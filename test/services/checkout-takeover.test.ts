import type { Shop } from "../../bin/shop.ts";
import type { Collection } from "../../mixins/store/collection.ts";
import type { OrderDocument } from "../../services/orders/order.documents.ts";
import { before } from "../support/between.ts";
import { CHECKOUT, cartWith, place, product } from "../support/checkout.ts";
import { eventually } from "../support/eventually.ts";
import { startServices, type TestShop } from "../support/services.ts";

let shop: TestShop;
beforeAll(async () => {
  shop = await startServices(CHECKOUT);
});
afterAll(() => shop.stop());

/** Holds up the first so many calls of this action, until all are released. */
function holdUp(action: string, count: number) {
  const reached = Array.from({ length: count }, () => Promise.withResolvers<void>());
  const released = Promise.withResolvers<void>();
  let calls = 0;
  const end = before(shop, action, () => {
    const mine = reached[calls++];
    if (!mine) return undefined;
    mine.resolve();
    return released.promise;
  });
  return { reached, release: released.resolve, end };
}

interface Orders {
  orders: Collection<OrderDocument>;
  running(): Set<unknown>;
}
const ordersOf = ({ broker }: Shop) => broker.getLocalService("orders") as unknown as Orders;

/** As if the lease had run out: whoever looks for due work goes on with the order. */
async function leaseEnds(id: string): Promise<void> {
  await ordersOf(shop.nodes[0] as Shop).orders.change(
    id,
    {},
    { $set: { dueAt: new Date().toISOString(), leased: false } },
  );
}

const STEPS = ["carts.lock", "inventory.hold", "payments.authorize"] as const;

test.each(STEPS)(
  "an order that was canceled when its node was thought dead keeps nothing that %s brings late",
  async (action) => {
    const sku = await product(shop, 3);
    const { id: cartId } = await cartWith(shop, sku);
    const { reached, release, end } = holdUp(action, 1);
    const placed = place(shop, cartId);
    await reached[0]?.promise;
    const { items } = await shop.inside.call("orders.search", { limit: 1 });
    const id = items[0]?.id ?? "";
    await shop.inside.call("orders.cancel", { id });
    await leaseEnds(id);
    await eventually(async () => (await shop.inside.call("orders.get", { id })).status === "canceled");

    release();
    await placed.catch(() => undefined);
    end();
    expect(await shop.inside.call("orders.get", { id })).toMatchObject({ status: "canceled" });
    expect(await shop.inside.call("inventory.get", { sku })).toMatchObject({ onHand: 3, reserved: 0 });
    expect(await shop.inside.call("carts.get", { id: cartId })).toMatchObject({ status: "open" });
    const payment = await shop.inside.call("payments.ofOrder", { orderId: id });
    expect(["voided", undefined]).toContain(payment?.status);
    expect((await shop.inside.call("orders.audit")).findings).toEqual([]);
  },
);

test("trap 5: who comes back and finds the cart ordered undoes nothing of the order that was confirmed meanwhile", async () => {
  const sku = await product(shop, 3);
  const { id: cartId } = await cartWith(shop, sku);
  const { reached, release, end } = holdUp("carts.lock", 2);
  const placed = place(shop, cartId);
  await reached[0]?.promise;
  const { items } = await shop.inside.call("orders.search", { limit: 1 });
  const id = items[0]?.id ?? "";
  await leaseEnds(id);
  await reached[1]?.promise;
  await leaseEnds(id);
  await eventually(async () => (await shop.inside.call("orders.get", { id })).payment.status === "captured");

  release();
  await placed.catch(() => undefined);
  end();
  await eventually(() => shop.nodes.every((node) => ordersOf(node).running().size === 0));
  expect(await shop.inside.call("orders.get", { id })).toMatchObject({ status: "confirmed" });
  expect(await shop.inside.call("payments.ofOrder", { orderId: id })).toMatchObject({ status: "captured" });
  expect(await shop.inside.call("inventory.get", { sku })).toMatchObject({ onHand: 2, reserved: 0 });
});
