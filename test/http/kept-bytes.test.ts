import type { Context } from "moleculer";
import type { Shop } from "../../bin/shop.ts";
import { OUTDATED } from "../../services/shared/outdated.ts";
import { after } from "../support/between.ts";
import { CHECKOUT } from "../support/checkout.ts";
import { eventually } from "../support/eventually.ts";
import { type Asked, asking, type HttpShop, startHttpShop, type Told } from "../support/http-shop.ts";
import { inCluster, soon } from "../support/shape.ts";

let http: HttpShop;
let staff: Record<string, string>;
/** How often the service itself was asked. */
let asked: Record<string, number>;
let made = 0;
/**
 * Who changed something sees it at once: staff through whichever gateway, a guest where it is one process. Elsewhere a
 * guest sees it a moment later.
 */
let whoChangedIt: Record<string, string>;
/** Which node has told which gateway of which tags. */
const told = new Set<string>();

beforeAll(async () => {
  http = await startHttpShop(`api,${CHECKOUT}`);
  for (const name of ["get", "list"]) {
    after(http.shop, `products.${name}`, () => {
      asked[name] = (asked[name] ?? 0) + 1;
    });
  }
  for (const { broker } of gateways()) {
    broker.createService({
      name: "listener",
      events: {
        [OUTDATED]({ nodeID, params }: Context<{ tags: string[] }>) {
          for (const tag of params.tags) told.add(`${nodeID} ${broker.nodeID} ${tag}`);
        },
      },
    });
  }
  const credentials = { email: "admin@example.com", password: "correct horse battery" };
  const { json } = await http.ask("/auth/login", { json: credentials });
  staff = { Authorization: `Bearer ${json.accessToken}` };
  whoChangedIt = inCluster ? staff : {};
});
afterAll(() => http.stop());
beforeEach(() => {
  asked = {};
});

/** On a slow machine too, what is kept doesn't get old meanwhile. */
async function atOneMoment(run: () => Promise<void>) {
  const clock = jest.spyOn(Date, "now").mockReturnValue(Date.now());
  await run().finally(() => clock.mockRestore());
}

const usd = (amount: number) => ({ amount, currency: "USD" });

const gateways = () => http.shop.everyone.filter(({ broker }) => broker.getLocalService("api"));
const nodeOf = ({ broker }: Shop) => broker.nodeID;

/** Made, and known to every node: after that nothing outdates what is kept but what a test does. */
async function product(more: object = {}) {
  made++;
  const name = `Kettle ${made}`;
  const variants = [{ sku: `KET-${made}`, price: usd(2_000) }];
  const { json, status } = await http.ask("/admin/products", { json: { name, variants, ...more }, headers: staff });
  expect(status).toBe(201);
  const tellings = http.shop.nodes.flatMap((from) =>
    gateways().map((to) => `${nodeOf(from)} ${nodeOf(to)} product:${json.id}`),
  );
  await eventually(() => tellings.every((telling) => told.has(telling)));
  return json as { id: string; slug: string; rev: number; variants: { sku: string }[] };
}
const change = (id: string, json: object) =>
  http.ask(`/admin/products/${id}`, { method: "PATCH", json, headers: staff });
const priced = (sku: string, amount: number) => ({ variants: [{ sku, price: usd(amount) }] });
const seen = (path: string) => http.ask(path, { headers: whoChangedIt });
const seenPrice = async (path: string) => (await seen(path)).json.variants[0].price.amount;
/** Asks every gateway, each of which keeps bytes of its own. */
async function askAll(path: string, asked: Asked = {}): Promise<Told[]> {
  const answers: Told[] = [];
  for (const url of http.shop.urls) answers.push(await asking(url)(path, asked));
  return answers;
}

