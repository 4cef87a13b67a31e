import type { Meta } from "../../services/access.ts";
import { cluster } from "../../services/cluster.ts";
import type { ServiceContract } from "../../services/contract.ts";
import { newId } from "../../services/shared/ids.ts";
import { address, CHECKOUT, endOf, product } from "../support/checkout.ts";
import { type Customer, customer } from "../support/customers.ts";
import { eventually } from "../support/eventually.ts";
import { startServices, type TestShop } from "../support/services.ts";
import { soon } from "../support/shape.ts";

let shop: TestShop;
beforeAll(async () => {
  shop = await startServices(CHECKOUT);
});
afterAll(() => shop.stop());

const stock = (sku: string) => shop.inside.call("inventory.get", { sku });
const reasons = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));

test("trap 1 as customer: 100 customers at once for 25 units make exactly 25 orders", async () => {
  const sku = await product(shop, 25);
  const customers = Array.from({ length: 100 }, () => customer(shop));
  const carts = await Promise.all(customers.map((one) => one.wants(sku)));
  const ends = await Promise.all(
    customers.map((one, at) =>
      endOf(one.orders({ cartId: carts[at] as string }), ({ id }) => one.call("orders.get", { id })),
    ),
  );
  expect(ends.toSorted()).toEqual([...Array(75).fill("STOCK_INSUFFICIENT"), ...Array(25).fill("confirmed")]);
  expect(await stock(sku)).toMatchObject({ onHand: 0, reserved: 0, available: 0 });
}, 60_000);

test("trap 2 as customer: a SKU that is named twice is one demand", async () => {
  const [ada, sku] = [customer(shop), await product(shop, 5)];
  const line = { sku, quantity: 3 };
  await ada.call("carts.create", { lines: [line, line] });
  await expect(ada.orders()).rejects.toMatchObject({
    type: "STOCK_INSUFFICIENT",
    data: { lines: [{ sku, available: 5 }] },
  });
  expect(await stock(sku)).toMatchObject({ onHand: 5, reserved: 0, available: 5 });
  expect(await ada.call("carts.mine")).toMatchObject({ status: "open", lines: [{ sku, quantity: 6 }] });
});

test("trap 14 as customer: where the stock has run out, nothing is charged", async () => {
  const sku = await product(shop, 1);
  const [ada, bob] = [customer(shop), customer(shop)];
  await Promise.all([ada.wants(sku), bob.wants(sku)]);
  await ada.orders();
  const refused = await bob.orders().catch((error) => error);
  expect(refused).toMatchObject({ code: 409, type: "STOCK_INSUFFICIENT" });
  const payment = await shop.inside.call("payments.ofOrder", { orderId: refused.data.orderId });
  expect(payment?.captured.amount ?? 0).toBe(0);
  expect((await bob.call("orders.mine", {})).items).toMatchObject([{ id: refused.data.orderId, status: "canceled" }]);
});

test("trap 15 as customer: 30 parallel additions to one cart all count", async () => {
  const [ada, sku] = [customer(shop), await product(shop, 0)];
  const { id } = await ada.call("carts.mine");
  const add = (_: unknown, at: number) =>
    at % 2 ? ada.wants(sku) : ada.call("carts.addLine", { id, sku, quantity: 1 });
  await Promise.all(Array.from({ length: 30 }, add));
  expect((await ada.call("carts.mine")).lines).toMatchObject([{ sku, quantity: 30 }]);
});

test("trap 29 as customer: one key 50 times at once makes one order and one charge", async () => {
  const [ada, sku] = [customer(shop), await product(shop, 60)];
  const cartId = await ada.wants(sku);
  const key = newId();
  const results = await Promise.allSettled(Array.from({ length: 50 }, () => ada.orders({ cartId, key })));
  const ids = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.id] : []));
  expect(new Set(ids).size).toBe(1);
  await eventually(async () => (await stock(sku)).onHand === 59);
  await eventually(async () => (await ada.call("orders.mine", {})).items[0]?.payment.status === "captured");
  expect(await shop.inside.call("payments.ofOrder", { orderId: ids[0] as string })).toMatchObject({
    captured: { amount: 2_990 },
  });
  expect((await ada.call("orders.mine", {})).total).toBe(1);
});

test("a customer who orders twice at once, in two windows, gets one order of the one cart", async () => {
  const [ada, sku] = [customer(shop), await product(shop, 5)];
  const cartId = await ada.wants(sku);
  const results = await Promise.allSettled([ada.orders({ cartId }), ada.orders({ cartId })]);
  expect(reasons(results)).toMatchObject([{ code: 409, type: expect.stringMatching(/^CART_(LOCKED|ORDERED)$/) }]);
  expect(await stock(sku)).toMatchObject({ onHand: 4 });
});

