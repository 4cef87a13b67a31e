import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { milestonesSpec } from "../../services/products/product.documents.ts";
import { eventually } from "../support/eventually.ts";
import { startServices, type TestShop, temporaryFolder } from "../support/services.ts";

const file = join(import.meta.dirname, "../../demo/catalogue.jsonl");
/** What a shopper can find: drafts and archived products are in the shop and not on show. */
const onShow = () =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .filter((line) => ["active", undefined].includes(JSON.parse(line).status));
const folders: string[] = [];
const newFolder = () => {
  folders.push(temporaryFolder());
  return folders.at(-1) as string;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
const total = async (shop: TestShop) => (await shop.inside.call("products.list")).total;
const start = (DATA_DIR: string, DEMO: string) => startServices("products,inventory", { DATA_DIR, DEMO });

test("the demo catalogue is in the shop when its very first start is done, with stock, and never comes back", async () => {
  const folder = newFolder();
  const first = await start(folder, "true");
  expect(await total(first)).toBe(onShow().length);
  await eventually(async () => (await first.inside.call("products.list", { inStock: true })).total > 0);
  const { items } = await first.inside.call("products.list");
  const { id } = items[0] as { id: string };
  await first.inside.call("products.archive", { id });
  await first.stop();

  const again = await start(folder, "true");
  expect(await total(again)).toBe(onShow().length - 1);
  expect(await again.inside.call("products.read", { id })).toMatchObject({ status: "archived", rev: 2 });
  await again.stop();
});

test("a catalogue of one's own is left alone, and a demo import that was cut off is finished by the next start", async () => {
  const folder = newFolder();
  const first = await start(folder, "true");
  const { items } = await first.inside.call("products.list");
  const { id, name } = items[0] as { id: string; name: string };
  await first.inside.call("products.update", { id, name: "Not as in the file" });
  await first.platform.collection(milestonesSpec).purge({}, 10);
  await first.stop();

  // Without its mark and with products: somebody's own catalogue, which is left alone.
  const theirs = await start(folder, "true");
  expect(await theirs.inside.call("products.read", { id })).toMatchObject({ name: "Not as in the file" });
  await theirs.platform.collection(milestonesSpec).insert({ id: "demo", done: false });
  await theirs.stop();

  const resumed = await start(folder, "true");
  expect(await resumed.inside.call("products.read", { id })).toMatchObject({ name });
  expect(await total(resumed)).toBe(onShow().length);
  await resumed.stop();
});

test("without DEMO a shop starts empty", async () => {
  const shop = await startServices("products,inventory", { DEMO: "false" });
  expect(await total(shop)).toBe(0);
  await shop.stop();
});
