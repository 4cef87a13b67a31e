import type { Redis } from "ioredis";
import { cluster } from "../../services/cluster.ts";
import type { ServiceContract } from "../../services/contract.ts";
import { type Environment, EnvironmentError } from "../../services/shared/environment.ts";
import { JetStreamBus } from "../durable-events/jetstream-bus.ts";
import type { Log } from "../log.ts";
import { MongoConnection } from "../mongo/mongo-connection.ts";
import { checkKeeping } from "../nats/nats-keeping.ts";
import { openNats } from "../nats/nats-line.ts";
import type { Platform } from "../platform.ts";
import { openRedis, redisClient } from "../redis/redis.ts";
import { type PostgresDatabase, postgres } from "../sql/postgres-database.ts";
import type { SqlDatabase } from "../sql/sql-database.ts";
import type { Collection, CollectionSpec, Doc } from "../store/collection.ts";
import { MongoCollection } from "../store/mongo-collection.ts";
import { MongoRelay } from "../store/mongo-relay.ts";

const EMITTERS = Object.fromEntries(
  cluster.map(({ name, events }: ServiceContract) => [name, Object.keys(events ?? {})] as const),
);

/** One of many nodes: documents in MongoDB, money in PostgreSQL, events on JetStream; it reaches only what it uses. */
export class ClusterPlatform implements Platform {
  readonly environment: Environment;
  readonly events: JetStreamBus;
  readonly redis: Redis | undefined;
  log: Log | undefined;
  readonly #closing = new AbortController();
  readonly #sql = new Map<string, PostgresDatabase>();
  readonly #writes: Record<string, number> = {};
  #mongo: { connection: MongoConnection; relay: MongoRelay } | undefined;

  constructor(environment: Environment & { TRANSPORTER: string }) {
    const { TRANSPORTER, NAMESPACE, NODE_ID, NATS_REPLICAS: replicas, REDIS_URL } = environment;
    const log = () => this.log;
    this.environment = environment;
    const options = { name: NODE_ID ?? "molecart", log, signal: this.#closing.signal };
    this.events = new JetStreamBus({
      connect: async () => checkKeeping(await openNats(TRANSPORTER, options), replicas, this.log),
      namespace: NAMESPACE,
      emitters: EMITTERS,
      replicas,
      log,
    });
    this.redis = REDIS_URL ? redisClient(REDIS_URL, log) : undefined;
  }

  collection<T extends Doc>(spec: CollectionSpec<T>): Collection<T> {
    const { connection, relay } = this.#documents();
    const collection = new MongoCollection(spec, {
      db: () => connection.db(),
      closed: () => connection.closed,
      publish: (events) => this.events.publish(events),
      wrote: (name) => this.#wrote(name),
      log: () => this.log,
    });
    relay.add(collection);
    return collection;
  }

  sql(name: string): SqlDatabase {
    const known = this.#sql.get(name);
    if (known) return known;
    const { POSTGRES_URL: url } = this.environment;
    if (!url) throw new EnvironmentError("POSTGRES_URL: a service of this node keeps money, and needs it");
    const database = postgres({
      url,
      name,
      log: () => this.log,
      wrote: () => this.#wrote(name),
    });
    this.#sql.set(name, database);
    return database;
  }

  writes(): Record<string, number> {
    return { ...this.#writes };
  }

  async connect(): Promise<void> {
    await Promise.all([
      this.events.connect(),
      this.#mongo?.connection.connect(),
      this.redis && openRedis(this.redis),
      ...[...this.#sql.values()].map((database) => database.connect()),
    ]);
  }

  async start(): Promise<void> {
    this.#mongo?.relay.start();
    await this.events.start();
  }

  stop(): Promise<void> {
    return this.events.stop();
  }

  problems(): string[] {
    return [
      ...(this.#mongo?.connection.healthy() === false ? [`MongoDB at ${this.#mongo.connection.address} is away`] : []),
      ...[...this.#sql.values()].map((database) => database.problem()).filter((problem) => problem !== null),
      ...(this.events.healthy() ? [] : ["the server of durable events is away"]),
    ];
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#mongo?.relay.stop();
    await this.events.close();
    await Promise.all([
      this.#mongo?.connection.close(),
      ...[...this.#sql.values()].map((database) => database.close()),
    ]);
    this.redis?.disconnect();
  }

  #documents() {
    const log = () => this.log;
    const { MONGO_URL: url } = this.environment;
    if (!url) throw new EnvironmentError("MONGO_URL: a service of this node keeps documents, and needs it");
    this.#mongo ??= { connection: new MongoConnection(url, log), relay: new MongoRelay(log) };
    return this.#mongo;
  }

  #wrote(name: string): void {
    this.#writes[name] = (this.#writes[name] ?? 0) + 1;
  }
}