test("a declined customer may try again with the same cart and another card", async () => {
  const [ada, sku] = [customer(shop), await product(shop, 2)];
  const cartId = await ada.wants(sku);
  await expect(ada.orders({ token: "tok_declined" })).rejects.toMatchObject({ code: 402, type: "PAYMENT_DECLINED" });
  expect(await ada.call("carts.mine")).toMatchObject({ id: cartId, status: "open" });
  expect(await ada.orders({ cartId })).toMatchObject({ status: "confirmed" });
});

test("a customer's order is seen, followed and canceled without a token", async () => {
  const [ada, sku] = [customer(shop), await product(shop, 3)];
  await ada.wants(sku, 2);
  const { id } = await ada.orders();
  expect(await ada.call("orders.get", { id })).toMatchObject({ id, status: "confirmed" });
  expect((await ada.call("orders.timeline", { id })).items.length).toBeGreaterThan(5);
  await ada.call("orders.cancel", { id });
  await eventually(async () => (await ada.call("orders.get", { id })).payment.status === "refunded");
  // The money goes back before the goods do.
  await eventually(async () => (await stock(sku)).available === 3);
  expect(await stock(sku)).toMatchObject({ onHand: 3, reserved: 0, available: 3 });
});

test("a customer's mail goes to the account's address, unless the cart or the order names one", async () => {
  const account = await shop.inside.call("users.login", {
    email: "admin@example.com",
    password: "correct horse battery",
  });
  const [ada, sku] = [customer(shop, { userId: account.user.id }), await product(shop, 9)];
  await ada.wants(sku);
  expect(await ada.orders({ email: undefined })).toMatchObject({ email: "admin@example.com" });
  await ada.wants(sku);
  expect(await ada.orders({ email: "gift@example.com" })).toMatchObject({ email: "gift@example.com" });
  const id = await ada.wants(sku);
  await ada.call("carts.update", { id, email: "cart@example.com" });
  expect(await ada.orders({ email: undefined })).toMatchObject({ email: "cart@example.com" });
});

test("own orders come newest first, page by page, and nobody else's are among them", async () => {
  const [ada, bob, sku] = [customer(shop), customer(shop), await product(shop, 20)];
  const placed: string[] = [];
  for (const one of [ada, bob, ada, ada, bob]) {
    await one.wants(sku);
    const { id } = await one.orders();
    if (one === ada) placed.unshift(id);
  }
  const first = await ada.call("orders.mine", { limit: 2 });
  expect(first).toMatchObject({ total: 3, nextCursor: expect.any(String) });
  const second = await ada.call("orders.mine", { limit: 2, cursor: first.nextCursor as string });
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(placed);
  expect(second.nextCursor).toBeNull();
  expect((await ada.call("orders.mine", { status: "canceled" })).items).toEqual([]);
  const stolen = bob.call("orders.mine", { limit: 2, cursor: first.nextCursor as string });
  await expect(stolen).rejects.toMatchObject({ code: 400, type: "CURSOR_INVALID" });
  await expect(shop.as({}).call("orders.mine", {})).rejects.toMatchObject({ code: 401 });
});

describe("bad input from a customer", () => {
  const line = (sku: string, quantity: number) => ({ lines: [{ sku, quantity }] });
  const wrong: [string, (ada: Customer, sku: string, id: string) => Promise<unknown>, object][] = [
    ["a negative quantity", (ada, sku) => ada.call("carts.create", line(sku, -1)), { code: 422 }],
    ["nothing of a SKU", (ada, sku, id) => ada.call("carts.addLine", { id, sku, quantity: 0 }), { code: 422 }],
    ["too much", (ada, sku, id) => ada.call("carts.setLine", { id, sku, quantity: 10_001 }), { code: 422 }],
    ["too much together", (ada, sku) => ada.call("carts.create", line(sku, 10_000)), { type: "VALIDATION_ERROR" }],
    ["an unknown SKU", (ada) => ada.call("carts.create", line("NOPE", 1)), { code: 422 }],
    [
      "a SKU that is not in the cart",
      (ada, _, id) => ada.call("carts.setLine", { id, sku: "NOPE", quantity: 1 }),
      { code: 404 },
    ],
    ["an unknown method", (ada, _, id) => ada.call("carts.update", { id, shippingMethod: "teleport" }), { code: 422 }],
    ["a mail address that is none", (ada) => ada.orders({ email: "ada" }), { data: { errors: [{ path: "email" }] } }],
    [
      "another total than was shown",
      (ada, _, cartId) =>
        ada.call("orders.place", {
          ...{ cartId, email: "ada@example.com", shippingAddress: address, paymentToken: "tok_ok" },
          expectedTotal: { amount: 1, currency: "USD" },
        }),
      { code: 409, type: "TOTAL_CHANGED" },
    ],
  ];
  test.each(wrong)("%s is refused and changes nothing", async (_, ask, problem) => {
    const [ada, sku] = [customer(shop), await product(shop, 5)];
    const id = await ada.wants(sku, 2);
    await expect(ask(ada, sku, id)).rejects.toMatchObject(problem);
    expect(await ada.call("carts.mine")).toMatchObject({ id, status: "open", lines: [{ sku, quantity: 2 }] });
    expect((await ada.call("orders.mine", {})).items).toEqual([]);
  });
});

