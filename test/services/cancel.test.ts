import { after } from "../support/between.ts";
import { CHECKOUT, cartWith, place, product } from "../support/checkout.ts";
import { eventually } from "../support/eventually.ts";
import { startServices, type TestShop } from "../support/services.ts";

let shop: TestShop;
beforeAll(async () => {
  shop = await startServices(CHECKOUT);
});
afterAll(() => shop.stop());

const STEPS = [
  ["its cart is locked", "carts.lock"],
  ["its stock is held", "inventory.hold"],
  ["its money is set aside", "payments.authorize"],
  ["its stock leaves", "inventory.commit"],
  ["its cart is closed", "carts.close"],
  ["its money is taken", "payments.capture"],
] as const;

test.each(STEPS)("an order that is asked to be canceled while %s ends canceled and not charged", async (_, action) => {
  const sku = await product(shop, 3);
  const { id } = await cartWith(shop, sku);
  const end = after(shop, action, async () => {
    const { items } = await shop.inside.call("orders.search", { limit: 1 });
    const order = await shop.inside.call("orders.cancel", { id: items[0]?.id ?? "" });
    expect(order.cancelRequestedAt).not.toBeNull();
  });
  const order = await place(shop, id).finally(end);
  const now = await eventually(async () => {
    const stands = await shop.inside.call("orders.get", { id: order.id });
    return stands.status === "canceled" && stands;
  });
  expect(now).toMatchObject({ reason: { type: "CANCELED_BY_REQUEST" } });
  const payment = await shop.inside.call("payments.ofOrder", { orderId: order.id });
  expect((payment?.captured.amount ?? 0) - (payment?.refunded.amount ?? 0)).toBe(0);
  expect(await shop.inside.call("inventory.get", { sku })).toMatchObject({ onHand: 3, reserved: 0 });
  expect((await shop.inside.call("orders.audit")).findings).toEqual([]);
});

test("who was told that the order is confirmed is told that it is canceled", async () => {
  const sku = await product(shop, 3);
  const { id } = await cartWith(shop, sku);
  const end = after(shop, "payments.capture", async ({ orderId }) => {
    await shop.inside.call("orders.cancel", { id: orderId as string });
  });
  const order = await place(shop, id).finally(end);
  const mails = await eventually(async () => {
    const { items } = await shop.inside.call("notifications.mails", { orderId: order.id });
    return items.length === 2 && items;
  });
  expect(mails.map(({ kind }) => kind).sort()).toEqual(["canceled", "confirmed"]);
});

test("a canceled order goes on saying what becomes of its payment", async () => {
  const sku = await product(shop, 3);
  const { id } = await cartWith(shop, sku);
  const order = await place(shop, id, { token: "tok_timeout" });
  await shop.inside.call("orders.cancel", { id: order.id });
  const now = await eventually(async () => {
    const stands = await shop.inside.call("orders.get", { id: order.id });
    const payment = await shop.inside.call("payments.ofOrder", { orderId: order.id });
    return stands.status === "canceled" && payment?.status === "voided" && stands.payment.status === "voided" && stands;
  });
  expect(now.payment.status).toBe("voided");
});
