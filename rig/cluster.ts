import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ClusterNode, makeNode } from "./cluster-node.ts";
import {
  addresses,
  type ClusterServers,
  ownPlace,
  type Proxies,
  startProxies,
  startServers,
} from "./cluster-servers.ts";
import { rigFolder } from "./guard.ts";
import { isWhole, nodesOf, readLayout, SMALL } from "./layout.ts";
import { freePort, isFree } from "./ports.ts";
import type { ServerOptions, TestServer } from "./servers.ts";

export type { ClusterNode } from "./cluster-node.ts";
export { type ClusterServers, type Proxies, startServers } from "./cluster-servers.ts";

export interface ClusterOptions {
  /** As `readLayout` reads it; few processes with two nodes of each service, where none is given. */
  layout?: string;
  /** For every node, beside what the rig tells it. */
  env?: Record<string, string>;
  /** Servers that run already; the cluster gets a place of its own there and leaves them running. */
  servers?: ClusterServers;
  /** Puts a toxiproxy before each server. */
  proxies?: boolean;
  /** Where data are kept; they go with this process where none is given. */
  folder?: string;
  fsync?: ServerOptions["fsync"];
  /** The gateways' ports, as far as they are free. */
  ports?: readonly number[];
  /** Hears of what is being done. */
  tell?: (line: string) => void;
}

export interface Cluster {
  /** Its gateways. */
  urls: string[];
  nodes: ClusterNode[];
  servers: ClusterServers;
  /** Only where they were asked for. */
  proxies: Proxies | undefined;
  /** What a command needs to join, past the proxies; also `SECRET_KEY`, `NAMESPACE` and `PUBLIC_URL`. */
  env: Record<string, string>;
  node(id: string): ClusterNode;
  /** Drains the nodes, gateways first, then stops the servers that it started. */
  stop(): Promise<void>;
}

/** Starts a cluster on this machine; resolves when every node is ready. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { layout = SMALL, env = {}, ports = [], fsync, proxies: proxied = false, tell = () => undefined } = options;
  const groups = readLayout(layout);
  const plan = nodesOf(groups);
  tell("Starting the servers");
  const folder = options.folder ?? rigFolder("cluster");
  const { password, ...secrets } = secretsOf(folder);
  const own: TestServer[] = [];
  const nodes: ClusterNode[] = [];
  const stop = async () => {
    const running = nodes.filter((node) => node.running);
    // Gateways still need the others for what they have taken.
    await Promise.all(running.filter(({ url }) => url).map((node) => node.stop()));
    await Promise.all(running.filter(({ url }) => !url).map((node) => node.stop()));
    await Promise.all(own.map((server) => server.stop()));
  };
  try {
    const place = options.servers ? await ownPlace(options.servers) : undefined;
    const servers = options.servers ?? (await startServers({ folder, fsync, password }));
    if (!options.servers) own.push(...Object.values(servers));
    const ways = proxied ? await startProxies(servers) : undefined;
    if (ways) own.push(ways.toxiproxy);
    tell(`The servers answer; ${plan.length} nodes start, whose logs are ${folder}/NODE/log`);

    const given: number[] = [];
    for (const port of ports) if (await isFree(port)) given.push(port);
    const made = await Promise.all(
      plan.map(async ({ id, services }) => {
        const port = (services.includes("api") ? given.shift() : undefined) ?? (await freePort());
        return { id, services, port, healthPort: await freePort() };
      }),
    );
    const urls = made.filter(({ services }) => services.includes("api")).map(({ port }) => `http://127.0.0.1:${port}`);
    const common = {
      NAMESPACE: place ?? "",
      // Tokens are good at every gateway, so all name one issuer.
      ...(urls[0] ? { PUBLIC_URL: urls[0] } : {}),
      ...secrets,
      ...env,
    };
    const reached = addresses(servers, ways?.proxies, place);
    for (const [number, node] of made.entries()) {
      const gateway = urls[number % urls.length];
      const variables = { ...common, ...reached, ...(gateway ? { GATEWAY_URL: gateway } : {}) };
      nodes.push(makeNode({ ...node, folder, whole: isWhole(groups), env: variables }));
    }
    await startAll(nodes, tell);
    return {
      urls,
      nodes,
      servers,
      proxies: ways?.proxies,
      env: { ...common, ...addresses(servers, undefined, place) },
      node(id) {
        const found = nodes.find((node) => node.id === id);
        if (!found) throw new Error(`There is no node ${id}`);
        return found;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts all at once, for some wait for others; the first that fails ends the wait. */
async function startAll(nodes: readonly ClusterNode[], tell: (line: string) => void): Promise<void> {
  await Promise.all(
    nodes.map(async (node) => {
      await node.start();
      tell(`${node.id} is ready${node.url ? ` at ${node.url}` : ""}`);
    }),
  );
}

/** What the nodes share and nobody else knows; kept beside the data, which are worth nothing without. */
function secretsOf(folder: string): { SECRET_KEY: string; ADMIN_PASSWORD: string; password: string } {
  const file = join(folder, "secrets.json");
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  const random = () => randomBytes(18).toString("base64url");
  const secrets = { SECRET_KEY: random() + random(), ADMIN_PASSWORD: random(), password: random() };
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}
