import { newId } from "../../services/shared/ids.ts";
import { before } from "../support/between.ts";
import { address, CHECKOUT, cartWith, endOf, place, product, seen } from "../support/checkout.ts";
import { eventually } from "../support/eventually.ts";
import { startServices, type TestShop } from "../support/services.ts";

let shop: TestShop;
beforeAll(async () => {
  shop = await startServices(CHECKOUT);
});
afterAll(() => shop.stop());

const stock = (sku: string) => shop.inside.call("inventory.get", { sku });
const paymentOf = (orderId: string) => shop.inside.call("payments.ofOrder", { orderId });
const timelineOf = async (id: string) =>
  (await shop.inside.call("orders.timeline", { id })).items.map(({ step, outcome }) => `${step} ${outcome}`);

test("a cart becomes a confirmed order that is paid, out of stock and mailed", async () => {
  const sku = await product(shop, 5);
  const cart = await cartWith(shop, sku, 2);
  const order = await place(shop, cart.id);
  expect(order).toMatchObject({
    status: "confirmed",
    payment: { status: "captured" },
    total: { amount: 2 * 2_500 + 490 },
    shippingMethod: "standard",
    number: expect.stringMatching(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/),
  });
  expect(await stock(sku)).toMatchObject({ onHand: 3, reserved: 0, available: 3 });
  expect(await paymentOf(order.id)).toMatchObject({ status: "captured", captured: order.total });
  await eventually(
    async () => (await shop.inside.call("notifications.mails", { orderId: order.id })).items.length === 1,
  );
  expect(await timelineOf(order.id)).toEqual(
    ["lock", "hold", "authorize", "commit", "confirm", "close", "capture"].map((step) => `${step} done`),
  );
});

test("trap 1: 200 buyers at once for 50 units make exactly 50 orders", async () => {
  const sku = await product(shop, 50);
  const carts = await Promise.all(Array.from({ length: 200 }, () => cartWith(shop, sku)));
  const ends = await Promise.all(carts.map(({ id }) => endOf(place(shop, id), (order) => seen(shop, order))));
  expect(ends.toSorted()).toEqual([...Array(150).fill("STOCK_INSUFFICIENT"), ...Array(50).fill("confirmed")]);
  await eventually(async () => (await stock(sku)).onHand === 0);
  expect(await stock(sku)).toMatchObject({ onHand: 0, reserved: 0, available: 0 });
}, 60_000);

test("trap 29: one key 50 times at once makes one order and one charge", async () => {
  const sku = await product(shop, 60);
  const { id } = await cartWith(shop, sku);
  const key = newId();
  const results = await Promise.allSettled(Array.from({ length: 50 }, () => place(shop, id, { key })));
  const ids = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.id] : []));
  expect(new Set(ids).size).toBe(1);
  await eventually(async () => (await stock(sku)).onHand === 59);
  await eventually(async () => (await paymentOf(ids[0] as string))?.status === "captured");
  expect(await paymentOf(ids[0] as string)).toMatchObject({ captured: { amount: 2_990 } });
});

test("trap 14: where the stock has run out, nothing is charged", async () => {
  const sku = await product(shop, 1);
  const carts = [await cartWith(shop, sku), await cartWith(shop, sku)];
  await place(shop, carts[0]?.id as string);
  const refused = await place(shop, carts[1]?.id as string).catch((error) => error);
  expect(refused).toMatchObject({ code: 409, type: "STOCK_INSUFFICIENT", data: { lines: [{ sku, available: 0 }] } });
  expect((await paymentOf(refused.data.orderId))?.captured.amount ?? 0).toBe(0);
  const again = place(shop, carts[1]?.id as string, { key: "the second buyer's" });
  const first = await again.catch((error) => error);
  const repeated = await place(shop, carts[1]?.id as string, { key: "the second buyer's" }).catch((error) => error);
  expect(repeated).toMatchObject({ code: 409, type: first.type, data: first.data });
});

