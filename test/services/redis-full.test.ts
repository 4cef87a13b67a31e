import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Discoverers, ServiceBroker } from "moleculer";
import { RedisCacher } from "../../mixins/redis/redis-cacher.ts";
import { limiter } from "../../services/api/shared-limiter.ts";
import { eventually } from "../support/eventually.ts";
import { describeWithServer, startServer, type TestServer } from "../support/servers.ts";

/** The policy that a cluster's Redis is given. */
const [, policy = ""] =
  /^maxmemory-policy (\S+)$/m.exec(readFileSync(join(import.meta.dirname, "../../deploy/redis.conf"), "utf8")) ?? [];

describeWithServer("redis", "a Redis that is full", () => {
  let server: TestServer;
  let client: Redis;

  beforeAll(async () => {
    server = await startServer("redis", { args: ["--maxmemory", "4mb", "--maxmemory-policy", policy] });
    client = new Redis(server.url);
  });
  afterAll(() => client.disconnect());
  afterEach(() => client.flushall());

  /** Writes counters of a minute, as a flood of addresses would, until there is no room, or `count` of them. */
  async function flood(count = 5_000): Promise<string> {
    try {
      for (let at = 0; at < count; at++) await client.set(`flood:${at}`, "x".repeat(1_000), "EX", 60);
      return "all were taken";
    } catch (error) {
      return (error as Error).message;
    }
  }

  test("keeps the entries of idle nodes in the list of nodes", async () => {
    const redis = { port: server.port };
    const node = (nodeID: string) =>
      new ServiceBroker({
        nodeID,
        logger: false,
        transporter: "Fake",
        registry: { discoverer: new Discoverers.Redis({ redis }) },
      });
    const first = node("first");
    await first.start();
    const entry = await eventually(() => client.get("MOL-DSCVR-INFO:first"));
    expect(await flood()).toMatch(/maxmemory/);
    expect(await client.get("MOL-DSCVR-INFO:first")).toBe(entry);
    await client.flushall();
    await first.stop();
  });

  test("is no hindrance to answers that would be kept, nor to gateways that count", async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    process.on("unhandledRejection", note);
    const cacher = new RedisCacher(server.url);
    const broker = new ServiceBroker({ nodeID: "one", logger: false, cacher });
    broker.createService({ name: "greetings", actions: { greet: { cache: true, handler: () => "hello" } } });
    await broker.start();
    await eventually(() => cacher.client.status === "ready");
    await flood();
    for (const _ of [1, 2]) expect(await broker.call("greetings.greet")).toBe("hello");
    const counted = limiter("test", 60, client);
    counted.points = 2;
    // What still fitted in there is counted there, the rest by the gateway itself.
    const consumed = await Promise.allSettled(Array.from({ length: 5 }, () => counted.consume("somebody")));
    expect(consumed[0]?.status).toBe("fulfilled");
    expect(consumed.at(-1)).toMatchObject({ status: "rejected", reason: { remainingPoints: 0 } });
    await broker.stop();
    process.off("unhandledRejection", note);
    expect(rejections).toEqual([]);
  });

  test("lets every kept answer go by itself, also where its contract does not say when", async () => {
    const cacher = new RedisCacher(server.url);
    const broker = new ServiceBroker({ nodeID: "two", logger: false, cacher });
    broker.createService({ name: "greetings", actions: { greet: { cache: true, handler: () => "hello" } } });
    await broker.start();
    await eventually(() => cacher.client.status === "ready");
    await broker.call("greetings.greet");
    const key = await eventually(async () => (await client.keys("*greetings.greet*"))[0]);
    expect(await client.ttl(key)).toBeGreaterThan(0);
    await broker.stop();
  });
});
