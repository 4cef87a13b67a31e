import { ServiceBroker } from "moleculer";
import { RedisCacher } from "../../mixins/redis/redis-cacher.ts";
import { eventually } from "../support/eventually.ts";
import { describeWithServer, startServer } from "../support/servers.ts";

describeWithServer("redis", "reads that are kept in Redis", () => {
  test("come from the service itself while Redis is away, and from Redis when it is back", async () => {
    const server = await startServer("redis");
    let ran = 0;
    const node = new ServiceBroker({ logger: false, cacher: new RedisCacher(server.url) });
    node.createService({ name: "prices", actions: { of: { cache: true, handler: () => ({ amount: ++ran }) } } });
    const price = () => node.call("prices.of") as Promise<{ amount: number }>;
    const kept = async () => {
      const [first, second] = [await price(), await price()];
      return first.amount === second.amount;
    };
    try {
      await node.start();
      await eventually(kept);
      await server.kill();
      const last = ran;
      expect([await price(), await price()]).toEqual([{ amount: last + 1 }, { amount: last + 2 }]);
      await server.restart();
      await eventually(kept);
    } finally {
      await node.stop();
      await server.stop();
    }
  });
});