test("the same question twice is answered with the same bytes, and each gateway asks the service once", async () => {
  const { slug } = await product();
  await atOneMoment(async () => {
    const [first, ...others] = [...(await askAll(`/products/${slug}`)), ...(await askAll(`/products/${slug}`))];
    expect(asked).toEqual({ get: http.shop.urls.length });
    for (const other of others) {
      expect(other.text).toBe(first?.text);
      expect(other.headers.get("etag")).toMatch(/^"[\w-]{20,}"$/);
      for (const name of ["etag", "cache-control", "content-type", "content-security-policy", "content-length"]) {
        expect([name, other.headers.get(name)]).toEqual([name, first?.headers.get(name)]);
      }
      expect(other.headers.get("x-request-id")).not.toBe(first?.headers.get("x-request-id"));
    }
  });
});

test("a changed price is seen by whoever changed it at the very next read, by slug, by id and in lists", async () => {
  const { id, slug, variants } = await product({ categories: ["kettles"] });
  const sku = variants[0]?.sku as string;
  for (let amount = 3_000; amount < 3_020; amount++) {
    expect((await change(id, priced(sku, amount))).status).toBe(200);
    expect(await seenPrice(`/products/${slug}`)).toBe(amount);
    expect(await seenPrice(`/products/${id}`)).toBe(amount);
    const { items } = (await seen("/products?category=kettles")).json;
    expect(items.map((card: { price: { amount: number } }) => card.price.amount)).toEqual([amount]);
  }
});

test("what was changed is seen by everybody a moment later, through whichever gateway", async () => {
  const { id, slug, variants } = await product({ categories: ["samplers"] });
  for (const path of [`/products/${slug}`, "/products?category=samplers"]) await askAll(path);
  await change(id, { name: "Sampler", ...priced(variants[0]?.sku as string, 4_000) });
  await soon(async () => {
    expect(await http.ask(`/products/${slug}`)).toMatchObject({ json: { name: "Sampler" } });
    expect((await http.ask("/products?category=samplers")).json.items).toMatchObject([{ price: usd(4_000) }]);
  });
});

test("nobody reads an older price than one that was read or written before, however many ask meanwhile", async () => {
  const { id, slug, variants } = await product();
  const sku = variants[0]?.sku as string;
  let written = 2_000;
  let over = false;
  const reader = async () => {
    let last = 0;
    while (!over) {
      const atLeast = Math.max(last, written);
      last = await seenPrice(`/products/${slug}`);
      expect(last).toBeGreaterThanOrEqual(atLeast);
    }
  };
  const readers = Array.from({ length: 8 }, reader);
  for (let amount = 2_001; amount <= 2_060; amount++) {
    await change(id, priced(sku, amount));
    written = amount;
  }
  over = true;
  await Promise.all(readers);
});

test("a new slug is found, the old one no longer is, and what is archived is gone at once", async () => {
  const { id, slug } = await product();
  await http.ask(`/products/${slug}`);
  await change(id, { slug: "renamed-kettle" });
  expect((await seen(`/products/${slug}`)).status).toBe(404);
  expect((await seen("/products/renamed-kettle")).status).toBe(200);
  const listed = async () =>
    (await seen("/products?limit=100")).json.items.some((card: { id: string }) => card.id === id);
  expect(await listed()).toBe(true);
  await http.ask(`/admin/products/${id}`, { method: "DELETE", headers: staff });
  expect((await seen("/products/renamed-kettle")).status).toBe(404);
  expect(await listed()).toBe(false);
  await soon(async () => expect((await http.ask("/products/renamed-kettle")).status).toBe(404));
});

test("a new product is in lists, searches, counts and categories at once", async () => {
  const paths = ["/products?limit=100", "/products?q=samovar", "/products?facets=true&brand=Tula", "/categories"];
  for (const path of paths) await http.ask(path);
  await product({ name: "Samovar", brand: "Tula", categories: ["samovars"] });
  const [all, found, branded, categories] = await Promise.all(paths.map(seen));
  expect(all?.text).toContain("Samovar");
  expect(found?.json.total).toBe(1);
  expect(branded?.json).toMatchObject({ total: 1, facets: { brand: [{ value: "Tula", count: 1 }] } });
  expect(categories?.text).toContain("samovars");
});

