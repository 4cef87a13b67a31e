// A node that takes events and hangs: it tells each that it has begun with, and never ends one. To be killed.
import { JetStreamBus } from "../../mixins/durable-events/jetstream-bus.ts";
import { openNats } from "../../mixins/nats/nats-line.ts";
import { EMITTERS } from "./bus-conformance.ts";

const [url = "", namespace = "", ackWait = ""] = process.argv.slice(2);
const bus = new JetStreamBus({
  connect: () => openNats(url, { name: "doomed", log: () => undefined }),
  namespace,
  emitters: EMITTERS,
  log: () => undefined,
  ackWait: Number(ackWait),
});
const hang = ({ id }: { id: string }) => {
  process.stdout.write(`${id}\n`);
  return new Promise<void>(() => undefined);
};
bus.subscribe("mails", new Map([["order.placed", hang]]));
await bus.start();
