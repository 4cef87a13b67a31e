import { v7 } from "uuid";
import { CROWD } from "../../services/inventory/leaving.ts";
import { MovementSums } from "../../services/inventory/movement-sums.ts";
import { movementsSpec, stockSpec } from "../../services/inventory/stock.documents.ts";
import { stockId } from "../../services/inventory/stock.ts";
import { newId } from "../../services/shared/ids.ts";
import { eventually } from "../support/eventually.ts";
import { startServices, type TestShop } from "../support/services.ts";

let shop: TestShop;
let made = 0;
beforeAll(async () => {
  shop = await startServices("inventory");
});
afterAll(() => shop.stop());

async function skuWith(onHand: number): Promise<string> {
  const sku = `SKU-${++made}`;
  await shop.inside.call("inventory.open", { items: [{ sku, onHand }] });
  return sku;
}
const level = (sku: string) => shop.inside.call("inventory.get", { sku });
const one = (orderId: string, sku: string, quantity: number) => ({ orderId, lines: [{ sku, quantity }] });

test("trap 1: 200 parallel holds on 50 units hold exactly 50", async () => {
  const sku = await skuWith(50);
  const holds = Array.from({ length: 200 }, () => shop.inside.call("inventory.hold", one(newId(), sku, 1)));
  const results = await Promise.allSettled(holds);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(50);
  const refusals = results.flatMap((result) => (result.status === "rejected" ? [result.reason.type] : []));
  expect(new Set(refusals)).toEqual(new Set(["STOCK_INSUFFICIENT"]));
  expect(await level(sku)).toMatchObject({ onHand: 50, reserved: 50, available: 0 });
});

test("trap 2: two lines of one order that share a SKU cannot both have the last units", async () => {
  const sku = await skuWith(3);
  const lines = [
    { sku, quantity: 2 },
    { sku, quantity: 2 },
  ];
  await expect(shop.inside.call("inventory.hold", { orderId: newId(), lines })).rejects.toMatchObject({
    type: "STOCK_INSUFFICIENT",
    data: { lines: [{ sku, requested: 4, available: 3 }] },
  });
  expect(await level(sku)).toMatchObject({ reserved: 0, available: 3 });
});

test("trap 3: releasing and committing again and again never makes reserved negative, and movements explain the rest", async () => {
  const sku = await skuWith(10);
  const [kept, sold, late] = [newId(), newId(), newId()];
  for (const orderId of [kept, sold]) await shop.inside.call("inventory.hold", one(orderId, sku, 2));
  const repeat = (action: "inventory.release" | "inventory.commit", orderId: string) =>
    Promise.all([1, 2, 3].map(() => shop.inside.call(action, one(orderId, sku, 2))));
  await repeat("inventory.release", kept);
  await repeat("inventory.commit", sold);
  await repeat("inventory.release", late);
  expect(await level(sku)).toMatchObject({ onHand: 8, reserved: 0, available: 8 });
  const { findings } = await shop.inside.call("inventory.audit");
  expect(findings).toEqual([]);
});

test("an order that was given up before it held anything cannot hold afterwards", async () => {
  const sku = await skuWith(5);
  const orderId = newId();
  await shop.inside.call("inventory.release", one(orderId, sku, 1));
  await expect(shop.inside.call("inventory.hold", one(orderId, sku, 1))).rejects.toMatchObject({ type: "HOLD_CLOSED" });
  expect(await level(sku)).toMatchObject({ available: 5 });
});

test("a hold that was refused is refused for the same reason when it is asked for again, also when there is more by then", async () => {
  const [plenty, rare] = [await skuWith(9), await skuWith(1)];
  const orderId = newId();
  const lines = [
    { sku: plenty, quantity: 2 },
    { sku: rare, quantity: 2 },
  ];
  const refused = { type: "STOCK_INSUFFICIENT", data: { lines: [{ sku: rare, requested: 2, available: 1 }] } };
  await expect(shop.inside.call("inventory.hold", { orderId, lines })).rejects.toMatchObject(refused);
  await expect(shop.inside.call("inventory.hold", { orderId, lines })).rejects.toMatchObject(refused);
  await shop.inside.call("inventory.adjust", { sku: rare, delta: 5, reason: "delivery" });
  const again = { type: "STOCK_INSUFFICIENT", data: { lines: [{ sku: rare, requested: 2 }] } };
  await expect(shop.inside.call("inventory.hold", { orderId, lines })).rejects.toMatchObject(again);
  await shop.inside.call("inventory.release", { orderId, lines });
  expect(await level(plenty)).toMatchObject({ available: 9, reserved: 0 });
  expect(await level(rare)).toMatchObject({ available: 6, reserved: 0 });
});

test("a hold of many SKUs is all or nothing", async () => {
  const [plenty, scarce] = [await skuWith(9), await skuWith(1)];
  const lines = [
    { sku: plenty, quantity: 3 },
    { sku: scarce, quantity: 2 },
  ];
  await expect(shop.inside.call("inventory.hold", { orderId: newId(), lines })).rejects.toMatchObject({ code: 409 });
  expect(await level(plenty)).toMatchObject({ reserved: 0, available: 9 });
});

test("a hold that is not pinned expires and gives its units back", async () => {
  const sku = await skuWith(4);
  const expiresAt = new Date(Date.now() - 1).toISOString();
  await shop.inside.call("inventory.hold", { ...one(newId(), sku, 4), expiresAt });
  await eventually(async () => (await level(sku)).available === 4);
});