test("stock that came or was sold is shown, and one product's stock leaves the others' bytes alone", async () => {
  const [one, other] = [await product({ categories: ["stocked"] }), await product()];
  const sku = one.variants[0]?.sku as string;
  const available = async () => (await http.ask(`/products/${one.slug}`)).json.variants[0].available;
  const list = async (more = "") => (await seen(`/products?category=stocked${more}`)).json;
  const listed = async () => [(await list()).items[0].available, (await list("&inStock=true")).total];
  expect([await available(), ...(await listed())]).toEqual([0, 0, 0]);
  await http.ask(`/inventory/${sku}/adjustments`, { json: { delta: 5, reason: "delivery" }, headers: staff });
  await eventually(async () => (await available()) === 5);
  await soon(async () => expect(await listed()).toEqual([5, 1]));

  await http.ask(`/products/${other.slug}`);
  asked = {};
  await http.ask(`/inventory/${sku}/adjustments`, { json: { delta: -2, reason: "damaged" }, headers: staff });
  await eventually(async () => (await available()) === 3);
  await soon(async () => expect(await listed()).toEqual([3, 1]));
  await http.ask(`/inventory/${sku}/adjustments`, { json: { delta: -3, reason: "damaged" }, headers: staff });
  await eventually(async () => (await available()) === 0);
  await soon(async () => expect(await listed()).toEqual([0, 0]));
});

test("who has the bytes already gets none, and gets them again when something changed", async () => {
  const { id, slug } = await product();
  const etag = (await http.ask(`/products/${slug}`)).headers.get("etag") as string;
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const answer = await http.ask(`/products/${slug}`, { headers: { "If-None-Match": known } });
    expect([known, answer.status, answer.text, answer.headers.get("etag")]).toEqual([known, 304, "", etag]);
  }
  expect((await http.ask(`/products/${slug}`, { headers: { "If-None-Match": '"other"' } })).status).toBe(200);
  await change(id, { name: "Better kettle" });
  await soon(async () => {
    const next = await http.ask(`/products/${slug}`, { headers: { "If-None-Match": etag } });
    expect([next.status, next.json?.name]).toEqual([200, "Better kettle"]);
    expect(next.headers.get("etag")).not.toBe(etag);
  });
});

test("a question is known by what it asks, not by how it is written, and a HEAD has no body", async () => {
  await product();
  await atOneMoment(async () => {
    const [{ text }] = (await askAll("/products?limit=3&sort=newest")) as [Told];
    const spellings = [
      "/products?sort=newest&limit=3",
      "/products/?limit=3&sort=newest",
      "/products?limit=3&sort=newest&",
    ];
    for (const path of spellings) for (const answer of await askAll(path)) expect(answer.text).toBe(text);
    for (const head of await askAll("/products?limit=3&sort=newest", { method: "HEAD" })) {
      expect([head.status, head.text]).toEqual([200, ""]);
      expect(head.headers.get("content-length")).toBe(String(Buffer.byteLength(text)));
    }
    expect(asked).toEqual({ list: http.shop.urls.length });
  });
});

test("a bad token is refused where the answer is kept, and a good one gets it", async () => {
  const { slug } = await product();
  await http.ask(`/products/${slug}`);
  const forged = { Authorization: `${staff.Authorization?.slice(0, -4)}AAAA` };
  expect((await http.ask(`/products/${slug}`, { headers: forged })).json).toMatchObject({
    status: 401,
    code: "TOKEN_INVALID",
  });
  expect((await http.ask(`/products/${slug}`, { headers: staff })).status).toBe(200);
});

test("what was not found is asked for again", async () => {
  expect((await http.ask("/products/late-kettle")).status).toBe(404);
  await product({ slug: "late-kettle" });
  expect((await http.ask("/products/late-kettle")).status).toBe(200);
});

test("names that are not ASCII arrive as they were written", async () => {
  const { slug } = await product({ name: "Théière 茶壺 🫖" });
  for (let time = 0; time < 2; time++) expect((await http.ask(`/products/${slug}`)).json.name).toBe("Théière 茶壺 🫖");
});
