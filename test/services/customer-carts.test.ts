import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { newId } from "../../services/shared/ids.ts";
import { after as whenDone } from "../support/between.ts";
import { CHECKOUT, cartWith, place, product } from "../support/checkout.ts";
import { eventually } from "../support/eventually.ts";
import { startServices, type TestShop, temporaryFolder } from "../support/services.ts";
import { testEmbedded } from "../support/shape.ts";

let shop: TestShop;
beforeAll(async () => {
  shop = await startServices(CHECKOUT);
});
afterAll(() => shop.stop());

const somebody = (of = shop) => {
  const customerId = newId();
  return {
    customerId,
    ...of.as({ userId: customerId }),
    merge: (cartId: string) => of.inside.call("carts.merge", { cartId, customerId }),
    cart: () => of.as({ userId: customerId }).call("carts.mine"),
  };
};
type Somebody = ReturnType<typeof somebody>;

const guest = () => shop.as({});
const wanted = (lines: readonly { sku: string; quantity: number }[]) =>
  Object.fromEntries(lines.map(({ sku, quantity }) => [sku, quantity]));
const products = (many: number) => Promise.all(Array.from({ length: many }, () => product(shop, 0)));
const dead = { code: 404, type: "CART_NOT_FOUND" };
const order = ({ customerId }: Somebody, cartId: string, token = "tok_ok") =>
  shop.as({ userId: customerId, idempotencyKey: newId() }).call("orders.place", {
    cartId,
    email: "ada@example.com",
    shippingAddress: { name: "Ada", line1: "1 Main St", city: "London", postalCode: "N1", country: "GB" },
    paymentToken: token,
  });

test("20 requests at once for a customer's cart make one", async () => {
  const ada = somebody();
  const carts = await Promise.all(Array.from({ length: 20 }, () => ada.cart()));
  expect(new Set(carts.map(({ id }) => id)).size).toBe(1);
  expect(carts[0]).toMatchObject({ status: "open", lines: [], setAside: [], total: { amount: 0 } });
});

test("a customer who opens a cart gets the one that is open, with the lines added", async () => {
  const [ada, sku] = [somebody(), await product(shop, 5)];
  const lines = [{ sku, quantity: 1 }];
  const opened = await Promise.all([1, 2, 3].map(() => ada.call("carts.create", { lines })));
  expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
  expect(wanted((await ada.cart()).lines)).toEqual({ [sku]: 3 });
  const wrong = ada.call("carts.create", { lines: [...lines, { sku: "NOPE", quantity: 1 }] });
  await expect(wrong).rejects.toMatchObject({ code: 422, data: { errors: [{ path: "lines.1.sku" }] } });
  expect(wanted((await ada.cart()).lines)).toEqual({ [sku]: 3 });
});

test("a customer's cart needs somebody signed in", async () => {
  await expect(guest().call("carts.mine")).rejects.toMatchObject({ code: 401 });
});

test("after an order the customer's next cart is a fresh one", async () => {
  const [ada, sku] = [somebody(), await product(shop, 5)];
  const { id } = await ada.call("carts.create", { lines: [{ sku, quantity: 2 }] });
  expect(await order(ada, id)).toMatchObject({ status: "confirmed" });
  const next = await ada.cart();
  expect(next).toMatchObject({ status: "open", lines: [] });
  expect(next.id).not.toBe(id);
  expect(await ada.call("carts.get", { id })).toMatchObject({ status: "ordered" });
});

test("while an order is being made, the customer's one cart is the locked one; a declined order opens it again", async () => {
  const [ada, sku] = [somebody(), await product(shop, 5)];
  const { id } = await ada.call("carts.create", { lines: [{ sku, quantity: 1 }] });
  const pending = await order(ada, id, "tok_requires_action");
  expect(await ada.cart()).toMatchObject({ id, status: "locked" });
  await expect(ada.call("carts.create", { lines: [{ sku, quantity: 1 }] })).rejects.toMatchObject({
    type: "CART_LOCKED",
  });
  await ada.call("orders.cancel", { id: pending.id });
  await eventually(async () => (await ada.cart()).status === "open");
  expect(await ada.cart()).toMatchObject({ id, lines: [{ sku, quantity: 1 }] });
});

test("a guest's cart that a customer orders makes the customer's order", async () => {
  const [ada, sku] = [somebody(), await product(shop, 5)];
  const { id } = await cartWith(shop, sku);
  const placed = await order(ada, id);
  expect(placed).not.toHaveProperty("guestToken");
  expect((await ada.call("orders.mine", {})).items).toMatchObject([{ id: placed.id }]);
});

