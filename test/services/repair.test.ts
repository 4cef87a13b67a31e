import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Findings } from "../../services/shared/shapes.ts";
import { CHECKOUT, cartWith, place, product } from "../support/checkout.ts";
import { eventually } from "../support/eventually.ts";
import { startServices, type TestShop, temporaryFolder } from "../support/services.ts";

const folder = temporaryFolder();
const env = { DATA_DIR: folder };
const rules = ({ findings }: Pick<Findings, "findings">) => findings.map(({ rule }) => rule).sort();

/** Falsifies documents behind the shop's back, while it is closed. */
function falsify(collection: string, where: string, change: string): void {
  const db = new DatabaseSync(join(folder, "shop.db"));
  const { changes } = db.prepare(`update ${collection} set doc = ${change} where ${where}`).run();
  db.close();
  expect(changes).toBe(1);
}

async function sold(shop: TestShop): Promise<{ sku: string; id: string }> {
  const sku = await product(shop, 10);
  const { id } = await place(shop, (await cartWith(shop, sku, 2)).id);
  await eventually(async () => (await shop.platform.events.backlog()).waiting === 0);
  return { sku, id };
}

test("what was falsified is noticed without a full audit, mended where that is safe, and told", async () => {
  const first = await startServices(CHECKOUT, env);
  const [counted, unexplained, stuck] = [await sold(first), await sold(first), await sold(first)];
  await first.stop();
  falsify("stock", `id = 'main:${counted.sku}'`, "json_set(doc, '$.reserved', 3, '$.available', 4)");
  falsify("stock", `id = 'main:${unexplained.sku}'`, "json_set(doc, '$.onHand', 9, '$.available', 9)");
  falsify("orders", `id = '${stuck.id}'`, "json_set(doc, '$.payment.status', 'authorized')");

  const shop = await startServices(CHECKOUT, env);
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
  await shop.stop();
}, 90_000);

test("a confirmed order whose goods are gone is told and left to staff", async () => {
  const first = await startServices(CHECKOUT, env);
  const { sku, id } = await sold(first);
  await first.stop();
  falsify("stock", `id = 'main:${sku}'`, `json_set(doc, '$.holds."${id}".state', 'released')`);
  const shop = await startServices(CHECKOUT, env);
  expect(await shop.inside.call("orders.repair")).toEqual({ repairs: [] });
  expect(rules(await shop.inside.call("orders.audit"))).toEqual(["orders.stock"]);
  await shop.stop();
}, 90_000);

test("a lost mail is sent when the orders are mended, once", async () => {
  const first = await startServices(CHECKOUT, env);
  const { id } = await sold(first);
  await first.stop();
  const db = new DatabaseSync(join(folder, "shop.db"));
  db.prepare("delete from mails where id = ?").run(`${id}:confirmed`);
  db.close();
  const shop = await startServices(CHECKOUT, env);
  const mails = async () => (await shop.inside.call("notifications.mails", { orderId: id })).items;
  expect(await mails()).toHaveLength(0);
  expect((await shop.inside.call("orders.repair")).repairs.map(({ rule }) => rule)).toContain("orders.mail");
  await eventually(async () => (await mails()).length === 1);
  await shop.stop();
}, 90_000);