test("committed units come back once when the order is given up", async () => {
  const sku = await skuWith(4);
  const orderId = newId();
  for (const action of ["hold", "commit", "release", "release"] as const) {
    await shop.inside.call(`inventory.${action}`, one(orderId, sku, 3));
  }
  expect(await level(sku)).toMatchObject({ onHand: 4, available: 4 });
});

test("an adjustment counts once for its key", async () => {
  const sku = await skuWith(4);
  const staff = shop.as({ userId: newId(), permissions: ["inventory:write"], idempotencyKey: "delivery-1" });
  for (let times = 0; times < 3; times++) {
    await staff.call("inventory.adjust", { sku, delta: 6, reason: "delivery" });
  }
  expect(await level(sku)).toMatchObject({ onHand: 10, available: 10 });
});

test("SKUs with colons are kept apart, also from what is told of others", async () => {
  const sku = `SKU-${++made}`;
  const names = [`${sku}:moved`, sku, `adjust:${sku}`, `moved:${sku}`, `${sku}:1`];
  await shop.inside.call("inventory.open", { items: names.map((name, at) => ({ sku: name, onHand: at + 1 })) });
  await Promise.all(names.map((name) => shop.inside.call("inventory.hold", one(newId(), name, 1))));
  for (const name of names) await shop.inside.call("inventory.adjust", { sku: name, delta: 1, reason: "delivery" });
  await eventually(async () => (await shop.platform.events.backlog()).waiting === 0);
  expect((await shop.inside.call("inventory.audit")).findings).toEqual([]);
});

test("an order that is canceled after its commit was forgotten gives its goods back", async () => {
  const sku = await skuWith(4);
  const orderId = v7({ msecs: Date.now() - 8 * 24 * 3600_000 });
  for (const action of ["hold", "commit"] as const) await shop.inside.call(`inventory.${action}`, one(orderId, sku, 3));
  await eventually(async () => (await shop.platform.events.backlog()).waiting === 0);
  const forget = { $unset: { [`holds.${orderId}`]: "" } };
  await shop.platform.collection(stockSpec).change(stockId(sku), {}, forget);
  for (let times = 0; times < 2; times++) await shop.inside.call("inventory.release", one(orderId, sku, 3));
  expect(await level(sku)).toMatchObject({ onHand: 4, available: 4 });
  expect((await shop.inside.call("inventory.audit")).findings).toEqual([]);
});

test("stock that is reserved cannot be counted out", async () => {
  const sku = await skuWith(4);
  await shop.inside.call("inventory.hold", one(newId(), sku, 3));
  await expect(shop.inside.call("inventory.adjust", { sku, delta: -2, reason: "broken" })).rejects.toMatchObject({
    type: "STOCK_INSUFFICIENT",
    data: { sku, available: 1 },
  });
});

test("a stock level needs the permission to see it", async () => {
  const sku = await skuWith(1);
  await expect(shop.as({}).call("inventory.get", { sku })).rejects.toMatchObject({ code: 401 });
  await expect(shop.as({ userId: newId() }).call("inventory.get", { sku })).rejects.toMatchObject({ code: 403 });
});

test("the document of a best-seller stays small, and every one of its orders is still known", async () => {
  const orders = Array.from({ length: 150 }, newId);
  const sku = await skuWith(orders.length);
  const stocks = shop.platform.collection(stockSpec);
  for (let at = 0; at < orders.length; at += 10) {
    const some = orders.slice(at, at + 10);
    for (const action of ["hold", "commit"] as const) {
      await Promise.all(some.map((orderId) => shop.inside.call(`inventory.${action}`, one(orderId, sku, 1))));
    }
  }
  await eventually(async () => Object.keys((await stocks.get(stockId(sku)))?.holds ?? {}).length <= CROWD);

  const back = orders.slice(0, 50);
  for (const orderId of orders) {
    expect(await shop.inside.call("inventory.held", { orderId, skus: [sku] })).toMatchObject([{ state: "committed" }]);
  }
  for (const action of ["hold", "commit", "release", "release"] as const) {
    await Promise.all(back.map((orderId) => shop.inside.call(`inventory.${action}`, one(orderId, sku, 1))));
  }
  await Promise.all(
    back.map((orderId) =>
      expect(shop.inside.call("inventory.hold", one(orderId, sku, 1))).rejects.toMatchObject({ type: "HOLD_CLOSED" }),
    ),
  );
  expect(await level(sku)).toMatchObject({ onHand: 50, reserved: 0, available: 50 });
  await eventually(async () => Object.keys((await stocks.get(stockId(sku)))?.holds ?? {}).length <= CROWD);
  expect((await shop.inside.call("inventory.audit")).findings).toEqual([]);
});

test("what another node writes of a SKU's movements is counted, once, also when it is long ago", async () => {
  const sums = new MovementSums(shop.platform.collection(movementsSpec));
  const elsewhere = shop.platform.collection(movementsSpec);
  const sku = `MOVED-${++made}`;
  const move = (delta: number) =>
    elsewhere.insert({
      id: newId(),
      sku,
      location: "main",
      kind: "adjust",
      delta,
      orderId: null,
      reason: null,
    } as never);
  const inTenMinutes = new Date(Date.now() + 600_000);
  await move(5);
  await sums.readAll();
  expect(sums.of(sku)).toBe(5);
  await move(7);
  expect([sums.of(sku), await sums.read(sku), await sums.read(sku), sums.of(sku)]).toEqual([5, 12, 12, 12]);
  await sums.read(sku, inTenMinutes);
  expect(await sums.read(sku, inTenMinutes)).toBe(12);
  expect(await sums.readWhole(sku)).toBe(12);
});
