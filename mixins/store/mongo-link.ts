import type { Db } from "mongodb";
import type { DurableEvent } from "../durable-events/event-bus.ts";
import type { Log } from "../log.ts";

/** What the collections of one node share. */
export interface MongoLink {
  db(): Db;
  /** This node has ended its connection: nothing comes back. */
  closed(): boolean;
  publish(events: DurableEvent[]): Promise<void>;
  wrote(collection: string): void;
  log(): Log | undefined;
}