describe("merge", () => {
  test("at sign-in the guest's lines come into the customer's cart, and the guest's id is dead", async () => {
    const [ada, [a, b]] = [somebody(), (await products(2)) as [string, string]];
    await ada.call("carts.create", { lines: [{ sku: a, quantity: 1 }] });
    const cart = await guest().call("carts.create", { lines: [a, b].map((sku) => ({ sku, quantity: 2 })) });
    await guest().call("carts.update", { id: cart.id, email: "ada@example.com", shippingMethod: "express" });
    await ada.merge(cart.id);
    expect(await ada.cart()).toMatchObject({
      lines: [
        { sku: a, quantity: 3 },
        { sku: b, quantity: 2 },
      ],
      email: "ada@example.com",
      shippingMethod: "express",
      total: { amount: 5 * 2_500 + 1_490 },
    });
    for (const who of [guest(), ada]) {
      await expect(who.call("carts.get", { id: cart.id })).rejects.toMatchObject(dead);
      await expect(who.call("carts.addLine", { id: cart.id, sku: a, quantity: 1 })).rejects.toMatchObject(dead);
    }
    await expect(order(ada, cart.id)).rejects.toMatchObject(dead);
  });

  test("trap 16: two sign-ins at once merge a 65-line cart once", async () => {
    const [ada, skus] = [somebody(), await products(65)];
    const [first, second] = [skus[0] as string, skus[1] as string];
    await ada.call("carts.create", { lines: [{ sku: first, quantity: 4 }] });
    const { id } = await guest().call("carts.create", { lines: skus.map((sku) => ({ sku, quantity: 2 })) });
    await Promise.all(Array.from({ length: 8 }, () => ada.merge(id)));
    const { lines } = await ada.cart();
    expect(lines).toHaveLength(65);
    expect(wanted(lines)).toMatchObject({ [first]: 6, [second]: 2 });
    await ada.merge(id);
    expect((await ada.cart()).lines).toEqual(lines);
  });

  test("two customers who sign in at once with one guest's cart: one of them gets it", async () => {
    const [ada, bob, sku] = [somebody(), somebody(), await product(shop, 0)];
    const { id } = await cartWith(shop, sku, 3);
    await Promise.all([ada.merge(id), bob.merge(id)]);
    const got = (await Promise.all([ada.cart(), bob.cart()])).flatMap(({ lines }) => lines);
    expect(wanted(got)).toEqual({ [sku]: 3 });
    expect(got).toHaveLength(1);
  });

  test("three guests' carts at once, while the customer adds lines: all of it counts", async () => {
    const [ada, sku] = [somebody(), await product(shop, 0)];
    const { id } = await ada.cart();
    const guests = await Promise.all([1, 2, 3].map(() => cartWith(shop, sku, 10)));
    await Promise.all([
      ...guests.flatMap((cart) => [ada.merge(cart.id), ada.merge(cart.id)]),
      ...Array.from({ length: 10 }, () => ada.call("carts.addLine", { id, sku, quantity: 1 })),
    ]);
    expect(wanted((await ada.cart()).lines)).toEqual({ [sku]: 40 });
  });

  test("what a guest adds while it is merged is either merged or refused", async () => {
    const [ada, sku] = [somebody(), await product(shop, 0)];
    const { id } = await cartWith(shop, sku, 1);
    const add = () => guest().call("carts.addLine", { id, sku, quantity: 1 });
    const [, ...added] = await Promise.allSettled([ada.merge(id), ...Array.from({ length: 20 }, add)]);
    const refused = added.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    for (const reason of refused) expect(reason).toMatchObject(dead);
    await eventually(async () => (await ada.cart()).lines.length === 1);
    expect(wanted((await ada.cart()).lines)).toEqual({ [sku]: 1 + added.length - refused.length });
  });

  test("what does not fit is set aside and told, until the SKU is taken out", async () => {
    const [ada, sku] = [somebody(), await product(shop, 0)];
    const { id } = await ada.call("carts.create", { lines: [{ sku, quantity: 9_999 }] });
    await ada.merge((await cartWith(shop, sku, 3)).id);
    await ada.merge((await cartWith(shop, sku, 4)).id);
    expect(await ada.cart()).toMatchObject({ lines: [{ sku, quantity: 10_000 }], setAside: [{ sku, quantity: 6 }] });
    expect(await ada.call("carts.removeLine", { id, sku })).toMatchObject({ lines: [], setAside: [] });
  });

  test("a cart of which an order is being made is not merged", async () => {
    const [ada, sku] = [somebody(), await product(shop, 5)];
    const { id } = await cartWith(shop, sku);
    await place(shop, id, { token: "tok_requires_action" });
    await expect(ada.merge(id)).rejects.toMatchObject({ code: 409, type: "CART_LOCKED" });
    expect(await guest().call("carts.get", { id })).toMatchObject({ status: "locked", lines: [{ sku }] });
    expect((await ada.cart()).lines).toEqual([]);
  });

  test("an order and a merge of one cart at once: one of them has it", async () => {
    for (let round = 0; round < 10; round++) {
      const [ada, sku] = [somebody(), await product(shop, 1)];
      const { id } = await cartWith(shop, sku);
      const [ordered, merged] = await Promise.allSettled([place(shop, id), ada.merge(id)]);
      const lines = (await ada.cart()).lines.length;
      expect([ordered.status, lines]).toEqual(ordered.status === "fulfilled" ? ["fulfilled", 0] : ["rejected", 1]);
      if (merged.status === "rejected") expect(merged.reason).toMatchObject({ type: "CART_LOCKED" });
      if (ordered.status === "rejected") expect(ordered.reason).toMatchObject(dead);
    }
  });

  test("where an order is being made of the customer's cart, the guest's lines come into the next one", async () => {
    const [ada, sku] = [somebody(), await product(shop, 5)];
    const mine = await ada.call("carts.create", { lines: [{ sku, quantity: 1 }] });
    const { id } = await cartWith(shop, sku, 2);
    const merged = Promise.withResolvers<void>();
    const end = whenDone(shop, "carts.lock", async (params) => {
      if (params.id === mine.id) await ada.merge(id).then(merged.resolve, merged.reject);
    });
    const placed = await order(ada, mine.id).finally(end);
    await merged.promise;
    expect(wanted(placed.lines)).toEqual({ [sku]: 1 });
    await expect(guest().call("carts.get", { id })).rejects.toMatchObject(dead);
    await eventually(async () => (await ada.cart()).lines.length === 1, { within: 30_000 });
    expect(wanted((await ada.cart()).lines)).toEqual({ [sku]: 2 });
  }, 40_000);

  test("a merge that stopped in the middle is ended by the next, once", async () => {
    const [ada, sku] = [somebody(), await product(shop, 0)];
    await ada.cart();
    const { id } = await cartWith(shop, sku, 2);
    let broken = 0;
    const end = whenDone(shop, "pricing.quote", async () => {
      broken++;
      throw new Error("the process died here");
    });
    await ada.merge(id).finally(end);
    expect(broken).toBe(1);
    expect((await ada.cart()).lines).toEqual([]);
    await expect(guest().call("carts.get", { id })).rejects.toMatchObject(dead);
    await ada.merge(id);
    await ada.merge(id);
    expect(wanted((await ada.cart()).lines)).toEqual({ [sku]: 2 });
  });

  test("a cart that is not there, somebody else's or already ordered leaves the customer's as it was", async () => {
    const [ada, bob, sku] = [somebody(), somebody(), await product(shop, 5)];
    const his = await bob.call("carts.create", { lines: [{ sku, quantity: 1 }] });
    const ordered = await cartWith(shop, sku);
    await place(shop, ordered.id);
    const mine = await ada.cart();
    for (const id of ["A".repeat(24), his.id, ordered.id, mine.id]) await ada.merge(id);
    expect(await ada.cart()).toMatchObject({ id: mine.id, lines: [] });
    expect(await bob.cart()).toMatchObject({ id: his.id, lines: [{ sku, quantity: 1 }] });
  });
});

