import { Readable } from "node:stream";
import type { Cluster, ClusterNode } from "../../rig/cluster.ts";
import { makeNode } from "../../rig/cluster-node.ts";
import { rigFolder } from "../../rig/guard.ts";
import { freePort } from "../../rig/ports.ts";
import { openProxy, type ServerProxy } from "../../rig/proxies.ts";
import type { Product, ProductCard } from "../../services/products/products.contract.ts";
import { signIn } from "../support/buyer.ts";
import { eventually } from "../support/eventually.ts";
import { type Asked, asking, type HttpShop } from "../support/http-shop.ts";
import { type Observer, openCluster, QUIET } from "../support/nodes.ts";
import { describeWithServer, startServer } from "../support/servers.ts";

jest.setTimeout(120_000);

const REST = "config+users+notifications+idempotency+inventory+pricing+carts";
const LAYOUT = `api=2,products=1,${REST}=1`;
/** So many products that filling an index takes its time. */
const CATALOGUE = 2_500;
const usd = (amount: number) => ({ amount, currency: "USD" });

let made = 0;
/** What staff writes of a product that nobody can mistake for another. */
const draft = () => {
  const word = `zebrafish${String.fromCharCode(97 + (made % 26), 97 + Math.floor(made / 26))}`;
  made++;
  return {
    name: `${word} lamp`,
    slug: `${word}-lamp`,
    brand: word,
    variants: [{ sku: word.toUpperCase(), price: usd(1_000) }],
  };
};

