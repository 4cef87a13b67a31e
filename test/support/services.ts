import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallingOptions } from "moleculer";
import { openShop, type Shop } from "../../bin/shop.ts";
import { freePort } from "../../rig/ports.ts";
import type { Meta } from "../../services/access.ts";
import type { Actions } from "../../services/cluster.ts";
import type { Caller } from "../../services/contract.ts";
import { readEnvironment } from "../../services/shared/environment.ts";
import { forget, startCluster } from "./cluster-shop.ts";
import { inCluster } from "./shape.ts";

export interface TestShop extends Shop {
  dataDir: string;
  /** Its gateways, where it has any. */
  urls: string[];
  /** The nodes that run the services, all of them in this process. */
  nodes: Shop[];
  /** Those, the gateways, and the node that `broker` is of. */
  everyone: Shop[];
  /** Calls as another service does: trusted. */
  inside: Caller<Actions>;
  /** Calls as the gateway does for somebody with this meta: checked by the contract. */
  as(meta: Meta): Caller<Actions>;
}

/** Calls that say so of their caller. */
export const calling = (shop: Shop, caller: string, meta: Meta): Caller<Actions> => ({
  call: ((action: string, params?: object, opts?: CallingOptions) =>
    (shop.broker as { call(a: string, p?: object, o?: object): unknown }).call(action, params, {
      ...opts,
      caller,
      meta: { ...meta, ...opts?.meta },
    })) as Caller<Actions>["call"],
});

/** A folder for a test's data; `keep` names one that outlives a shop, for tests that start it again. */
export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), "molecart-"));

/**
 * Some or all services in this process on a data folder of their own; `stop` removes it unless it was given. In the
 * shape of a cluster two nodes of each on the servers of the run, called from a node that runs none of them.
 */
export async function startServices(names: string, env: Record<string, string> = {}): Promise<TestShop> {
  const dataDir = env.DATA_DIR ?? temporaryFolder();
  const variables = {
    LOG_LEVEL: "fatal",
    DEMO: "false",
    RATE_LIMITS: "false",
    ADMIN_PASSWORD: "correct horse battery",
    ...env,
    DATA_DIR: dataDir,
  };
  const { shop, urls, nodes, everyone } = inCluster
    ? await outside(names, variables)
    : await embedded(names, variables);
  return {
    ...shop,
    dataDir,
    urls,
    nodes,
    everyone,
    inside: calling(shop, "test", {}),
    as: (meta) => calling(shop, "api", meta),
    async stop() {
      await shop.stop();
      if (env.DATA_DIR) return;
      rmSync(dataDir, { recursive: true, force: true });
      if (inCluster) await forget(dataDir);
    },
  };
}

type Started = Pick<TestShop, "urls" | "nodes" | "everyone"> & { shop: Shop };

async function embedded(names: string, env: Record<string, string>): Promise<Started> {
  const shop = await openShop(readEnvironment({ ...env, SERVICES: names }));
  return { shop, urls: env.PORT ? [`http://127.0.0.1:${env.PORT}`] : [], nodes: [shop], everyone: [shop] };
}

async function outside(names: string, env: Record<string, string>): Promise<Started> {
  const { outside, nodes, gateways, stop } = await startCluster(
    names,
    env,
    env.PORT ? [Number(env.PORT), await freePort()] : [],
  );
  // Who counts writes counts those of all nodes.
  outside.platform.writes = () => sum(nodes.map((one) => one.platform.writes()));
  return {
    shop: { ...outside, stop },
    urls: gateways.map(({ url }) => url),
    nodes,
    everyone: [outside, ...nodes, ...gateways.map(({ shop }) => shop)],
  };
}

function sum(all: Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [name, count] of all.flatMap(Object.entries)) total[name] = (total[name] ?? 0) + (count as number);
  return total;
}
