import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openShop } from "../../bin/shop.ts";
import { type Cluster, type ClusterNode, type ClusterServers, startCluster } from "../../rig/cluster.ts";
import { cluster as contracts } from "../../services/cluster.ts";
import { readEnvironment } from "../../services/shared/environment.ts";
import { type Measured, measured, quantile } from "../support/figures.ts";
import { JsonClient } from "../support/json-client.ts";
import { load } from "../support/load.ts";
import { RunningShop } from "../support/running-shop.ts";
import type { Rounds } from "../support/turns.ts";
import { shopping, stocked } from "./checkout.ts";

/** Each service but the orders once, so that their number is all that differs. */
const WITH_ORDERS = (count: number) =>
  `api=1,config+users+notifications+idempotency=1,products+pricing+inventory=1,carts=1,payments=1,orders=${count}`;
const SETTINGS = { "gateway.requestsPerSecond": 1_000_000, "gateway.signInsPerMinute": 1_000_000 };
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
const PRODUCTS = "/api/v1/products";

/** Seconds of processor time that these processes have used, all threads. */
function cpuOf(nodes: readonly ClusterNode[]): number {
  return nodes.reduce((total, { pid }) => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name before may hold anything, even spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return total + (Number(fields[11]) + Number(fields[12])) / TICKS;
  }, 0);
}

/** A cluster with its administrator's headers, whose limits stand in nobody's way. */
export async function openCluster(layout: string, servers?: ClusterServers) {
  const env = { NODE_ENV: "production", LOG_LEVEL: "error", RATE_LIMITS: "false", DEMO: "true" };
  const cluster = await startCluster({ layout, env, ...(servers ? { servers } : {}) });
  const client = new JsonClient(cluster.urls[0] as string, 32);
  const body = { email: "admin@example.com", password: cluster.env.ADMIN_PASSWORD };
  const { accessToken } = await client.send<{ accessToken: string }>("POST", "/api/v1/auth/login", body);
  const admin = { Authorization: `Bearer ${accessToken}` };
  await client.send("PATCH", "/api/v1/admin/settings", { values: SETTINGS }, admin);
  // The demo catalogue comes in when the nodes are ready.
  const products = async () => (await client.get<{ total: number }>(`${PRODUCTS}?limit=1`)).total;
  while ((await products()) < 100) await new Promise((resume) => setTimeout(resume, 100));
  return { cluster, client, admin };
}

/** Milliseconds of calls that cross NATS, one after the other, from a node that runs none of the services. */
export async function measureCalls({ env }: Cluster, count: number): Promise<{ p50: number; p99: number }> {
  // The operator's socket, which nobody uses here, needs a folder.
  const folder = mkdtempSync(join(tmpdir(), "molecart-bench-"));
  const node = { ...env, SERVICES: "control", LOG_LEVEL: "error", DATA_DIR: folder };
  const { broker, stop } = await openShop(readEnvironment(node));
  try {
    await broker.waitForServices(contracts.map(({ name }) => name));
    const times: number[] = [];
    const call = () => broker.call("inventory.levels", { skus: [] }, { caller: "bench" } as never);
    for (let n = 0; n < count / 10; n++) await call();
    for (let n = 0; n < count; n++) {
      const began = performance.now();
      await call();
      times.push(performance.now() - began);
    }
    return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
  } finally {
    await stop();
    rmSync(folder, { recursive: true });
  }
}

/** A product by slug through a gateway with remote products, beside the embedded shop: requests a second of each, in turn. */
export async function measureRead(cluster: Cluster, { rounds, seconds }: Rounds) {
  const embedded = await RunningShop.start({ environment: { RATE_LIMITS: "false" }, settings: SETTINGS });
  try {
    const { items } = await embedded.client.get<{ items: { slug: string }[] }>(`${PRODUCTS}?limit=1`);
    const slug = (items[0] as { slug: string }).slug;
    const rates = { cluster: [] as number[], embedded: [] as number[] };
    for (let round = 0; round <= rounds; round++) {
      for (const [which, url] of [["cluster", cluster.urls[0]] as const, ["embedded", embedded.url] as const]) {
        const { perSecond } = await load({
          url: `${url}${PRODUCTS}/${slug}`,
          seconds: round ? seconds : 2,
          status: 200,
        });
        if (round) rates[which].push(perSecond);
      }
    }
    const ratio = measured(rates.cluster.map((rate, at) => rate / (rates.embedded[at] as number)));
    return { cluster: measured(rates.cluster), embedded: measured(rates.embedded), ratio };
  } finally {
    await embedded.stop();
  }
}

export interface CheckoutCost {
  orders: number;
  perSecond: Measured;
  p99: Measured;
  /** Milliseconds of processor time of all nodes for a checkout. */
  cpu: Measured;
  /** The same of all nodes while nobody asks for anything, in cores. */
  idle: number;
}

/** What whole checkouts cost all nodes together, with so many nodes of orders. */
export async function measureCheckoutCost(
  orders: number,
  { rounds, seconds }: Rounds,
  servers: ClusterServers,
): Promise<CheckoutCost> {
  const { cluster, client, admin } = await openCluster(WITH_ORDERS(orders), servers);
  try {
    const url = cluster.urls[0] as string;
    const skus = await stocked({ client, admin } as never, 50);
    await shopping({ url }, 5, skus);
    const results: { perSecond: number; p99: number; cpu: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const before = cpuOf(cluster.nodes);
      const { requests, perSecond, p99 } = await shopping({ url }, seconds, skus);
      results.push({ perSecond, p99, cpu: (1_000 * (cpuOf(cluster.nodes) - before)) / requests });
    }
    await new Promise((resume) => setTimeout(resume, 3_000));
    const before = cpuOf(cluster.nodes);
    await new Promise((resume) => setTimeout(resume, 5_000));
    const idle = (cpuOf(cluster.nodes) - before) / 5;
    const of = (name: "perSecond" | "p99" | "cpu") => measured(results.map((result) => result[name]));
    return { orders, perSecond: of("perSecond"), p99: of("p99"), cpu: of("cpu"), idle };
  } finally {
    await cluster.stop();
  }
}