describeWithServer(["nats", "redis", "postgres", "mongo", "toxiproxy"], "reading through several nodes", () => {
  let cluster: Cluster;
  let observer: Observer;
  let asks: [HttpShop["ask"], HttpShop["ask"]];
  let staff: Record<string, string>;
  /** The second node of products has ways of its own to NATS and MongoDB. */
  let second: ClusterNode;
  let ways: { nats: ServerProxy; mongo: ServerProxy };

  beforeAll(async () => {
    ({ cluster, observer } = await openCluster({ layout: LAYOUT }));
    asks = cluster.urls.map(asking) as typeof asks;
    staff = await signIn(cluster.urls[0] as string, cluster.env.ADMIN_PASSWORD as string);
    const lines = Array.from({ length: CATALOGUE }, (_, number) =>
      JSON.stringify({
        name: `Brick ${number}`,
        slug: `brick-${number}`,
        variants: [{ sku: `BRICK-${number}`, price: usd(number) }],
      }),
    );
    const report = await observer.inside.call(
      "products.import",
      {},
      { stream: Readable.from(lines.map((line) => `${line}\n`)) },
    );
    expect(report).toMatchObject({ created: CATALOGUE, refused: 0 });

    const toxiproxy = await startServer("toxiproxy");
    const way = async (name: "nats" | "mongo") =>
      openProxy(toxiproxy, { name, port: await freePort(), upstream: cluster.servers[name].port });
    ways = { nats: await way("nats"), mongo: await way("mongo") };
    const through = (name: "TRANSPORTER" | "MONGO_URL", { port }: ServerProxy) => {
      const url = new URL(cluster.env[name] as string);
      url.port = String(port);
      return { [name]: url.href };
    };
    const env = { ...cluster.env, ...QUIET, ...through("TRANSPORTER", ways.nats), ...through("MONGO_URL", ways.mongo) };
    const place = { folder: rigFolder("products"), port: await freePort(), healthPort: await freePort() };
    second = makeNode({ id: "products-2", services: ["products"], ...place, whole: false, env });
  });
  afterAll(async () => {
    await second?.kill();
    await observer?.stop();
    await cluster?.stop();
  });

  const known = (...ids: string[]) =>
    eventually(() => observer.nodesOf("products").join() === ids.join(), { within: 30_000 });
  const both = () => known("products-1", "products-2");
  const write = async (gateway: 0 | 1, path: string, asked: Asked) => {
    const answer = await asks[gateway](path, { ...asked, headers: staff });
    expect(answer.status).toBeLessThan(300);
    return answer.json;
  };
  const create = (gateway: 0 | 1): Promise<Product> => write(gateway, "/admin/products", { json: draft() });
  const change = (gateway: 0 | 1, { id, rev }: Product, json: object): Promise<Product> =>
    write(gateway, `/admin/products/${id}`, { method: "PATCH", json: { rev, ...json } });
  const search = async (gateway: 0 | 1, brand: string, headers = {}): Promise<ProductCard[]> =>
    (await asks[gateway](`/products?brand=${brand}`, { headers })).json.items;
  /** What one node of products has in its own index. */
  const indexed = async (nodeID: string, brand: string) => {
    const { result } = await observer.ask("products.list", { brand }, { nodeID });
    return (result as { items: ProductCard[] }).items;
  };

  test("a node of products is not ready, and is asked nothing, before its index is filled", async () => {
    await ways.mongo.delay(250);
    const totalOf = async (nodeID: string) =>
      ((await observer.ask("products.list", { limit: 1 }, { nodeID })).result as { total: number }).total;
    let began = false;
    let atFirst: number | undefined;
    const started = second.start();
    const looking = (async () => {
      while (atFirst === undefined || !(await second.ready())) {
        const live = await fetch(`${second.health}/health/live`).catch(() => null);
        began ||= live?.status === 200 && (await fetch(`${second.health}/health/ready`)).status === 503;
        // Others know of it a moment before it says that it is ready, and may ask it from then on.
        if (atFirst === undefined && observer.nodesOf("products").includes("products-2")) {
          atFirst = await totalOf("products-2");
        }
        await new Promise((again) => setTimeout(again, 20));
      }
    })();
    await Promise.all([started, looking]).finally(() => ways.mongo.restore());
    expect(began).toBe(true);
    expect(atFirst).toBe(CATALOGUE);
    await both();
    const [first, later] = await Promise.all(
      ["products-1", "products-2"].map(async (nodeID) => {
        const { result } = await observer.ask("products.list", { sort: "name", limit: 100 }, { nodeID });
        return result as { total: number };
      }),
    );
    expect(later).toEqual(first);
    expect(later?.total).toBe(CATALOGUE);
  });

  test("a change is seen through every gateway, by slug and in lists", async () => {
    let product = await create(0);
    for (let round = 1; round <= 8; round++) {
      const price = usd(1_000 + round);
      const variants = [{ sku: product.variants[0]?.sku as string, price }];
      // Kept in both by now.
      for (const gateway of [0, 1] as const) {
        await asks[gateway](`/products/${product.slug}`);
        await search(gateway, product.brand);
      }
      product = await change((round % 2) as 0 | 1, product, { variants });
      for (const gateway of [0, 1] as const) {
        await eventually(async () => {
          const { json } = await asks[gateway](`/products/${product.slug}`);
          const [card] = await search(gateway, product.brand);
          return json.variants[0].price.amount === price.amount && card?.price.amount === price.amount;
        });
      }
    }
  });

  test("staff read at once through one gateway what they wrote through another, by slug, in lists and in categories", async () => {
    for (let round = 0; round < 12; round++) {
      const [here, there] = round % 2 ? ([0, 1] as const) : ([1, 0] as const);
      const product = await create(here);
      expect(await search(there, product.brand, staff)).toHaveLength(1);
      const category = `${product.brand}/lamps`;
      const name = `${product.brand} lantern`;
      const changed = await change(there, product, { name, categories: [category] });
      const { json } = await asks[here](`/products/${product.slug}`, { headers: staff });
      expect(json).toMatchObject({ name, rev: changed.rev });
      expect((await search(here, product.brand, staff)).map((card) => card.name)).toEqual([name]);
      const tree = (await asks[here]("/categories", { headers: staff })).json;
      expect(JSON.stringify(tree)).toContain(`"${product.brand}"`);
    }
  });

  test("the stock that is shown follows, through every gateway", async () => {
    const product = await create(0);
    const sku = product.variants[0]?.sku as string;
    for (const [delta, available] of [
      [12, 12],
      [-5, 7],
      [-7, 0],
    ] as const) {
      await write(1, `/inventory/${sku}/adjustments`, { json: { delta, reason: "count" } });
      for (const gateway of [0, 1] as const) {
        await eventually(async () => {
          const { json } = await asks[gateway](`/products/${product.slug}`);
          const [card] = await search(gateway, product.brand);
          return json.variants[0].available === available && card?.available === available;
        });
      }
    }
  });

  test.each([
    ["was frozen", () => second.pause(), () => second.resume()],
    ["was cut off from NATS", () => ways.nats.cut(), () => ways.nats.restore()],
  ])("a node of products that %s catches up with products and stock", async (_, part, join) => {
    const product = await create(0);
    await eventually(async () => (await indexed("products-2", product.brand)).length === 1);
    await part();
    await known("products-1");
    const name = `${product.brand} chandelier`;
    await change(0, product, { name });
    const later = await create(1);
    const sku = product.variants[0]?.sku as string;
    await write(1, `/inventory/${sku}/adjustments`, { json: { delta: 3, reason: "count" } });
    await join();
    await both();
    await eventually(async () => {
      const [card] = await indexed("products-2", product.brand);
      const [other] = await indexed("products-2", later.brand);
      return card?.name === name && card.available === 3 && other !== undefined;
    });
    expect(await search(0, product.brand, staff)).toHaveLength(1);
  });

  test("a node of products that was cut off from MongoDB is not ready meanwhile, and catches up", async () => {
    const product = await create(0);
    await ways.mongo.cut();
    await eventually(async () => !(await second.ready()), { within: 30_000 });
    const name = `${product.brand} candle`;
    await change(0, product, { name });
    await ways.mongo.restore();
    await eventually(() => second.ready(), { within: 30_000 });
    await eventually(async () => (await indexed("products-2", product.brand))[0]?.name === name);
  });
});
