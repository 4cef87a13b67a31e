import { randomUUID } from "node:crypto";
import type { Db } from "mongodb";
import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import { MongoConnection } from "../../mixins/mongo/mongo-connection.ts";
import type { CollectionSpec, Doc } from "../../mixins/store/collection.ts";
import { MongoCollection } from "../../mixins/store/mongo-collection.ts";
import { MongoRelay } from "../../mixins/store/mongo-relay.ts";
import type { TestServer } from "./servers.ts";
import { type StoreUnderTest, thingSpec } from "./store/things.ts";

/** A node's store on MongoDB, with a bus in memory that knows an event again by its id. */
export interface MongoStore extends StoreUnderTest {
  connection: MongoConnection;
  relay: MongoRelay;
  db: Db;
  collection<T extends Doc>(spec: CollectionSpec<T>): MongoCollection<T>;
  /** Resolves when whatever was about to be published is. */
  idle(): Promise<void>;
}

export interface MongoNode {
  /** Instead of the bus in memory. */
  publish?(events: DurableEvent[]): Promise<void>;
  /** Milliseconds that an event stands in its outbox until another node publishes it. */
  patience?: number;
}

/** The address of a database of its own on this server; its name stands for the folder of embedded stores. */
export function mongoUrl(server: Pick<TestServer, "url">, database: string): string {
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  // Tests with a server that is away need not wait as long as a shop does.
  url.searchParams.set("serverSelectionTimeoutMS", "1000");
  url.searchParams.set("heartbeatFrequencyMS", "500");
  return url.href;
}

export async function openMongo(
  server: TestServer,
  given?: string,
  node: MongoNode = {},
): Promise<{ store: MongoStore; folder: string }> {
  const folder = given ?? `store-${randomUUID().slice(0, 8)}`;
  const connection = new MongoConnection(mongoUrl(server, folder), () => undefined);
  await connection.connect();
  const relay = new MongoRelay(() => undefined, { patience: node.patience ?? 5_000, every: 20 });
  const told = new Map<string, DurableEvent>();
  const collections: MongoCollection<never>[] = [];
  const idle = async () => {
    for (const collection of collections) await collection.outbox.idle();
  };
  const bus = async (events: DurableEvent[]) => {
    for (const event of events) if (!told.has(event.id)) told.set(event.id, event);
  };
  const store: MongoStore = {
    connection,
    relay,
    db: connection.db(),
    collection<T extends Doc>(spec: CollectionSpec<T>) {
      const link = {
        db: () => connection.db(),
        closed: () => connection.closed,
        publish: node.publish ?? bus,
        wrote: () => undefined,
        log: () => undefined,
      };
      const collection = new MongoCollection(spec, link);
      collections.push(collection as unknown as MongoCollection<never>);
      relay.add(collection);
      return collection;
    },
    idle,
    async storedEvents() {
      await idle();
      return [...told.values()];
    },
    async close() {
      await relay.stop();
      await connection.close();
    },
  };
  return { store, folder };
}

/** Nodes with the collection of things, which are closed after each test. */
export function nodesWithThings(server: () => TestServer) {
  const nodes: MongoStore[] = [];
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.close();
  });
  const join = async (database?: string, node?: MongoNode) => {
    const { store, folder } = await openMongo(server(), database, node);
    nodes.push(store);
    const things = store.collection(thingSpec);
    await things.ready();
    return { store, things, database: folder };
  };
  return { nodes, join };
}