testEmbedded(
  "after a restart a merge that had stopped goes on, and carts of the first release are read",
  "it falsifies the file of an older release",
  async () => {
    const DATA_DIR = temporaryFolder();
    try {
      const before = await startServices(CHECKOUT, { DATA_DIR });
      const ada = somebody(before);
      const sku = await product(before, 5);
      await ada.cart();
      const [{ id }, old] = [await cartWith(before, sku, 2), await cartWith(before, sku, 3)];
      whenDone(before, "pricing.quote", async () => {
        throw new Error("the process died here");
      });
      await ada.merge(id);
      await before.stop();
      asFirstRelease(join(DATA_DIR, "shop.db"), old.id);

      const again = await startServices(CHECKOUT, { DATA_DIR });
      try {
        const cart = () => again.as({ userId: ada.customerId }).call("carts.mine");
        await eventually(async () => (await cart()).lines.length === 1, { within: 30_000 });
        expect(await cart()).toMatchObject({ lines: [{ sku, quantity: 2 }] });
        expect(await again.as({}).call("carts.get", { id: old.id })).toMatchObject({ lines: [{ sku, quantity: 3 }] });
        await again.inside.call("carts.merge", { cartId: old.id, customerId: ada.customerId });
        expect(await cart()).toMatchObject({ lines: [{ sku, quantity: 5 }], setAside: [] });
      } finally {
        await again.stop();
      }
    } finally {
      rmSync(DATA_DIR, { recursive: true, force: true });
    }
  },
  60_000,
);

/** The cart as the first release wrote it, and the collection marked as that release's. */
function asFirstRelease(file: string, id: string): void {
  const db = new DatabaseSync(file);
  const fields = ["openFor", "setAside", "mergedCarts", "mergedInto"].map((field) => `'$.${field}'`).join();
  db.prepare(`update carts set doc = json_set(json_remove(doc, ${fields}), '$.v', 1) where id = ?`).run(id);
  db.exec("update collections set version = 1 where name = 'carts'");
  db.close();
}
