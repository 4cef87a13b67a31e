import { Server } from "node:http";
import { type BrokerOptions, ServiceBroker, type ServiceSchema } from "moleculer";
import { streamsRead } from "../mixins/cluster/remote-streams.ts";
import type { Observed } from "../mixins/observability/observed.ts";
import type { Platform } from "../mixins/platform.ts";
import { brokerOptions } from "../moleculer.config.ts";
import type { Broker } from "../services/cluster.ts";
import { drain } from "../services/shared/drain.ts";
import { type Environment, EnvironmentError } from "../services/shared/environment.ts";
import { INCOMPATIBLE } from "../services/shared/errors.ts";

/** Every service that a node can run; `SERVICES` picks some of them. */
const SERVICES = [
  "config",
  "products",
  "inventory",
  "pricing",
  "carts",
  "orders",
  "payments",
  "users",
  "notifications",
  "idempotency",
  "control",
  "api",
] as const;
type Name = (typeof SERVICES)[number];

/** Milliseconds that a stop leaves to the requests that run. */
const PATIENCE = 10_000;
/** Milliseconds that the other nodes have to hear of a new one; some may be gone. */
const HEARD = 1_000;
/** Milliseconds in which a gateway of several says that it goes, and answers nevertheless. */
const NOTICE = 2_000;

export interface Shop {
  broker: Broker & ServiceBroker;
  platform: Platform;
  /** What makes this node end though it runs: nodes that it came to do not go with its release. */
  ended: Promise<Error>;
  /** Takes no more requests, finishes what runs, and closes the data folder or the connections. */
  stop(): Promise<void>;
}

/** The services that `SERVICES` names, or all of them; an unknown name ends the start. */
function chosen({ SERVICES: names, TRANSPORTER }: Environment): readonly Name[] {
  // In a cluster commands come as nodes of their own.
  if (!names) return TRANSPORTER ? SERVICES.filter((name) => name !== "control") : SERVICES;
  const wanted = names.split(",").map((name) => name.trim());
  const unknown = wanted.filter((name) => !SERVICES.includes(name as Name));
  if (unknown.length) {
    throw new EnvironmentError(`SERVICES: there is no service ${unknown.join(", ")}; known are ${SERVICES.join(", ")}`);
  }
  return [...new Set(wanted)] as Name[];
}

interface Ground {
  platform: Platform;
  among: Partial<BrokerOptions>;
  /** Services that every node of a cluster runs. */
  always: ServiceSchema[];
}

/** What the services stand on, and the options of the broker that go with it; only what is needed is loaded. */
async function ground(environment: Environment): Promise<Ground> {
  const { TRANSPORTER } = environment;
  if (!TRANSPORTER) {
    const { EmbeddedPlatform } = await import("../mixins/embedded/embedded-platform.ts");
    return { platform: new EmbeddedPlatform(environment), among: {}, always: [] };
  }
  const { ClusterPlatform } = await import("../mixins/cluster/cluster-platform.ts");
  const { amongNodes } = await import("../moleculer.cluster.ts");
  const { default: contracts, metadata } = await import("../services/contracts/contracts.service.ts");
  const node = { ...environment, TRANSPORTER };
  const among = { ...amongNodes(node), metadata };
  return { platform: new ClusterPlatform(node), among, always: [contracts] };
}

/** What the node is watched with, loaded only where somebody watches. */
async function watching(environment: Environment): Promise<Observed | undefined> {
  if (environment.METRICS_PORT === undefined && !environment.ZIPKIN_URL) return undefined;
  const { observed } = await import("../mixins/observability/observed.ts");
  return observed(environment);
}

/** Makes the services on their platform; they do not run yet. */
export async function assemble(environment: Environment, { without = [] as Name[] } = {}) {
  const names = chosen(environment).filter((name) => !without.includes(name));
  const schemas = await Promise.all(
    names.map(async (name) => {
      const module = (await import(`../services/${name}/${name}.service.ts`)) as { default: ServiceSchema };
      return module.default;
    }),
  );
  const { platform, among, always } = await ground(environment);
  const broker = new ServiceBroker(brokerOptions(platform, among, await watching(environment)));
  platform.log = broker.logger;
  try {
    for (const schema of [...always, ...schemas]) broker.createService(schema);
  } catch (error) {
    await broker.stop();
    throw error;
  }
  return { broker, platform };
}

/** Starts the services on their platform; `without` leaves some out, as commands do with the gateway. */
export async function openShop(environment: Environment, { without = [] as Name[] } = {}): Promise<Shop> {
  const { broker, platform } = await assemble(environment, { without });
  const ended = new Promise<Error>((resolve) => broker.localBus.once(INCOMPATIBLE, resolve));
  try {
    await platform.connect();
    await broker.start();
    if (environment.TRANSPORTER) await announce(broker);
  } catch (error) {
    await broker.stop();
    throw error;
  }
  const notice = environment.TRANSPORTER ? NOTICE : 0;
  const stop = async () => {
    const read = streamsRead(broker, PATIENCE);
    await Promise.all([read, ...servers(broker).map((server) => drain(server, { patience: PATIENCE, notice }))]);
    await broker.stop();
  };
  return { broker: broker as unknown as Broker & ServiceBroker, platform, ended, stop };
}

interface Discovery {
  registry: { discoverer: { sendLocalNodeInfo(): Promise<void> } };
}

/** The others know what this node runs before it is ready: by itself Moleculer tells them a second later. */
async function announce(broker: ServiceBroker): Promise<void> {
  await (broker as unknown as Discovery).registry.discoverer.sendLocalNodeInfo();
  const others = broker.registry
    .getNodeList({ onlyAvailable: true })
    .map(({ id }: { id: string }) => id)
    .filter((id: string) => id !== broker.nodeID);
  // Who has answered this has read what was sent before it.
  if (others.length) await broker.ping(others, HEARD);
}

/** What services listen with: the gateway's server and the operator's, each as `server`. */
export const servers = (broker: ServiceBroker): Server[] =>
  broker.services.map((service) => (service as { server?: unknown }).server).filter((one) => one instanceof Server);
