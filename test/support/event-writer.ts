import { join } from "node:path";
import { EmbeddedQueue } from "../../mixins/durable-events/embedded-queue.ts";
import { SqliteFile } from "../../mixins/embedded/sqlite-file.ts";

/** A process of its own for tests: stores an event for the group `mails`, says so, and stays until it is killed. */
const file = new SqliteFile(join(process.argv[2] as string, "shop.db"));
const queue = new EmbeddedQueue(file, () => undefined);
queue.subscribe("mails", new Map([["order.placed", () => new Promise<void>(() => undefined)]]));
await queue.start();
await queue.publish([{ id: "1", name: "order.placed", payload: { number: "7K3F-92QD" } }]);
process.stdout.write("stored\n");
setInterval(() => undefined, 1_000);
