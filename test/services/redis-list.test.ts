import { Redis } from "ioredis";
import { ServiceBroker } from "moleculer";
import { steady } from "../../mixins/cluster/steady-discoverer.ts";
import { redisOptions } from "../../mixins/redis/redis.ts";
import { RedisList } from "../../mixins/redis/redis-list.ts";
import { eventually } from "../support/eventually.ts";
import { describeWithServer, startServer } from "../support/servers.ts";

describeWithServer("redis", "what a node has written down in Redis", () => {
  test("is written again and again, and after a loss of Redis, of which nobody else hears", async () => {
    const server = await startServer("redis");
    const list = steady(new RedisList({ redis: redisOptions(server.url), heartbeatInterval: 0 }, 20), {
      server: "Redis",
      close: ({ client }) => client.disconnect(),
    });
    const node = new ServiceBroker({
      nodeID: "one",
      logger: false,
      transporter: "Fake",
      registry: { discoverer: list } as object,
    });
    const client = new Redis(server.url);
    client.on("error", () => undefined);
    const key = "MOL-DSCVR-INFO:one";
    try {
      await node.start();
      await client.del(key);
      expect(await eventually(() => client.exists(key))).toBe(1);
      let failures = 0;
      node.localBus.on("$discoverer.error", () => failures++);
      await server.kill();
      await eventually(() => failures > 0);
      await server.restart();
      await node.broadcast("anything");
      await (list as RedisList).beat();
      expect(await eventually(() => client.exists(key))).toBe(1);
    } finally {
      await node.stop();
      client.disconnect();
      await server.stop();
    }
  });
});
