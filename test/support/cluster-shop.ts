import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { openShop, type Shop } from "../../bin/shop.ts";
import { readEnvironment } from "../../services/shared/environment.ts";
import { eventually } from "./eventually.ts";

/** The suites run in the shape that this names: in one process with embedded storage, or on real servers. */
export const inCluster = process.env.SHAPE === "cluster";

/** The servers of this run, which the global set-up has started. */
const SERVERS = ["TRANSPORTER", "MONGO_URL", "POSTGRES_URL", "REDIS_URL"] as const;
const address = (name: (typeof SERVERS)[number]): string => process.env[`TEST_${name}`] as string;

/** What stands for a data folder here: whoever comes again with the same one finds the same data. */
const places = new Map<string, string>();

export interface ClusterNodes {
  /** Runs none of the services that are tested: what is called from here crosses to one of the others. */
  outside: Shop;
  nodes: Shop[];
  gateways: { shop: Shop; url: string }[];
  stop(): Promise<void>;
}

/** Two nodes with each of these services, and two gateways where `api` is among them, all on the servers of this run. */
export async function startCluster(names: string, env: Record<string, string>, ports: number[]): Promise<ClusterNodes> {
  const place = await placeOf(env.DATA_DIR as string);
  const services = names.split(",").map((name) => name.trim());
  const inner = services.filter((name) => name !== "api");
  const node = (id: string, names: string, more: Record<string, string> = {}) =>
    openShop(
      readEnvironment({
        SECRET_KEY: "a secret that every node of these tests knows",
        PUBLIC_URL: `http://localhost:${ports[0] ?? 3000}`,
        ...env,
        ...place,
        NODE_ID: `${id}-${randomBytes(3).toString("hex")}`,
        SERVICES: names,
        ...more,
      }),
    );
  const outside = await node("outside", "config");
  const opened = [outside];
  try {
    // One after the other, as a first start is: of two that start at once the tests of races speak.
    const nodes: Shop[] = [];
    for (const id of inner.length ? ["first", "second"] : []) {
      nodes.push(await node(id, inner.join(",")));
      opened.push(nodes.at(-1) as Shop);
    }
    const gateways: ClusterNodes["gateways"] = [];
    for (const port of services.includes("api") ? ports : []) {
      const shop = await node("gateway", "api", { PORT: String(port) });
      opened.push(shop);
      gateways.push({ shop, url: `http://127.0.0.1:${port}` });
    }
    await eventually(() => opened.every((shop) => inner.every((name) => nodesWith(shop, name) === 2)));
    return { outside, nodes, gateways, stop: () => stopAll(opened) };
  } catch (error) {
    await stopAll(opened);
    throw error;
  }
}

/** How many of the two nodes with this service one of the cluster knows. */
const nodesWith = ({ broker }: Shop, service: string): number =>
  broker.registry
    .getServiceList({ onlyAvailable: true })
    .filter(({ name, nodeID }) => name === service && !nodeID?.startsWith("outside")).length;

async function stopAll(shops: Shop[]): Promise<void> {
  for (const shop of shops.toReversed()) await shop.stop();
}

/** A namespace and databases of its own, made when they are first asked for. */
async function placeOf(folder: string): Promise<Record<string, string>> {
  let name = places.get(folder);
  if (!name) {
    name = `t${randomBytes(6).toString("hex")}`;
    places.set(folder, name);
    const client = new Client({ connectionString: address("POSTGRES_URL") });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
  }
  return {
    NAMESPACE: name,
    TRANSPORTER: address("TRANSPORTER"),
    REDIS_URL: address("REDIS_URL"),
    MONGO_URL: withPath(address("MONGO_URL"), name),
    POSTGRES_URL: withPath(address("POSTGRES_URL"), name),
  };
}

function withPath(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
