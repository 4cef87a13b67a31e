import {
  type ActionEndpoint,
  type BrokerOptions,
  type Context,
  Discoverers,
  type Middleware,
  Strategies,
} from "moleculer";
import { remoteStreams } from "./mixins/cluster/remote-streams.ts";
import { steady } from "./mixins/cluster/steady-discoverer.ts";
import { natsOptions } from "./mixins/nats/nats-servers.ts";
import { SteadyNats } from "./mixins/nats/nats-transporter.ts";
import { redisOptions } from "./mixins/redis/redis.ts";
import { RedisCacher } from "./mixins/redis/redis-cacher.ts";
import { RedisList } from "./mixins/redis/redis-list.ts";
import type { Environment } from "./services/shared/environment.ts";

/** What a node of many needs beside `moleculer.config.ts`. */
export function amongNodes(environment: Environment & { TRANSPORTER: string }): Partial<BrokerOptions> {
  const { TRANSPORTER, REDIS_URL, BALANCING } = environment;
  return {
    transporter: new SteadyNats(natsOptions(TRANSPORTER, environment.NODE_ID ?? "molecart")),
    // Of each node's own, only that node would hear what is outdated.
    cacher: REDIS_URL ? new RedisCacher(REDIS_URL) : null,
    registry: {
      strategy: BALANCING === "latency" ? "Nearest" : "RoundRobin",
      discoverer: discoverer(environment),
      // The others must have heard that this node leaves before it stops to answer.
      stopDelay: 500,
    },
    // Moleculer waits a whole second until it tells of what a node runs.
    transit: { serviceChangedDebounceTime: 50 } as BrokerOptions["transit"] & object,
    middlewares: [remoteStreams(), ...(BALANCING === "shard" ? [cartsByShard] : [])],
  };
}

/** A node that died is left out after so many seconds; calls that wait for it are made again elsewhere. */
const HEARTBEATS = { heartbeatInterval: 2, heartbeatTimeout: 6 };

/** A list on a server runs out by itself; while the server is away nobody is taken for dead. */
const LISTED = { ...HEARTBEATS, disableHeartbeatChecks: true };

function discoverer({ DISCOVERER, REDIS_URL, ETCD_URL }: Environment) {
  if (DISCOVERER === "redis") {
    const redis = { ...redisOptions(REDIS_URL ?? ""), enableOfflineQueue: true };
    return steady(new RedisList({ ...LISTED, redis }), {
      server: `Redis at ${redis.host}:${redis.port}`,
      close: ({ client }) => client.disconnect(),
    });
  }
  if (DISCOVERER === "etcd") {
    return steady(new Discoverers.Etcd3({ ...LISTED, etcd: { hosts: ETCD_URL } }), {
      server: `etcd at ${new URL(ETCD_URL ?? "").host}`,
      close({ leaseBeat, leaseInfo }) {
        for (const lease of [leaseBeat, leaseInfo]) lease?.release();
      },
    });
  }
  return { type: "Local" as const, options: HEARTBEATS };
}

/** Moleculer's own takes the first of those that answer fast, each time. */
class Nearest extends Strategies.Latency {
  override select(list: ActionEndpoint[]): ActionEndpoint {
    const from = Math.floor(Math.random() * list.length);
    return super.select([...list.slice(from), ...list.slice(0, from)]) as ActionEndpoint;
  }
}
Strategies.register("Nearest", Nearest as never);

/** The cart's own node, or another where that one does not answer now. */
class CartShard extends Strategies.Shard {
  override select(list: ActionEndpoint[], ctx: Context): ActionEndpoint {
    return (super.select(list, ctx) ?? list[Math.floor(Math.random() * list.length)]) as ActionEndpoint;
  }
}
Strategies.register("CartShard", CartShard as never);

/** A cart's calls go to one node as long as the nodes are the same, so that fewer of them meet in the store. */
const cartsByShard: Middleware = {
  name: "CartsByShard",
  serviceCreating(_service: unknown, schema: { name: string; actions?: Record<string, object> }) {
    if (schema.name !== "carts") return;
    for (const action of Object.values(schema.actions ?? {})) {
      Object.assign(action, { strategy: "CartShard", strategyOptions: { shardKey: "id" } });
    }
  },
} as Middleware;
