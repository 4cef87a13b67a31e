import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallingOptions } from "moleculer";
import { openShop, type Shop } from "../../bin/shop.ts";
import type { Meta } from "../../services/access.ts";
import type { Actions } from "../../services/cluster.ts";
import type { Caller } from "../../services/contract.ts";
import { readEnvironment } from "../../services/shared/environment.ts";

export interface TestShop extends Shop {
  dataDir: string;
  /** Calls as another service does: trusted. */
  inside: Caller<Actions>;
  /** Calls as the gateway does for somebody with this meta: checked by the contract. */
  as(meta: Meta): Caller<Actions>;
}

const calling = (shop: Shop, caller: string, meta: Meta): Caller<Actions> => ({
  call: ((action: string, params?: object, opts?: CallingOptions) =>
    (shop.broker as { call(a: string, p?: object, o?: object): unknown }).call(action, params, {
      ...opts,
      caller,
      meta: { ...meta, ...opts?.meta },
    })) as Caller<Actions>["call"],
});

/** A folder for a test's data; `keep` names one that outlives a shop, for tests that start it again. */
export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), "molecart-"));

/** Some or all services in this process on a data folder of their own; `stop` removes it unless it was given. */
export async function startServices(names: string, env: Record<string, string> = {}): Promise<TestShop> {
  const dataDir = env.DATA_DIR ?? temporaryFolder();
  const environment = readEnvironment({
    LOG_LEVEL: "fatal",
    DEMO: "false",
    RATE_LIMITS: "false",
    ADMIN_PASSWORD: "correct horse battery",
    ...env,
    DATA_DIR: dataDir,
    SERVICES: names,
  });
  const shop = await openShop(environment);
  return {
    ...shop,
    dataDir,
    inside: calling(shop, "test", {}),
    as: (meta) => calling(shop, "api", meta),
    async stop() {
      await shop.stop();
      if (!env.DATA_DIR) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
