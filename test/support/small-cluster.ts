import { rmSync } from "node:fs";
import { type BrokerOptions, type CallingOptions, ServiceBroker, type ServiceSchema } from "moleculer";
import { EmbeddedPlatform } from "../../mixins/embedded/embedded-platform.ts";
import { brokerOptions } from "../../moleculer.config.ts";
import { readEnvironment } from "../../services/shared/environment.ts";
import { temporaryFolder } from "./services.ts";

export interface SmallNode {
  broker: ServiceBroker;
  platform: EmbeddedPlatform;
  /** Calls as `caller` does; null: as nobody. */
  call(
    action: string,
    params?: object,
    options?: Omit<CallingOptions, "caller"> & { caller?: string | null },
  ): Promise<unknown>;
  stop(): Promise<void>;
}

/** A node with services of the test's own on the real options; `options` changes some of them. */
export async function startNode(schemas: ServiceSchema[], options: BrokerOptions = {}): Promise<SmallNode> {
  const folder = temporaryFolder();
  const platform = new EmbeddedPlatform(readEnvironment({ DATA_DIR: folder, LOG_LEVEL: "fatal" }));
  const broker = new ServiceBroker({ ...brokerOptions(platform), ...options });
  for (const schema of schemas) broker.createService(schema);
  await broker.start();
  return {
    broker,
    platform,
    call: (action, params = {}, { caller = "test", ...rest } = {}) =>
      broker.call(action, params, { ...rest, ...(caller === null ? {} : { caller }) } as CallingOptions),
    async stop() {
      await broker.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
