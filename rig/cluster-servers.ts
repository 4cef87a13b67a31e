import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { freePort } from "./ports.ts";
import { openProxy, type ServerProxy } from "./proxies.ts";
import { missingServers, type ServerOptions, startServer, type TestServer } from "./servers.ts";

/** What every cluster stands on, and the variable that tells a node where it is. */
const ADDRESSES = { nats: "TRANSPORTER", redis: "REDIS_URL", postgres: "POSTGRES_URL", mongo: "MONGO_URL" } as const;
export type ClusterServerKind = keyof typeof ADDRESSES;
export const CLUSTER_SERVERS = Object.keys(ADDRESSES) as ClusterServerKind[];

export type ClusterServers = Record<ClusterServerKind, TestServer>;
export type Proxies = Record<ClusterServerKind, ServerProxy>;

/** The servers of a cluster, each with a folder of its own in `folder` where that is given. */
export async function startServers({ folder, ...options }: ServerOptions = {}): Promise<ClusterServers> {
  const missing = missingServers(CLUSTER_SERVERS);
  if (missing.length) throw new Error([...missing, "On Debian rig/install.sh installs them all"].join("\n"));
  const started = await Promise.allSettled(
    CLUSTER_SERVERS.map((kind) => startServer(kind, { ...options, ...(folder ? { folder: join(folder, kind) } : {}) })),
  );
  const running = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = started.find((one) => one.status === "rejected");
  if (failed) {
    await Promise.all(running.map((server) => server.stop()));
    throw failed.reason;
  }
  return Object.fromEntries(running.map((server) => [server.kind, server])) as ClusterServers;
}

/** A proxy before each server, and the toxiproxy that they are in. */
export async function startProxies(servers: ClusterServers): Promise<{ toxiproxy: TestServer; proxies: Proxies }> {
  const toxiproxy = await startServer("toxiproxy");
  const opened = await Promise.all(
    CLUSTER_SERVERS.map(async (kind) => {
      const way = { name: kind, port: await freePort(), upstream: servers[kind].port };
      return [kind, await openProxy(toxiproxy, way)] as const;
    }),
  );
  return { toxiproxy, proxies: Object.fromEntries(opened) as Proxies };
}

/** A namespace and databases of its own on servers that others use too. */
export async function ownPlace(servers: ClusterServers): Promise<string> {
  const name = `shop_${randomBytes(4).toString("hex")}`;
  const { Client } = (await import("pg")).default;
  const client = new Client({ connectionString: servers.postgres.url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
  return name;
}

/** Where a node finds the servers: through the proxies where there are any, in a place of its own where it has a name. */
export function addresses(servers: ClusterServers, proxies?: Proxies, place?: string): Record<string, string> {
  return Object.fromEntries(
    CLUSTER_SERVERS.map((kind) => {
      const url = new URL(servers[kind].url);
      if (proxies) url.port = String(proxies[kind].port);
      if (place && (kind === "postgres" || kind === "mongo")) url.pathname = `/${place}`;
      return [ADDRESSES[kind], url.href];
    }),
  );
}
