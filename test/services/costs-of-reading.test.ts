import type { Collection, Doc } from "../../mixins/store/collection.ts";
import { before } from "../support/between.ts";
import { CHECKOUT, product } from "../support/checkout.ts";
import { eventually } from "../support/eventually.ts";
import { startServices, type TestShop } from "../support/services.ts";

const LINES = 100;

let shop: TestShop;
let skus: string[];
beforeAll(async () => {
  shop = await startServices(CHECKOUT);
  skus = [];
  for (let line = 0; line < LINES; line++) skus.push(await product(shop, 3));
  await eventually(async () => (await lists()).every(({ items }) => items.length === LINES));
});
afterAll(() => shop.stop());

/** The products in stock, with facets, as often as it takes that every node has been asked. */
const lists = async () => {
  const list = () => shop.as({}).call("products.list", { limit: LINES, inStock: true, facets: true });
  return [await list(), await list(), await list(), await list()];
};

/** How often these actions are asked while the work goes on. */
async function asked(actions: readonly string[], work: () => Promise<unknown>): Promise<Record<string, number>> {
  const counts = Object.fromEntries(actions.map((action) => [action, 0]));
  const ends = actions.map((action) =>
    before(shop, action, () => {
      counts[action] = (counts[action] ?? 0) + 1;
    }),
  );
  await work();
  for (const end of ends) end();
  return counts;
}

const READS = ["get", "getMany", "find", "page", "all"] as const;

/** How often any node reads documents of products and stock while the work goes on. */
async function read(work: () => Promise<unknown>): Promise<number> {
  const spies = shop.nodes.flatMap(({ broker }) => {
    const products = broker.getLocalService("products") as unknown as Record<string, Collection<Doc>>;
    const inventory = broker.getLocalService("inventory") as unknown as Record<string, Collection<Doc>>;
    const collections = [products.products, products.availability, inventory.stock] as Collection<Doc>[];
    return collections.flatMap((collection) => READS.map((method) => jest.spyOn(collection, method)));
  });
  await work();
  const reads = spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  for (const spy of spies) spy.mockRestore();
  return reads;
}

test("trap 11: a cart of 100 lines is read with one question for its offers and one for its prices", async () => {
  const lines = skus.map((sku) => ({ sku, quantity: 2 }));
  const { id } = await shop.as({}).call("carts.create", { lines });
  const ACTIONS = ["products.offers", "products.get", "pricing.quote", "inventory.get"];
  const counts = await asked(ACTIONS, async () => {
    const cart = await shop.as({}).call("carts.get", { id });
    expect(cart.lines).toHaveLength(LINES);
    expect(cart.lines.every(({ unitPrice, available }) => unitPrice.amount === 2_500 && available === 3)).toBe(true);
  });
  expect(counts).toEqual({ "products.offers": 1, "products.get": 0, "pricing.quote": 1, "inventory.get": 0 });
});

test("trap 11: a list of products with prices, stock and facets reads no documents", async () => {
  const reads = await read(async () => {
    for (const { items, facets } of await lists()) {
      expect(items[0]).toMatchObject({ price: { amount: 2_500 }, available: 3 });
      expect(facets?.price).toMatchObject([{ count: LINES }]);
    }
  });
  expect(reads).toBe(0);
});
