import type { ProductInput } from "../../services/products/products.contract.ts";
import { newId } from "../../services/shared/ids.ts";
import { eventually } from "../support/eventually.ts";
import { startServices, type TestShop } from "../support/services.ts";
import { soon, WHO_WROTE } from "../support/shape.ts";

let shop: TestShop;
beforeAll(async () => {
  shop = await startServices("products,inventory");
});
afterAll(() => shop.stop());

const usd = (amount: number) => ({ amount, currency: "USD" });
let made = 0;
/** A product whose name and SKUs no other test uses. */
const product = (more: object = {}) => {
  made++;
  return {
    name: `Lantern ${made}`,
    variants: [{ sku: `LAN-${made}`, price: usd(1_900) }],
    ...more,
  } satisfies Partial<ProductInput> | object as {
    name: string;
    variants: { sku: string; price: { amount: number; currency: string } }[];
  };
};
const create = (more: object = {}, meta = {}) => shop.inside.call("products.create", product(more), { meta });
const looking = { meta: WHO_WROTE };
const listed = async (q: string) => (await shop.inside.call("products.list", { q }, looking)).items;

describe("staff", () => {
  test("a new product can be found, read and looked up at once, and its SKUs are kept in stock", async () => {
    const lamp = await create({
      name: "Storm lantern",
      categories: ["lights/lanterns"],
      variants: [{ sku: "SL-1", price: usd(4_500) }],
    });
    expect(lamp).toMatchObject({
      slug: "storm-lantern",
      status: "active",
      rev: 1,
      variants: [{ sku: "SL-1", available: 0 }],
    });
    expect(await listed("storm lantern")).toMatchObject([{ id: lamp.id, price: usd(4_500), available: 0 }]);
    expect(await shop.inside.call("products.get", { idOrSlug: "storm-lantern" })).toEqual(lamp);
    expect(await shop.inside.call("products.get", { idOrSlug: lamp.id })).toEqual(lamp);
    expect(await shop.inside.call("inventory.get", { sku: "SL-1" })).toMatchObject({ onHand: 0, available: 0 });
    expect(await shop.inside.call("products.categories", undefined, looking)).toMatchObject([
      { slug: "lights", name: "Lights", count: 1, children: [{ slug: "lights/lanterns", name: "Lanterns", count: 1 }] },
    ]);
  });

  test("a key that is used again gives the first product, also with another person's key beside it", async () => {
    const wanted = product({ name: "Keyed lantern" });
    const first = await shop.inside.call("products.create", wanted, { meta: { idempotencyKey: "k", userId: "a" } });
    const again = await shop.inside.call("products.create", wanted, { meta: { idempotencyKey: "k", userId: "a" } });
    expect(again).toEqual(first);
    const other = await create({ name: "Keyed lantern" }, { idempotencyKey: "k", userId: "b" });
    expect(other).toMatchObject({ slug: "keyed-lantern-2" });
  });

  test("twenty creations at once with one key make one product", async () => {
    const wanted = product({ name: "Eager lantern" });
    const meta = { idempotencyKey: "eager", userId: "a" };
    const all = await Promise.all(
      Array.from({ length: 20 }, () => shop.inside.call("products.create", wanted, { meta })),
    );
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(await listed("eager")).toHaveLength(1);
  });

  test("products of one name get numbered slugs, also when they come at once", async () => {
    const twins = await Promise.all(Array.from({ length: 30 }, () => create({ name: "Twin lantern" })));
    const expected = ["twin-lantern", ...Array.from({ length: 29 }, (_, at) => `twin-lantern-${at + 2}`)];
    expect(new Set(twins.map(({ slug }) => slug))).toEqual(new Set(expected));
  });

  test("a slug that was asked for and is taken is a conflict that names it", async () => {
    const { id } = await create({ slug: "taken-lantern" });
    const refused = { code: 409, type: "SLUG_TAKEN", data: { field: "slug", slug: "taken-lantern", productId: id } };
    await expect(create({ slug: "taken-lantern" })).rejects.toMatchObject(refused);
    const { id: other } = await create();
    await expect(shop.inside.call("products.update", { id: other, slug: "taken-lantern" })).rejects.toMatchObject(
      refused,
    );
  });

  test("a SKU that another product has is a conflict that names it, and nothing is changed", async () => {
    await create({
      variants: [
        { sku: "ONE-1", price: usd(1) },
        { sku: "ONE-2", price: usd(1) },
      ],
    });
    const refused = { code: 409, type: "SKU_TAKEN", data: { field: "sku", sku: "ONE-2" } };
    const variants = [
      { sku: "TWO-1", price: usd(1) },
      { sku: "ONE-2", price: usd(1) },
    ];
    await expect(create({ name: "Refused lantern", variants })).rejects.toMatchObject(refused);
    expect(await listed("refused")).toEqual([]);
    const other = await create();
    await expect(shop.inside.call("products.update", { id: other.id, variants })).rejects.toMatchObject(refused);
    expect(await shop.inside.call("products.read", { id: other.id })).toMatchObject({
      rev: 1,
      variants: other.variants,
    });
  });

  test("prices in another currency and a SKU that occurs twice are told with their paths", async () => {
    const variants = [
      { sku: "CUR", price: { amount: 1, currency: "EUR" } },
      { sku: "CUR", price: usd(1), compareAtPrice: { amount: 2, currency: "GBP" } },
    ];
    await expect(create({ variants })).rejects.toMatchObject({
      code: 422,
      type: "VALIDATION_ERROR",
      data: {
        errors: [
          { path: "variants.0.price.currency" },
          { path: "variants.1.compareAtPrice.currency" },
          { path: "variants.1.sku" },
        ],
      },
    });
  });

  test("a change leaves alone what it does not name, and shows at once", async () => {
    const before = await create({ description: "Burns long", brand: "Fell", categories: ["old"] });
    const after = await shop.inside.call("products.update", { id: before.id, rev: 1, name: "Renamed beacon" });
    expect(after).toEqual({ ...before, name: "Renamed beacon", rev: 2, updatedAt: after.updatedAt });
    expect(await listed("renamed beacon")).toMatchObject([{ id: before.id, slug: before.slug }]);
  });

  test("a change made for an older version is refused, a repeat of the same change is not", async () => {
    const { id } = await create();
    await shop.inside.call("products.update", { id, rev: 1, brand: "First" });
    await expect(shop.inside.call("products.update", { id, rev: 1, brand: "Second" })).rejects.toMatchObject({
      code: 412,
      type: "PRODUCT_CHANGED",
      data: { id, rev: 2 },
    });
    expect(await shop.inside.call("products.update", { id, rev: 1, brand: "First" })).toMatchObject({
      rev: 2,
      brand: "First",
    });
    await expect(shop.inside.call("products.update", { id, rev: 1 })).rejects.toMatchObject({ code: 412 });
  });

  test("of ten changes at once for one version one is made", async () => {
    const { id } = await create();
    const changes = Array.from({ length: 10 }, (_, at) =>
      shop.inside.call("products.update", { id, rev: 1, brand: `B${at}` }),
    );
    const results = await Promise.allSettled(changes);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await shop.inside.call("products.read", { id })).toMatchObject({ rev: 2 });
  });

  test("a variant that comes later is kept in stock from then on", async () => {
    const { id, variants } = await create();
    const more = [...variants.map(({ available: _, ...variant }) => variant), { sku: `${made}-NEW`, price: usd(5) }];
    await shop.inside.call("products.update", { id, variants: more });
    expect(await shop.inside.call("inventory.get", { sku: `${made}-NEW` })).toMatchObject({ available: 0 });
  });

  test("who lacks the permission changes nothing, and unknown fields are refused at the edge", async () => {
    await expect(shop.as({ userId: newId() }).call("products.create", product())).rejects.toMatchObject({ code: 403 });
    const staff = shop.as({ userId: newId(), permissions: ["products:write"] });
    await expect(staff.call("products.create", product({ colour: "red" }))).rejects.toMatchObject({
      code: 422,
      data: { errors: [{ path: "colour" }] },
    });
  });
});

