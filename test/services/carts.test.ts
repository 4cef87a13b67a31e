import { CHECKOUT, cartWith, place, product } from "../support/checkout.ts";
import { startServices, type TestShop } from "../support/services.ts";
import { soon, WHO_WROTE } from "../support/shape.ts";

let shop: TestShop;
beforeAll(async () => {
  shop = await startServices(CHECKOUT);
});
afterAll(() => shop.stop());
const guest = () => shop.as({});

test("trap 15: 30 parallel additions to one cart all count", async () => {
  const skus = await Promise.all([1, 2, 3].map(() => product(shop, 100)));
  const { id } = await guest().call("carts.create", {});
  const additions = Array.from({ length: 30 }, (_, at) =>
    guest().call("carts.addLine", { id, sku: skus[at % 3] as string, quantity: 1 }),
  );
  await Promise.all(additions);
  const cart = await guest().call("carts.get", { id });
  expect(cart.lines.map(({ quantity }) => quantity)).toEqual([10, 10, 10]);
  expect(cart.total.amount).toBe(30 * 2_500);
});

test("a SKU that nobody offers is refused by its place in the request", async () => {
  const sku = await product(shop, 1);
  const lines = [
    { sku, quantity: 1 },
    { sku: "NOPE", quantity: 1 },
  ];
  await expect(guest().call("carts.create", { lines })).rejects.toMatchObject({
    code: 422,
    data: { errors: [{ path: "lines.1.sku" }] },
  });
});

test("quantities that are negative, zero, broken or huge are refused by their field", async () => {
  const sku = await product(shop, 1);
  const { id } = await cartWith(shop, sku);
  for (const quantity of [-1, 0, 1.5, 10_001]) {
    await expect(guest().call("carts.addLine", { id, sku, quantity })).rejects.toMatchObject({
      type: "VALIDATION_ERROR",
      data: { errors: [{ path: "quantity" }] },
    });
  }
});

test("a line takes at most 10,000, however it is added up", async () => {
  const sku = await product(shop, 1);
  const { id } = await cartWith(shop, sku, 9_999);
  await expect(guest().call("carts.addLine", { id, sku, quantity: 2 })).rejects.toMatchObject({ code: 422 });
});

test("a cart takes at most 100 lines", async () => {
  const skus = await Promise.all(Array.from({ length: 101 }, () => product(shop, 0)));
  const lines = skus.slice(0, 100).map((sku) => ({ sku, quantity: 1 }));
  const { id } = await guest().call("carts.create", { lines });
  await expect(guest().call("carts.addLine", { id, sku: skus[100] as string, quantity: 1 })).rejects.toMatchObject({
    type: "CART_FULL",
  });
});

test("a cart shows today's prices and what is available", async () => {
  const sku = await product(shop, 7, 1_000);
  const { id } = await cartWith(shop, sku, 2);
  const { items } = await shop.inside.call("products.list", { q: sku }, { meta: WHO_WROTE });
  const { rev } = await shop.inside.call("products.read", { id: items[0]?.id as string });
  const variants = [{ sku, price: { amount: 1_100, currency: "USD" } }];
  await shop.inside.call("products.update", { id: items[0]?.id as string, rev, variants });
  await soon(async () => {
    const cart = await guest().call("carts.get", { id });
    expect(cart.lines).toMatchObject([{ unitPrice: { amount: 1_100 }, total: { amount: 2_200 }, available: 7 }]);
  });
});

test("lines are set and taken out", async () => {
  const sku = await product(shop, 7);
  const { id } = await cartWith(shop, sku, 2);
  expect((await guest().call("carts.setLine", { id, sku, quantity: 5 })).lines).toMatchObject([{ quantity: 5 }]);
  expect((await guest().call("carts.removeLine", { id, sku })).lines).toEqual([]);
  await expect(guest().call("carts.setLine", { id, sku, quantity: 5 })).rejects.toMatchObject({
    type: "LINE_NOT_FOUND",
  });
});

test("shipping methods are told, and one that does not exist is refused", async () => {
  const { id } = await cartWith(shop, await product(shop, 1));
  const methods = await guest().call("carts.shippingMethods", { id });
  expect(methods.map(({ code }) => code)).toEqual(["standard", "express"]);
  const cart = await guest().call("carts.update", { id, shippingMethod: "express" });
  expect(cart.shippingTotal).toEqual(methods[1]?.price);
  await expect(guest().call("carts.update", { id, shippingMethod: "rocket" })).rejects.toMatchObject({ code: 422 });
});

test("a guessed cart id finds nothing", async () => {
  await expect(guest().call("carts.get", { id: "A".repeat(24) })).rejects.toMatchObject({
    code: 404,
    type: "CART_NOT_FOUND",
  });
});

test("an ordered cart takes no more changes", async () => {
  const sku = await product(shop, 3);
  const { id } = await cartWith(shop, sku);
  await place(shop, id);
  await expect(guest().call("carts.addLine", { id, sku, quantity: 1 })).rejects.toMatchObject({ type: "CART_ORDERED" });
});
