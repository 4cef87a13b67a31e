import { rmSync } from "node:fs";
import type { Collection, CollectionSpec, Doc } from "../../mixins/store/collection.ts";
import { type Movement, stockSpec } from "../../services/inventory/stock.documents.ts";
import { stockId } from "../../services/inventory/stock.ts";
import { mailsSpec } from "../../services/notifications/mail.documents.ts";
import { ordersSpec } from "../../services/orders/order.documents.ts";
import type { Findings } from "../../services/shared/shapes.ts";
import { CHECKOUT, cartWith, place, product } from "../support/checkout.ts";
import { eventually } from "../support/eventually.ts";
import { startServices, type TestShop, temporaryFolder } from "../support/services.ts";

type Inventory = { movements: Collection<Movement> };

const folder = temporaryFolder();
const rules = ({ findings }: Pick<Findings, "findings">) => findings.map(({ rule }) => rule).sort();

let shop: TestShop;
const open = async () => {
  shop = await startServices(CHECKOUT, { DATA_DIR: folder });
};
beforeAll(open);
afterAll(async () => {
  await shop.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The same shop after its services were away. */
async function reopened(): Promise<void> {
  await shop.stop();
  await open();
}

/** Falsifies a document behind the back of its service. */
async function falsify<T extends Doc>(
  spec: CollectionSpec<T>,
  id: string,
  fields: Record<string, unknown>,
): Promise<void> {
  expect(await shop.platform.collection(spec).change(id, {}, { $set: fields })).not.toBeNull();
}

async function sold(): Promise<{ sku: string; id: string }> {
  const sku = await product(shop, 10);
  const { id } = await place(shop, (await cartWith(shop, sku, 2)).id);
  await eventually(async () => (await shop.platform.events.backlog()).waiting === 0);
  return { sku, id };
}

test("trap 3: what was falsified is noticed without a full audit, mended where that is safe, and told", async () => {
  const [counted, unexplained, stuck] = [await sold(), await sold(), await sold()];
  await falsify(stockSpec, stockId(counted.sku), { reserved: 3, available: 4 });
  await falsify(stockSpec, stockId(unexplained.sku), { onHand: 9, available: 9 });
  await falsify(ordersSpec, stuck.id, { "payment.status": "authorized" });
  await reopened();
  await eventually(async () => {
    const [stock, orders] = [
      await shop.inside.call("inventory.invariants"),
      await shop.inside.call("orders.invariants"),
    ];
    return stock.broken.length === 3 && orders.broken.length === 1;
  });

  const mended = await shop.inside.call("inventory.repair");
  expect(new Set(mended.repairs.map(({ subject }) => subject))).toEqual(new Set([counted.sku, unexplained.sku]));
  expect(await shop.inside.call("inventory.get", { sku: counted.sku })).toMatchObject({
    onHand: 8,
    reserved: 0,
    available: 8,
  });
  expect(await shop.inside.call("inventory.get", { sku: unexplained.sku })).toMatchObject({ onHand: 9, available: 9 });
  expect(rules(await shop.inside.call("inventory.audit"))).toEqual([]);

  const { repairs } = await shop.inside.call("orders.repair");
  expect(repairs).toMatchObject([{ rule: "orders.payment" }]);
  await eventually(async () => (await shop.inside.call("orders.get", { id: stuck.id })).payment.status === "captured");
  expect(rules(await shop.inside.call("orders.audit"))).toEqual([]);
  expect(await shop.inside.call("orders.repair")).toEqual({ repairs: [] });
  await eventually(async () => (await shop.inside.call("inventory.invariants")).broken.length === 0);
}, 90_000);

test("a lost mail is sent when the orders are mended, once", async () => {
  const { id } = await sold();
  const mails = async () => (await shop.inside.call("notifications.mails", { orderId: id })).items;
  expect(await mails()).toHaveLength(1);
  expect(await shop.platform.collection(mailsSpec).purge({ id: `${id}:confirmed` }, 1)).toBe(1);
  expect(await mails()).toHaveLength(0);
  expect((await shop.inside.call("orders.repair")).repairs.map(({ rule }) => rule)).toContain("orders.mail");
  await eventually(async () => (await mails()).length === 1);
}, 90_000);

test("a confirmed order whose goods are gone is told and left to staff", async () => {
  const { sku, id } = await sold();
  await falsify(stockSpec, stockId(sku), { [`holds.${id}.state`]: "released" });
  expect(await shop.inside.call("orders.repair")).toEqual({ repairs: [] });
  expect(rules(await shop.inside.call("orders.audit"))).toEqual(["orders.stock"]);
}, 90_000);

/** Nothing that is told of goods is written down until what is returned is called. */
function withhold(): () => Promise<void> {
  const writers = shop.nodes.map(({ broker }) => broker.getLocalService("inventory") as unknown as Inventory);
  const gate = Promise.withResolvers<void>();
  const spies = writers.map(({ movements }) => {
    const insert = movements.insert.bind(movements);
    return jest.spyOn(movements, "insert").mockImplementation(async (movement) => {
      // What a repair writes is told of by nobody.
      if (!String(movement.id).startsWith("repair:")) await gate.promise;
      return insert(movement);
    });
  });
  return async () => {
    gate.resolve();
    await eventually(async () => (await shop.platform.events.backlog()).waiting === 0);
    for (const spy of spies) spy.mockRestore();
  };
}

test("a movement that is only under way is neither missed nor written twice", async () => {
  const sku = await product(shop, 0);
  await falsify(stockSpec, stockId(sku), { onHand: 4, available: 4 });
  const letCome = withhold();
  await shop.inside.call("inventory.adjust", { sku, delta: 3, reason: "delivery" });
  expect(await shop.inside.call("inventory.audit")).toMatchObject({ findings: [], figures: { underWay: 1 } });
  expect(await shop.inside.call("inventory.repair")).toMatchObject({ repairs: [], left: [{ subject: sku }] });
  await letCome();

  expect(rules(await shop.inside.call("inventory.audit"))).toEqual(["inventory.onHand"]);
  const { repairs, left } = await shop.inside.call("inventory.repair");
  expect(repairs).toMatchObject([{ subject: sku, detail: expect.stringContaining("movement of 4") }]);
  expect(left).toEqual([]);
  expect(await shop.inside.call("inventory.get", { sku })).toMatchObject({ onHand: 7 });
  expect(rules(await shop.inside.call("inventory.audit"))).toEqual([]);
}, 90_000);

test("of more than a thousand faults a thousand are named and the others counted, and all are mended", async () => {
  const skus = Array.from({ length: 1_050 }, (_, at) => `FAULTY-${at}`);
  for (const some of [skus.slice(0, 600), skus.slice(600)]) {
    await shop.inside.call("inventory.open", { items: some.map((sku) => ({ sku, onHand: 0 })) });
  }
  await Promise.all(skus.map((sku) => falsify(stockSpec, stockId(sku), { available: 1 })));
  const { findings } = await shop.inside.call("inventory.audit");
  expect([findings.length, findings.at(-1)?.subject]).toEqual([1_001, "50 more"]);
  const { repairs } = await shop.inside.call("inventory.repair");
  expect([repairs.length, repairs.at(-1)?.subject]).toEqual([1_001, "50 more"]);
  expect(rules(await shop.inside.call("inventory.audit"))).toEqual([]);
}, 90_000);