describe("the shop", () => {
  test("drafts and archived products are seen by staff only", async () => {
    const draft = await create({ name: "Secret lantern", status: "draft" });
    expect(await listed("secret")).toEqual([]);
    await expect(shop.as({}).call("products.get", { idOrSlug: draft.slug })).rejects.toMatchObject({
      code: 404,
      type: "PRODUCT_NOT_FOUND",
    });
    expect(await shop.inside.call("products.read", { id: draft.id })).toMatchObject({ status: "draft" });
    await shop.inside.call("products.update", { id: draft.id, status: "active" });
    expect(await listed("secret")).toHaveLength(1);
    await shop.inside.call("products.archive", { id: draft.id, rev: 2 });
    await shop.inside.call("products.archive", { id: draft.id, rev: 2 });
    expect(await listed("secret")).toEqual([]);
    await expect(shop.inside.call("products.archive", { id: newId() })).rejects.toMatchObject({ code: 404 });
  });

  test("offers say name, price, stock and whether it is sold; unknown SKUs are left out", async () => {
    const variants = [
      { sku: "OFF-S", name: "Small", price: usd(100) },
      { sku: "OFF-L", name: "Large", price: usd(200) },
    ];
    const { id } = await create({ name: "Offered lantern", variants });
    const gone = await create({
      name: "Gone lantern",
      status: "archived",
      variants: [{ sku: "OFF-X", price: usd(3) }],
    });
    const offers = await shop.inside.call("products.offers", { skus: ["OFF-L", "nothing", "OFF-X", "OFF-L"] });
    expect(offers).toEqual([
      { sku: "OFF-L", productId: id, name: "Offered lantern, Large", price: usd(200), available: 0, sellable: true },
      { sku: "OFF-X", productId: gone.id, name: "Gone lantern", price: usd(3), available: 0, sellable: false },
    ]);
    expect(await shop.inside.call("products.offers", { skus: [] })).toEqual([]);
  });

  test("stock that comes in is shown in lists, on the product and in offers", async () => {
    const { slug } = await create({
      name: "Stocked lantern",
      variants: [
        { sku: "ST-1", price: usd(1) },
        { sku: "ST-2", price: usd(1) },
      ],
    });
    await shop.inside.call("inventory.adjust", { sku: "ST-1", delta: 5, reason: "delivery" });
    await shop.inside.call("inventory.adjust", { sku: "ST-2", delta: 7, reason: "delivery" });
    await eventually(async () => (await listed("stocked lantern"))[0]?.available === 12);
    const variants = [
      { sku: "ST-1", available: 5 },
      { sku: "ST-2", available: 7 },
    ];
    await soon(async () => {
      expect(await shop.inside.call("products.get", { idOrSlug: slug })).toMatchObject({ variants });
      expect(await shop.inside.call("products.offers", { skus: ["ST-1"] })).toMatchObject([{ available: 5 }]);
      const inStock = await shop.inside.call("products.list", { q: "stocked lantern", inStock: true });
      expect(inStock.total).toBe(1);
    });
  });

  test("stock that has gone up and down ends as inventory has it, however the news arrive", async () => {
    await create({ name: "Moving lantern", variants: [{ sku: "MV-1", price: usd(1) }] });
    const deltas = [40, -7, 12, -3, 9, -21, 4, -1, 30, -33];
    await shop.inside.call("inventory.adjust", { sku: "MV-1", delta: 100, reason: "delivery" });
    await Promise.all(
      deltas.map((delta) => shop.inside.call("inventory.adjust", { sku: "MV-1", delta, reason: "count" })),
    );
    const { available } = await shop.inside.call("inventory.get", { sku: "MV-1" });
    expect(available).toBe(130);
    await eventually(async () => (await shop.platform.events.backlog()).waiting === 0);
    await soon(async () => expect(await listed("moving lantern")).toMatchObject([{ available }]));
  });

  test("a node that starts again knows the catalogue and its stock", async () => {
    const first = await startServices("products,inventory", { DATA_DIR: `${shop.dataDir}/again` });
    await first.inside.call("products.create", { name: "Kept lantern", variants: [{ sku: "KEPT", price: usd(1) }] });
    await first.inside.call("inventory.adjust", { sku: "KEPT", delta: 3, reason: "delivery" });
    await eventually(async () => (await first.inside.call("products.list", { q: "kept" })).items[0]?.available === 3);
    await first.stop();
    const again = await startServices("products,inventory", { DATA_DIR: `${shop.dataDir}/again` });
    try {
      expect(await again.inside.call("products.list", { q: "kept" })).toMatchObject({
        total: 1,
        items: [{ available: 3 }],
      });
    } finally {
      await again.stop();
    }
  });
});
