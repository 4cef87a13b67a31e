import { CHECKOUT, cartWith, place, product } from "../support/checkout.ts";
import { eventually } from "../support/eventually.ts";
import { startServices, type TestShop } from "../support/services.ts";

let shop: TestShop;
beforeAll(async () => {
  shop = await startServices(`config,${CHECKOUT}`);
});
afterAll(() => shop.stop());
beforeEach(() => shop.inside.call("config.rollback", { to: 1 }));

const set = (values: object) => shop.inside.call("config.update", { values });
const guest = () => shop.as({});
const usd = (amount: number) => ({ amount, currency: "USD" });
const post = { code: "post", name: "By post", amount: 490 };

test("a tax that changes between cart and order is not charged unseen", async () => {
  const sku = await product(shop, 5, 10_000);
  const { id } = await cartWith(shop, sku);
  await set({ "tax.rate": 1_000 });
  await expect(place(shop, id)).rejects.toMatchObject({
    code: 409,
    type: "TOTAL_CHANGED",
    data: { expectedTotal: usd(10_490), total: usd(11_490) },
  });
  const cart = await guest().call("carts.get", { id });
  expect(cart).toMatchObject({ status: "open", taxTotal: usd(1_000), total: usd(11_000) });
  const order = await place(shop, id);
  expect(order).toMatchObject({ status: "confirmed", taxTotal: usd(1_000), total: usd(11_490) });
});

test("a tax that changes after the order does not change the order", async () => {
  const sku = await product(shop, 5, 10_000);
  const order = await place(shop, (await cartWith(shop, sku)).id);
  await set({ "tax.rate": 1_000 });
  const seen = await shop.inside.call("orders.get", { id: order.id });
  expect([seen.taxTotal, seen.total]).toEqual([usd(0), usd(10_490)]);
});

test("tax that prices contain is told and not added", async () => {
  await set({ "tax.rate": 2_000, "tax.included": true });
  const cart = await cartWith(shop, await product(shop, 5, 12_000));
  expect(cart).toMatchObject({ taxTotal: usd(2_000), total: usd(12_000) });
});

test("a cart whose shipping method is withdrawn stays usable, and the shopper chooses again", async () => {
  const sku = await product(shop, 5);
  const { id } = await cartWith(shop, sku);
  await guest().call("carts.update", { id, shippingMethod: "express" });
  await set({ "shipping.methods": [post] });
  expect(await guest().call("carts.get", { id })).toMatchObject({ shippingMethod: null, shippingTotal: usd(0) });
  expect(await guest().call("carts.addLine", { id, sku, quantity: 1 })).toMatchObject({ lines: [{ quantity: 2 }] });
  const gone = guest().call("carts.update", { id, shippingMethod: "express" });
  await expect(gone).rejects.toMatchObject({ code: 422, data: { errors: [{ path: "shippingMethod" }] } });
  await guest().call("carts.update", { id, shippingMethod: "post" });
  expect(await place(shop, id)).toMatchObject({ status: "confirmed", shippingMethod: "post" });
});

test("an order by a method that was withdrawn meanwhile is refused, not shipped otherwise", async () => {
  const { id } = await cartWith(shop, await product(shop, 5));
  await guest().call("carts.update", { id, shippingMethod: "express" });
  await set({ "shipping.methods": [post] });
  await expect(place(shop, id)).rejects.toMatchObject({ code: 422, data: { errors: [{ path: "shippingMethod" }] } });
});

test("a cart takes as many lines and as much of each as the settings say", async () => {
  const [a, b] = [await product(shop, 5), await product(shop, 5)];
  const { id } = await cartWith(shop, a, 3);
  await set({ "cart.maxLines": 1, "cart.maxQuantity": 4 });
  const add = (sku: string, quantity: number) => guest().call("carts.addLine", { id, sku, quantity });
  await expect(add(b, 1)).rejects.toMatchObject({ type: "CART_FULL" });
  await expect(add(a, 2)).rejects.toMatchObject({ code: 422, data: { errors: [{ path: "quantity" }] } });
  await expect(guest().call("carts.setLine", { id, sku: a, quantity: 5 })).rejects.toMatchObject({ code: 422 });
  expect(await add(a, 1)).toMatchObject({ lines: [{ quantity: 4 }] });
});

test("a cart may take more lines than by default", async () => {
  await set({ "cart.maxLines": 101 });
  const skus = await Promise.all(Array.from({ length: 101 }, () => product(shop, 0)));
  const cart = await guest().call("carts.create", { lines: skus.map((sku) => ({ sku, quantity: 1 })) });
  expect(cart.lines).toHaveLength(101);
});

test("what counts as low stock is a setting", async () => {
  const sku = await product(shop, 40);
  const low = async () => {
    const { items } = await shop.inside.call("inventory.list", { low: true, limit: 100 });
    return items.some((level) => level.sku === sku);
  };
  expect(await low()).toBe(false);
  await set({ "inventory.lowStock": 40 });
  expect(await low()).toBe(true);
});

test("mails come from the shop by the name that it has now", async () => {
  await set({ "shop.name": "Fell & Fjord" });
  const { id: orderId } = await place(shop, (await cartWith(shop, await product(shop, 5))).id);
  const mail = await eventually(async () => {
    const { items } = await shop.inside.call("notifications.mails", { orderId });
    return items[0] && shop.inside.call("notifications.mail", { id: items[0].id });
  });
  expect(mail.text).toMatch(/Fell & Fjord$/);
});
