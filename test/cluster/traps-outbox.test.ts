import { MongoClient } from "mongodb";
import type { Cluster } from "../../rig/cluster.ts";
import { product } from "../support/checkout.ts";
import { ClusterStreams } from "../support/cluster-streams.ts";
import { eventually } from "../support/eventually.ts";
import { type Observer, openCluster } from "../support/nodes.ts";
import { describeWithServer } from "../support/servers.ts";

jest.setTimeout(120_000);

const LAYOUT = "inventory=2,config+users+idempotency+products=1";
const FIRST = "inventory-1";
/** By how much each SKU is changed, one after the other. */
const DELTAS = [1, 2, 3];

describeWithServer(["nats", "redis", "postgres", "mongo"], "events of a node that dies", () => {
  let cluster: Cluster;
  let observer: Observer;
  let streams: ClusterStreams;
  let documents: MongoClient;
  beforeAll(async () => {
    ({ cluster, observer } = await openCluster({ layout: LAYOUT, env: { PUBLIC_URL: "http://localhost:3000" } }));
    streams = new ClusterStreams(cluster.env, "stock.changed");
    documents = await new MongoClient(cluster.env.MONGO_URL as string).connect();
  });
  afterAll(async () => {
    await streams?.forget();
    await documents?.close();
    await observer?.stop();
    await cluster?.stop();
  });

  /** How many documents have something to tell that nobody has published. */
  async function outboxes(): Promise<number> {
    const all = await documents.db().collections();
    const counts = await Promise.all(all.map((one) => one.countDocuments({ outboxAt: { $exists: true } })));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  test("trap 21: what a dead node could not publish any more, because there was no room, another does when there is", async () => {
    const heard = new Set<string>();
    await streams.listener(({ payload }) => {
      const { sku, available } = payload as { sku: string; available: number };
      heard.add(`${sku}: ${available}`);
    });
    const skus = await Promise.all(Array.from({ length: 5 }, () => product(observer, 10)));
    await eventually(async () => skus.every((sku) => heard.has(`${sku}: 10`)) && (await outboxes()) === 0);
    const bound = await streams.full();
    await streams.refuses(observer, { sku: "NOBODYS", location: "main", available: 0, rev: 1 });
    const expected: string[] = [];
    for (const sku of skus) {
      for (const delta of DELTAS) {
        const ask = { nodeID: FIRST };
        const { result } = await observer.ask("inventory.adjust", { sku, delta, reason: "count" }, ask);
        expected.push(`${sku}: ${(result as { available: number }).available}`);
      }
    }
    expect(expected.slice(0, 3)).toEqual([`${skus[0]}: 11`, `${skus[0]}: 13`, `${skus[0]}: 16`]);
    await cluster.node(FIRST).kill();
    expect(await outboxes()).toBe(skus.length);
    expect(expected.filter((one) => heard.has(one))).toEqual([]);

    await streams.limit(bound);
    await eventually(async () => (await outboxes()) === 0, { within: 40_000 });
    await eventually(() => expected.every((one) => heard.has(one)));
    expect(cluster.node(FIRST).running).toBe(false);
  });
});
