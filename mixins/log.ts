import type { ServiceBroker } from "moleculer";

/** Where a node tells what happens to it. */
export type Log = ServiceBroker["logger"];
