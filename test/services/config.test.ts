import { settingsOf } from "../../mixins/settings/live-settings.ts";
import config from "../../services/config/config.service.ts";
import type { Quote } from "../../services/pricing/pricing.contract.ts";
import pricing from "../../services/pricing/pricing.service.ts";
import { eventually } from "../support/eventually.ts";
import { startServices, type TestShop, temporaryFolder } from "../support/services.ts";
import { soon } from "../support/shape.ts";
import { type SmallNode, startNode } from "../support/small-cluster.ts";

let shop: TestShop;
beforeEach(async () => {
  shop = await startServices("config,pricing");
});
afterEach(() => shop.stop());

const staff = () => shop.as({ userId: "ada", permissions: ["settings:read", "settings:write"] });
const set = (values: object, rev?: number) => staff().call("config.update", { values, ...(rev ? { rev } : {}) });
const history = async () => (await staff().call("config.history", {})).items;
const lines = [{ sku: "TJ-S", quantity: 1, unitPrice: { amount: 10_000, currency: "USD" } }];
const tax = async () => (await shop.inside.call("pricing.quote", { lines })).taxTotal.amount;

test("a new shop has the defaults, as its first revision", async () => {
  const { rev, values, defaults, schema } = await staff().call("config.get");
  expect(rev).toBe(1);
  expect(values).toEqual(defaults);
  expect(Object.keys(schema.properties as object)).toEqual(Object.keys(values));
  await eventually(async () => (await history()).length === 1);
  expect(await history()).toMatchObject([{ rev: 1, by: null, changed: {} }]);
});

test("a change holds as soon as it is answered, for everybody on the node", async () => {
  expect(await tax()).toBe(0);
  expect(await set({ "tax.rate": 825 })).toMatchObject({ rev: 2, values: { "tax.rate": 825 } });
  expect(await tax()).toBe(825);
});

test("a change is in the history at once: who, from what, to what", async () => {
  await set({ "tax.rate": 825, "tax.included": true, "cart.maxLines": 100 });
  const [latest] = await history();
  expect(latest).toMatchObject({ rev: 2, by: "ada", restored: null });
  expect(latest?.changed).toEqual({ "tax.rate": { from: 0, to: 825 }, "tax.included": { from: false, to: true } });
});

test("a wrong type is refused by its path, and nothing changes", async () => {
  const methods = [{ code: "post", name: "Post", amount: "5" }];
  for (const [values, path] of [
    [{ "tax.rate": "8 %", "tax.included": true }, "values.tax.rate"],
    [{ "shipping.methods": methods }, "values.shipping.methods.0.amount"],
    [{ "tax.rat": 825 }, "values.tax.rat"],
  ] as const) {
    await expect(set(values)).rejects.toMatchObject({ code: 422, data: { errors: [{ path }] } });
  }
  expect((await staff().call("config.get")).rev).toBe(1);
});

test("settings are for who holds the permission", async () => {
  const reader = shop.as({ userId: "bob", permissions: ["settings:read"] });
  await expect(reader.call("config.update", { values: {} })).rejects.toMatchObject({ type: "PERMISSION_MISSING" });
  await expect(shop.as({}).call("config.get")).rejects.toMatchObject({ type: "SIGN_IN_REQUIRED" });
});

test("who has seen an older revision is refused, and told the present one", async () => {
  await set({ "tax.rate": 825 }, 1);
  await expect(set({ "tax.rate": 900 }, 1)).rejects.toMatchObject({
    code: 412,
    type: "SETTINGS_CHANGED",
    data: { rev: 2 },
  });
  await expect(set({ "tax.rate": 825 }, 1)).rejects.toMatchObject({ code: 412 });
  expect(await tax()).toBe(825);
});

