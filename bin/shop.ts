import { Server } from "node:http";
import { ServiceBroker, type ServiceSchema } from "moleculer";
import { EmbeddedPlatform } from "../mixins/embedded/embedded-platform.ts";
import { brokerOptions } from "../moleculer.config.ts";
import type { Broker } from "../services/cluster.ts";
import { drain } from "../services/shared/drain.ts";
import { type Environment, EnvironmentError } from "../services/shared/environment.ts";

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

export interface Shop {
  broker: Broker & ServiceBroker;
  platform: EmbeddedPlatform;
  /** Takes no more requests, finishes what runs, and closes the data folder. */
  stop(): Promise<void>;
}

/** The services that `SERVICES` names, or all of them; an unknown name ends the start. */
function chosen(names: string | undefined): readonly Name[] {
  if (!names) return SERVICES;
  const wanted = names.split(",").map((name) => name.trim());
  const unknown = wanted.filter((name) => !SERVICES.includes(name as Name));
  if (unknown.length) {
    throw new EnvironmentError(`SERVICES: there is no service ${unknown.join(", ")}; known are ${SERVICES.join(", ")}`);
  }
  return [...new Set(wanted)] as Name[];
}

/** Opens the data folder and makes the services on it, which do not run yet. */
export async function assemble(environment: Environment, { without = [] as Name[] } = {}) {
  const names = chosen(environment.SERVICES).filter((name) => !without.includes(name));
  const schemas = await Promise.all(
    names.map(async (name) => {
      const module = (await import(`../services/${name}/${name}.service.ts`)) as { default: ServiceSchema };
      return module.default;
    }),
  );
  const platform = new EmbeddedPlatform(environment);
  const broker = new ServiceBroker(brokerOptions(platform));
  platform.log = broker.logger;
  try {
    for (const schema of schemas) broker.createService(schema);
  } catch (error) {
    await broker.stop();
    throw error;
  }
  return { broker, platform };
}

/** Opens the data folder and starts the services on it; `without` leaves some out, as commands do with the gateway. */
export async function openShop(environment: Environment, { without = [] as Name[] } = {}): Promise<Shop> {
  const { broker, platform } = await assemble(environment, { without });
  try {
    await broker.start();
  } catch (error) {
    await broker.stop();
    throw error;
  }
  const stop = async () => {
    await Promise.all(servers(broker).map((server) => drain(server, PATIENCE)));
    await broker.stop();
  };
  return { broker: broker as unknown as Broker & ServiceBroker, platform, stop };
}

/** What services listen with: the gateway's server and the operator's, each as `server`. */
export const servers = (broker: ServiceBroker): Server[] =>
  broker.services.map((service) => (service as { server?: unknown }).server).filter((one) => one instanceof Server);
