import type { Redis } from "ioredis";
import type { Middleware, ServiceBroker } from "moleculer";
import type { Environment } from "../services/shared/environment.ts";
import type { EventBus } from "./durable-events/event-bus.ts";
import type { Log } from "./log.ts";
import type { SqlDatabase } from "./sql/sql-database.ts";
import type { Collection, CollectionSpec, Doc } from "./store/collection.ts";

/** What the services of one node stand on. Which servers are behind it, only this knows. */
export interface Platform {
  environment: Environment;
  /** Where failures are told; set when there is a broker. */
  log: Log | undefined;
  collection<T extends Doc>(spec: CollectionSpec<T>): Collection<T>;
  events: EventBus;
  /** The database of this name for money: constraints and transactions. */
  sql(name: string): SqlDatabase;
  /** Where nodes count together; absent where there is one node, or no server for it. */
  redis?: Redis | undefined;
  /** How often this node wrote documents and transactions, by collection. */
  writes(): Record<string, number>;
  /** Reaches the servers that the services asked for; returns when all have answered. */
  connect(): Promise<void>;
  /** Begins to deliver events, when all services of the node have started; `stop` ends when the handlers have. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** What is away now, in words for people; the node is not ready meanwhile. */
  problems(): string[];
  /** One file that holds everything as of one moment; absent where the servers have backups of their own. */
  backup?(file: string, options?: { replace?: boolean }): Promise<{ bytes: number; at: string }>;
  close(): Promise<void>;
}

const platforms = new WeakMap<object, Platform>();

export function platformOf(broker: object): Platform {
  const platform = platforms.get(broker);
  if (!platform) throw new Error("This broker has no platform: list platformMiddleware among its middlewares");
  return platform;
}

const ends = new WeakMap<object, (() => Promise<void>)[]>();

/** What must end while all services of the node still answer: work that this node took on by itself. */
export function beforeStop(broker: object, end: () => Promise<void>): void {
  ends.set(broker, [...(ends.get(broker) ?? []), end]);
}

/** Puts the platform under a broker: consumers run between the start of all services and their stop. */
export function platformMiddleware(platform: Platform): Middleware {
  return {
    name: "Platform",
    created(broker: ServiceBroker) {
      platforms.set(broker, platform);
    },
    async started() {
      await platform.start();
    },
    async stopping(broker: ServiceBroker) {
      await Promise.all([platform.stop(), ...(ends.get(broker) ?? []).map((end) => end())]);
      await answered(broker);
    },
    async stopped() {
      await platform.close();
    },
  };
}

/** Waits until no service has a call under way: one that is stopped too early would fail another's. */
async function answered(broker: ServiceBroker): Promise<void> {
  const end = Date.now() + (broker.options.tracking?.shutdownTimeout ?? 0);
  const busy = () =>
    broker.services
      .map((service) => (service as { _trackedContexts?: unknown[] })._trackedContexts ?? [])
      .filter((calls) => calls.length);
  while (busy().length && Date.now() < end) await new Promise((resume) => setTimeout(resume, 20));
  // They have had their time: Moleculer would wait as long again for each service.
  for (const calls of busy()) {
    broker.logger.warn(`${calls.length} calls were still under way when the node stopped`);
    calls.length = 0;
  }
}
