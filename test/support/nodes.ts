import { rmSync } from "node:fs";
import { type Context, Errors, type ServiceSchema } from "moleculer";
import { assemble, type Shop } from "../../bin/shop.ts";
import type { ClusterOptions } from "../../rig/cluster.ts";
import { type Cluster, startCluster } from "../../rig/cluster.ts";
import { contextOf } from "../../services/cluster.ts";
import { type Audit, audit } from "../../services/control/audit.ts";
import { readEnvironment } from "../../services/shared/environment.ts";
import { eventually } from "./eventually.ts";
import { calling, type TestShop, temporaryFolder } from "./services.ts";

/** What nodes of these tests are told beside their servers. */
export const QUIET = { LOG_LEVEL: "warn", DEMO: "false", RATE_LIMITS: "false" };

interface Asking {
  nodeID?: string;
  timeout?: number;
  caller?: string;
  meta?: object;
}

/** A node in this process that runs nothing of what is tested, calls as others do, and sees who answers. */
export interface Observer extends TestShop {
  /** Calls as a service does and tells which node has answered, at last. */
  ask(action: string, params?: object, options?: Asking): Promise<{ result: unknown; node: string }>;
  /** The same, with how often each of `count` calls, one after the other, was answered by each node. */
  spread(count: number, action: string, params?: object): Promise<Record<string, number>>;
  /** The nodes that it knows to run this service, in order. */
  nodesOf(service: string): string[];
  /** What keeps the audit from being clean, in words. */
  findings(): Promise<string[]>;
}

/** One more node of the cluster, in this process; `schemas` are services of the test's own on it. */
export async function observe(
  env: Record<string, string>,
  more: Record<string, string> = {},
  schemas: ServiceSchema[] = [],
): Promise<Observer> {
  const dataDir = temporaryFolder();
  const { broker, platform } = await assemble(
    readEnvironment({
      ...env,
      ...QUIET,
      LOG_LEVEL: "fatal",
      NODE_ID: "observer",
      SERVICES: "control",
      ...more,
      DATA_DIR: dataDir,
    }),
  );
  for (const schema of schemas) broker.createService(schema);
  await platform.connect();
  await broker.start();
  const shop: Shop = {
    broker: broker as unknown as Shop["broker"],
    platform,
    ended: new Promise(() => undefined),
    stop: () => broker.stop(),
  };
  const ask: Observer["ask"] = async (action, params = {}, options = {}) => {
    const call = broker.call(action, params, { caller: "test", ...options }) as Promise<unknown> & { ctx: Context };
    const { ctx } = call;
    return { result: await call, node: ctx.nodeID as string };
  };
  const available = (action: string) => broker.registry.actions.isAvailable(action);
  return {
    ...shop,
    dataDir,
    urls: [],
    nodes: [shop],
    everyone: [shop],
    inside: calling(shop, "test", {}),
    as: (meta) => calling(shop, "api", meta),
    ask,
    async spread(count, action, params) {
      const counts: Record<string, number> = {};
      for (let call = 0; call < count; call++) {
        const { node } = await ask(action, params);
        counts[node] = (counts[node] ?? 0) + 1;
      }
      return counts;
    },
    nodesOf: (service) =>
      broker.registry
        .getServiceList({ onlyAvailable: true })
        .filter(({ name, available }) => name === service && available)
        .map(({ nodeID }) => nodeID as string)
        .sort(),
    async findings() {
      const context = contextOf(broker.getLocalService("control"));
      return words(await audit(context, shop.platform.events, available));
    },
    async stop() {
      await shop.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** What an audit found, a line each; what it could not look at is a finding here. */
export const words = ({ parts, missing }: Audit): string[] => [
  ...parts.flatMap(({ part, findings }) =>
    findings.map(({ rule, subject, detail }) => `${part}: ${rule}, ${subject}: ${detail}`),
  ),
  ...parts.flatMap(({ part, figures }) => (figures.waiting ? [`${part}: ${figures.waiting} wait`] : [])),
  ...missing.map((part) => `${part} was not looked at`),
];

/** Waits until everything has come to its end and every rule holds. */
export const settled = (observer: Observer, within = 60_000): Promise<unknown> =>
  eventually(
    async () => {
      const found = await observer.findings();
      if (found.length) throw new Error(`The audit is not clean:\n${found.join("\n")}`);
      return true;
    },
    { within, every: 500 },
  );

/** A cluster of processes as the layout says, and one that looks on. */
export async function openCluster(options: ClusterOptions): Promise<{ cluster: Cluster; observer: Observer }> {
  const cluster = await startCluster({ fsync: "off", ...options, env: { ...QUIET, ...options.env } });
  try {
    const observer = await observe(cluster.env);
    const services = new Set(cluster.nodes.flatMap(({ services }) => services));
    await eventually(() =>
      [...services].every(
        (name) => observer.nodesOf(name).length === cluster.nodes.filter((node) => node.services.includes(name)).length,
      ),
    );
    return { cluster, observer };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** Whether a call was given up because its node did not answer in time. */
export const isTimeout = (error: unknown): boolean => error instanceof Errors.RequestTimeoutError;