test("a declined shopper may try again with the same cart and another card", async () => {
  const sku = await product(shop, 2);
  const { id } = await cartWith(shop, sku);
  const key = newId();
  const declined = await place(shop, id, { token: "tok_declined", key }).catch((error) => error);
  expect(declined).toMatchObject({ code: 402, type: "PAYMENT_DECLINED" });
  await expect(place(shop, id, { token: "tok_declined", key })).rejects.toMatchObject({
    code: 402,
    data: { orderId: declined.data.orderId },
  });
  expect(await stock(sku)).toMatchObject({ reserved: 0, available: 2 });
  expect(await place(shop, id)).toMatchObject({ status: "confirmed" });
});

test("a total that is not the one that was shown is refused and leaves the cart open", async () => {
  const sku = await product(shop, 2);
  const { id, total } = await cartWith(shop, sku);
  const refused = place(shop, id, { expectedTotal: total });
  await expect(refused).rejects.toMatchObject({ type: "TOTAL_CHANGED", data: { total: { amount: 2_990 } } });
  expect(await shop.as({}).call("carts.get", { id })).toMatchObject({ status: "open" });
});

test("of two orders for one cart at once, one is made", async () => {
  const sku = await product(shop, 5);
  const { id } = await cartWith(shop, sku);
  const results = await Promise.allSettled([place(shop, id), place(shop, id)]);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const [refused] = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  expect(refused).toMatchObject({ code: 409, type: expect.stringMatching(/^CART_(LOCKED|ORDERED)$/) });
  expect(await stock(sku)).toMatchObject({ onHand: 4 });
});

test("an order that was answered as pending and cannot have its cart ends canceled, and is there to be seen", async () => {
  const { id } = await cartWith(shop, await product(shop, 5));
  const gate = Promise.withResolvers<void>();
  let locks = 0;
  const end = before(shop, "carts.lock", () => (locks++ === 0 ? gate.promise : undefined));
  const key = newId();
  const late = await place(shop, id, { key });
  expect(late.status).toBe("pending");
  expect((await place(shop, id)).status).toBe("confirmed");
  gate.resolve();
  await eventually(async () => (await seen(shop, late)).status === "canceled");
  end();
  expect((await seen(shop, late)).reason).toMatchObject({ type: expect.stringMatching(/^CART_(LOCKED|ORDERED)$/) });
  await expect(place(shop, id, { key })).rejects.toMatchObject({ code: 409, data: { orderId: late.id } });
});

test("who asked again and heard that the order is pending finds it, and gets a mail when it is refused to who asked first", async () => {
  const sku = await product(shop, 1);
  for (const action of ["carts.lock", "inventory.hold"] as const) {
    const { id } = await cartWith(shop, sku);
    const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let calls = 0;
    const end = before(shop, action, () => {
      if (calls++) return undefined;
      reached.resolve();
      return gate.promise;
    });
    const key = newId();
    const first = place(shop, id, { key });
    await reached.promise;
    const again = await place(shop, id, { key });
    expect(again.status).toBe("pending");
    // Whoever gets the cart has the last one of it, too.
    if (action === "carts.lock") expect((await place(shop, id)).status).toBe("confirmed");
    gate.resolve();
    await expect(first).rejects.toMatchObject({ code: 409, data: { orderId: again.id } });
    end();
    expect((await seen(shop, again)).status).toBe("canceled");
    const mails = { kind: "canceled" as const, orderIds: [again.id] };
    await eventually(async () => (await shop.inside.call("notifications.mailed", mails)).length === 1);
  }
});

test("an empty cart and one without an address cannot be ordered, and say why", async () => {
  const { id } = await shop.as({}).call("carts.create", {});
  await expect(place(shop, id)).rejects.toMatchObject({ type: "CART_EMPTY" });
  const { id: full } = await cartWith(shop, await product(shop, 1));
  const incomplete = shop
    .as({ idempotencyKey: newId() })
    .call("orders.place", { cartId: full, paymentToken: "tok_ok" });
  await expect(incomplete).rejects.toMatchObject({
    type: "VALIDATION_ERROR",
    data: { errors: [{ path: "email" }, { path: "shippingAddress" }] },
  });
});

