import { randomBytes } from "node:crypto";
import { connect } from "nats";
import { Client } from "pg";
import { openShop, type Shop } from "../../bin/shop.ts";
import { readEnvironment } from "../../services/shared/environment.ts";
import { eventually } from "./eventually.ts";

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
  const opened: Shop[] = [];
  const open = async (...args: Parameters<typeof node>): Promise<Shop> => {
    const shop = await node(...args);
    opened.push(shop);
    return shop;
  };
  const worker = (id: string) => (inner.length ? [open(id, inner.join(","))] : []);
  try {
    const [outside, nodes, gateways] = await settled([
      open("outside", "config"),
      settled(worker("first")),
      settled(services.includes("api") ? ports.map((port) => open("gateway", "api", { PORT: String(port) })) : []),
    ]);
    // Later, as a second node is: of two that start at once the tests of races speak.
    nodes.push(...(await settled(worker("second"))));
    await eventually(() => opened.every((shop) => inner.every((name) => nodesWith(shop, name) === 2)));
    await eventually(() => gateways.every(({ broker }) => broker.registry.actions.isAvailable("config.values")));
    return {
      outside,
      nodes,
      gateways: gateways.map((shop, at) => ({ shop, url: `http://127.0.0.1:${ports[at]}` })),
      stop: () => stopAll(opened),
    };
  } catch (error) {
    await stopAll(opened);
    throw error;
  }
}

/** Waits for all, also where one fails: what has come up by then is known. */
async function settled<T extends unknown[]>(all: { [K in keyof T]: Promise<T[K]> }): Promise<T>;
async function settled(all: Promise<unknown>[]): Promise<unknown[]> {
  await Promise.allSettled(all);
  return Promise.all(all);
}

/** How many of the two nodes with this service one of the cluster knows. */
const nodesWith = ({ broker }: Shop, service: string): number =>
  broker.registry
    .getServiceList({ onlyAvailable: true })
    .filter(({ name, nodeID }) => name === service && !nodeID?.startsWith("outside")).length;

/** Gateways first, while what they ask for still answers. */
async function stopAll(shops: Shop[]): Promise<void> {
  const isGateway = ({ broker }: Shop) => broker.getLocalService("api") !== undefined;
  await Promise.all(shops.filter(isGateway).map((shop) => shop.stop()));
  await Promise.all(shops.filter((shop) => !isGateway(shop)).map((shop) => shop.stop()));
}

/** A namespace and databases of its own, made when they are first asked for. */
async function placeOf(folder: string): Promise<Record<string, string>> {
  let name = places.get(folder);
  if (!name) {
    name = `t${randomBytes(6).toString("hex")}`;
    places.set(folder, name);
    await inPostgres(`create database ${name}`);
  }
  return {
    NAMESPACE: name,
    TRANSPORTER: address("TRANSPORTER"),
    REDIS_URL: address("REDIS_URL"),
    MONGO_URL: withPath(address("MONGO_URL"), name),
    POSTGRES_URL: withPath(address("POSTGRES_URL"), name),
  };
}

/** Frees what stands for this folder: streams reserve room on the server, and databases take some. */
export async function forget(folder: string): Promise<void> {
  const name = places.get(folder);
  places.delete(folder);
  const nats = await connect({ servers: address("TRANSPORTER") });
  const { streams } = await nats.jetstreamManager();
  for await (const { config } of streams.list()) {
    if (config.name.startsWith(`molecart-${name}-`)) await streams.delete(config.name);
  }
  await nats.close();
  await inPostgres(`drop database ${name} with (force)`);
}

async function inPostgres(statement: string): Promise<void> {
  const client = new Client({ connectionString: address("POSTGRES_URL") });
  await client.connect();
  await client.query(statement);
  await client.end();
}

function withPath(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
