import { startServices, type TestShop } from "../support/services.ts";

let shop: TestShop;
beforeAll(async () => {
  shop = await startServices("pricing");
});
afterAll(() => shop.stop());

const lines = [{ sku: "TJ-S", quantity: 2, unitPrice: { amount: 12_900, currency: "USD" } }];

test("goods and the chosen shipping make the total", async () => {
  const quote = await shop.inside.call("pricing.quote", { lines, shippingMethod: "express" });
  expect(quote).toMatchObject({ subtotal: { amount: 25_800 }, total: { amount: 27_290, currency: "USD" } });
});

test("the cheapest method is taken where none is named", async () => {
  const quote = await shop.inside.call("pricing.quote", { lines, choose: true });
  expect(quote).toMatchObject({ shippingMethod: "standard", total: { amount: 26_290 } });
});

test("a shipping method that does not exist is refused by name", async () => {
  await expect(shop.inside.call("pricing.quote", { lines, shippingMethod: "rocket" })).rejects.toMatchObject({
    code: 422,
    type: "VALIDATION_ERROR",
    data: { errors: [{ path: "shippingMethod" }] },
  });
});

test("prices are for services only", async () => {
  await expect(shop.as({}).call("pricing.quote", { lines })).rejects.toMatchObject({
    code: 403,
    type: "ACTION_INTERNAL",
  });
});