test("somebody else's order reads as not found", async () => {
  const { id } = await cartWith(shop, await product(shop, 1));
  const order = await place(shop, id);
  expect(await seen(shop, order)).toMatchObject({ id: order.id });
  for (const meta of [{}, { orderToken: "guessed" }, { userId: newId() }]) {
    for (const action of ["orders.get", "orders.timeline", "orders.cancel"] as const) {
      await expect(shop.as(meta).call(action, { id: order.id })).rejects.toMatchObject({ type: "ORDER_NOT_FOUND" });
    }
  }
});

test("a confirmed order that is canceled gives money and stock back", async () => {
  const sku = await product(shop, 3);
  const { id } = await cartWith(shop, sku, 2);
  const order = await place(shop, id);
  await shop.as({ orderToken: order.guestToken ?? "" }).call("orders.cancel", { id: order.id });
  await eventually(async () => (await seen(shop, order)).status === "canceled");
  await eventually(async () => (await paymentOf(order.id))?.status === "refunded");
  expect(await stock(sku)).toMatchObject({ onHand: 3, reserved: 0, available: 3 });
  await eventually(async () => (await seen(shop, order)).payment.status === "refunded");
});

test("a provider that fails twice and then works makes one order that is charged once", async () => {
  const sku = await product(shop, 3);
  const { id } = await cartWith(shop, sku);
  const order = await place(shop, id, { token: "tok_error" });
  await eventually(async () => (await seen(shop, order)).payment.status === "captured", { within: 30_000 });
  expect(await paymentOf(order.id)).toMatchObject({ captured: order.total });
}, 40_000);

test("a charge whose answer was lost is found and the order confirmed", async () => {
  const sku = await product(shop, 3);
  const { id } = await cartWith(shop, sku);
  const order = await place(shop, id, { token: "tok_timeout" });
  expect(order).toMatchObject({ status: "pending" });
  await eventually(async () => (await seen(shop, order)).payment.status === "captured", { within: 30_000 });
  expect(await stock(sku)).toMatchObject({ onHand: 2, reserved: 0 });
}, 40_000);

test("a pending order that is canceled while its charge is unknown ends uncharged", async () => {
  const sku = await product(shop, 3);
  const { id } = await cartWith(shop, sku);
  const order = await place(shop, id, { token: "tok_timeout" });
  await shop.as({ orderToken: order.guestToken ?? "" }).call("orders.cancel", { id: order.id });
  await eventually(async () => (await seen(shop, order)).status === "canceled", { within: 30_000 });
  await eventually(async () => (await paymentOf(order.id))?.status !== "unknown", { within: 30_000 });
  const payment = await paymentOf(order.id);
  expect((payment?.captured.amount ?? 0) - (payment?.refunded.amount ?? 0)).toBe(0);
  expect(await stock(sku)).toMatchObject({ onHand: 3, reserved: 0 });
}, 60_000);

test("staff finds orders by status, number and mail, and nobody else does", async () => {
  const { id } = await cartWith(shop, await product(shop, 1));
  const order = await place(shop, id);
  const staff = shop.as({ userId: newId(), permissions: ["orders:read"] });
  const { items } = await staff.call("orders.search", { q: order.number.toLowerCase() });
  expect(items.map((found) => found.id)).toEqual([order.id]);
  const { total } = await staff.call("orders.search", { q: "ada@example.com", status: "confirmed", limit: 1 });
  expect(total).toBeGreaterThan(0);
  await expect(shop.as({ userId: newId() }).call("orders.search", {})).rejects.toMatchObject({ code: 403 });
});

test("everything that was done here adds up", async () => {
  await eventually(async () => (await shop.platform.events.backlog()).waiting === 0);
  for (const audit of ["orders.audit", "inventory.audit", "payments.audit"] as const) {
    expect((await shop.inside.call(audit)).findings).toEqual([]);
  }
}, 60_000);

test("an address that does not fit is refused by its field", async () => {
  const { id } = await cartWith(shop, await product(shop, 1));
  const wrong = { ...address, country: "Utopia" };
  const call = shop.as({ idempotencyKey: newId() }).call("orders.place", {
    cartId: id,
    email: "ada@example.com",
    shippingAddress: wrong,
    paymentToken: "tok_ok",
  });
  await expect(call).rejects.toMatchObject({ data: { errors: [{ path: "shippingAddress.country" }] } });
});