test("of two changes at one revision one wins", async () => {
  const both = await Promise.allSettled([set({ "tax.rate": 825 }, 1), set({ "cart.maxLines": 7 }, 1)]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({ reason: { type: "SETTINGS_CHANGED" } });
});

test("parallel changes that name no revision all land, each a revision of its own", async () => {
  const days = Array.from({ length: 10 }, (_, at) => set({ "cart.forgottenAfterDays": at + 1 }));
  await Promise.all([...days, set({ "tax.rate": 825 }), set({ "inventory.lowStock": 2 })]);
  const { rev, values } = await staff().call("config.get");
  expect(values).toMatchObject({ "tax.rate": 825, "inventory.lowStock": 2 });
  expect(rev).toBe(13);
  const entries = await eventually(async () => (await history()).length === 13 && (await history()));
  const steps = entries.map(({ changed }) => changed["cart.forgottenAfterDays"]).filter((step) => step !== undefined);
  // Each began where the one before had ended.
  expect(steps.slice(0, -1).map(({ from }) => from)).toEqual(steps.slice(1).map(({ to }) => to));
});

test("a change to what holds already is none", async () => {
  await set({ "tax.rate": 825 });
  expect(await set({ "tax.rate": 825, "tax.included": false })).toMatchObject({ rev: 2 });
});

test("null brings the default back", async () => {
  await set({ "tax.rate": 825 });
  expect(await set({ "tax.rate": null })).toMatchObject({ rev: 3, values: { "tax.rate": 0 } });
  expect(await tax()).toBe(0);
});

test("a rollback brings back what held, applies it, and is itself in the history", async () => {
  await set({ "tax.rate": 825 });
  await set({ "tax.rate": 900, "cart.maxLines": 7 });
  const back = await staff().call("config.rollback", { to: 2 });
  expect(back).toMatchObject({ rev: 4, values: { "tax.rate": 825, "cart.maxLines": 100 } });
  expect(await tax()).toBe(825);
  const [latest] = await history();
  expect(latest).toMatchObject({ rev: 4, restored: 2, by: "ada" });
  expect(latest?.changed).toEqual({ "tax.rate": { from: 900, to: 825 }, "cart.maxLines": { from: 7, to: 100 } });
  expect(await staff().call("config.rollback", { to: 2 })).toMatchObject({ rev: 4 });
});

test("a rollback to a revision that never was, or from one that has passed, is refused", async () => {
  await set({ "tax.rate": 825 });
  await expect(staff().call("config.rollback", { to: 99 })).rejects.toMatchObject({ type: "SETTINGS_REV_NOT_FOUND" });
  await expect(staff().call("config.rollback", { to: 1, rev: 1 })).rejects.toMatchObject({ code: 412 });
  await eventually(async () => (await history()).length === 2);
  expect(await staff().call("config.rollback", { to: 1, rev: 2 })).toMatchObject({ values: { "tax.rate": 0 } });
});

test("the history comes in pages, the latest change first", async () => {
  for (const rate of [1, 2, 3]) await set({ "tax.rate": rate });
  await eventually(async () => (await history()).length === 4);
  const first = await staff().call("config.history", { limit: 3 });
  const rest = await staff().call("config.history", { limit: 3, cursor: first.nextCursor as string });
  expect([...first.items, ...rest.items].map(({ rev }) => rev)).toEqual([4, 3, 2, 1]);
  expect(rest.nextCursor).toBeNull();
});

test("settings outlive the process, and hold before its first answer", async () => {
  const DATA_DIR = temporaryFolder();
  const before = await startServices("config,pricing", { DATA_DIR });
  await before.inside.call("config.update", { values: { "tax.rate": 825 } });
  await before.stop();
  const after = await startServices("config,pricing", { DATA_DIR });
  const quote = await after.inside.call("pricing.quote", { lines });
  await after.stop();
  expect(quote.taxTotal.amount).toBe(825);
});

test("a node that lost the hint learns of the change by asking", async () => {
  let lost = 0;
  for (const { broker } of shop.everyone) {
    settingsOf(broker).announce = () => void lost++;
  }
  await set({ "tax.rate": 825 });
  expect(lost).toBe(1);
  await eventually(async () => (await tax()) === 825);
  await soon(async () => expect(await tax()).toBe(825));
});

test("an older hint that arrives late changes nothing", async () => {
  await set({ "tax.rate": 825 });
  await shop.broker.broadcast("settings.changed", { rev: 1, values: { "tax.rate": 1 } });
  expect(await tax()).toBe(825);
});

test("whoever asks with the present revision is told that nothing is new", async () => {
  expect(await shop.inside.call("config.values", { rev: 1 })).toBeNull();
  expect(await shop.inside.call("config.values", { rev: 0 })).toMatchObject({ rev: 1 });
  expect(await shop.inside.call("config.values", {})).toMatchObject({ rev: 1 });
});

test("the name in MAIL_FROM is the default of the shop's name", async () => {
  const named = await startServices("config", { MAIL_FROM: "Fell & Fjord <orders@shop.example>" });
  const { values, defaults } = await named.inside.call("config.get");
  await named.stop();
  expect([values["shop.name"], defaults["shop.name"]]).toEqual(["Fell & Fjord", "Fell & Fjord"]);
});

describe("on a node without config", () => {
  const wire = { transporter: "Fake" as const, namespace: `settings-${process.pid}` };
  let nodes: SmallNode[];
  beforeEach(async () => {
    nodes = [await startNode([config], wire), await startNode([pricing], { ...wire, nodeID: "other" })];
  });
  afterEach(() => Promise.all(nodes.map((node) => node.stop())));
  const taxThere = async () => {
    const quote = (await nodes[1]?.call("pricing.quote", { lines })) as Quote;
    return quote.taxTotal.amount;
  };

  test("a change is heard of", async () => {
    await nodes[0]?.call("config.update", { values: { "tax.rate": 825 } });
    await eventually(async () => (await taxThere()) === 825);
  });

  test("settings are known before its services have started", async () => {
    await nodes[0]?.call("config.update", { values: { "tax.rate": 825 } });
    await nodes.pop()?.stop();
    nodes.push(await startNode([pricing], { ...wire, nodeID: "third" }));
    expect(await taxThere()).toBe(825);
  });
});