describe("a stranger", () => {
  interface Theirs {
    cartId: string;
    orderId: string;
    sku: string;
  }
  /** How a stranger asks for what belongs to somebody else, for every action that says it has an owner. */
  const asks: Record<string, (theirs: Theirs) => object> = {
    "carts.get": ({ cartId }) => ({ id: cartId }),
    "carts.update": ({ cartId }) => ({ id: cartId, email: "eve@example.com" }),
    "carts.addLine": ({ cartId, sku }) => ({ id: cartId, sku, quantity: 1 }),
    "carts.setLine": ({ cartId, sku }) => ({ id: cartId, sku, quantity: 9 }),
    "carts.removeLine": ({ cartId, sku }) => ({ id: cartId, sku }),
    "carts.shippingMethods": ({ cartId }) => ({ id: cartId }),
    "carts.paymentMethods": ({ cartId }) => ({ id: cartId }),
    "orders.get": ({ orderId }) => ({ id: orderId }),
    "orders.timeline": ({ orderId }) => ({ id: orderId }),
    "orders.cancel": ({ orderId }) => ({ id: orderId }),
  };
  const owned = (cluster as readonly ServiceContract[]).flatMap(({ name, actions }) =>
    Object.entries(actions).flatMap(([action, { access }]) =>
      typeof access === "object" ? [`${name}.${action}`] : [],
    ),
  );
  const strangers: [string, Meta][] = [
    ["a guest", {}],
    ["a guest with a guessed token", { orderToken: "guessed" }],
    ["another customer", { userId: newId() }],
    ["staff without the permission", { userId: newId(), permissions: ["products:write"] }],
  ];
  let theirs: Theirs;
  let ada: Customer;
  beforeAll(async () => {
    const sku = await product(shop, 9);
    ada = customer(shop);
    await ada.wants(sku);
    const orderId = (await ada.orders()).id;
    theirs = { sku, orderId, cartId: await ada.wants(sku) };
    await soon(async () => expect((await ada.call("carts.mine")).lines).toMatchObject([{ available: 8 }]));
  });

  const state = async () => {
    const { pricedAt: _, ...cart } = await ada.call("carts.mine");
    return [cart, await ada.call("orders.get", { id: theirs.orderId })];
  };

  test("no action that has an owner is missing from this table", () => {
    expect(owned.toSorted()).toEqual(Object.keys(asks).toSorted());
  });

  test.each(owned)("reads somebody else's as not found: %s", async (action) => {
    const before = await state();
    for (const [who, meta] of strangers) {
      const call = shop.as(meta).call(action as "carts.get", asks[action]?.(theirs) as { id: string });
      const refused = await call.then(
        () => "let in",
        (error) => error.code,
      );
      expect([who, refused]).toEqual([who, 404]);
    }
    expect(await state()).toEqual(before);
  });

  test.each(strangers)("cannot order somebody else's cart: %s", async (_, meta) => {
    const call = shop.as({ ...meta, idempotencyKey: newId() }).call("orders.place", {
      ...{ cartId: theirs.cartId, email: "eve@example.com", shippingAddress: address, paymentToken: "tok_ok" },
    });
    await expect(call).rejects.toMatchObject({ code: 404, type: "CART_NOT_FOUND" });
  });

  test("sees no difference between what is not there and what is somebody else's", async () => {
    const eve = customer(shop);
    const [missing, foreign] = await Promise.all(
      [newId(), theirs.orderId].map((id) =>
        eve.call("orders.get", { id }).catch(({ code, type, message }) => ({ code, type, message })),
      ),
    );
    expect(foreign).toEqual(missing);
  });
});

test("everything that customers did here adds up", async () => {
  await eventually(async () => (await shop.platform.events.backlog()).waiting === 0);
  for (const audit of ["orders.audit", "inventory.audit", "payments.audit"] as const) {
    expect((await shop.inside.call(audit)).findings).toEqual([]);
  }
}, 60_000);
