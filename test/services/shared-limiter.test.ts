import type { Redis } from "ioredis";
import { redisClient } from "../../mixins/redis/redis.ts";
import { freePort } from "../../rig/ports.ts";
import { openProxy, type ServerProxy } from "../../rig/proxies.ts";
import { type Limiter, limiter } from "../../services/api/shared-limiter.ts";
import { eventually } from "../support/eventually.ts";
import { describeWithServer, startServer, type TestServer } from "../support/servers.ts";

const MINUTE = 60;

describeWithServer(["redis", "toxiproxy"], "gateways that count together in Redis", () => {
  let redis: TestServer;
  let toxiproxy: TestServer;
  let proxy: ServerProxy;
  let clients: Redis[];
  let gateways: [Limiter, Limiter];
  let tests = 0;
  let name: string;
  beforeAll(async () => {
    [redis, toxiproxy] = await Promise.all([startServer("redis"), startServer("toxiproxy")]);
    proxy = await openProxy(toxiproxy, { name: "redis", port: await freePort(), upstream: redis.port });
  });
  afterAll(() => Promise.all([redis.stop(), toxiproxy.stop()]));
  beforeEach(async () => {
    await proxy.restore();
    name = `test-${++tests}`;
    clients = [1, 2].map(() => redisClient(`redis://127.0.0.1:${proxy.port}`, () => undefined));
    await Promise.all(clients.map((client) => client.connect()));
    gateways = clients.map((client) => limiter(name, MINUTE, client)) as [Limiter, Limiter];
    for (const one of gateways) one.points = 100;
  });
  afterEach(() => {
    for (const client of clients) client.disconnect();
  });

  /** How many of so many requests at once pass. */
  async function passed(count: number, key: string, ...through: Limiter[]): Promise<number> {
    const asked = Array.from({ length: count }, (_, at) => through[at % through.length]?.consume(key));
    return (await Promise.allSettled(asked)).filter(({ status }) => status === "fulfilled").length;
  }

  test("many requests of one address within one round trip pass up to the limit, and no more", async () => {
    await proxy.delay(20);
    expect(await passed(11, "ada", gateways[0])).toBe(11);
    expect(await passed(150, "ada", gateways[0])).toBe(89);
    expect(await passed(1, "bob", gateways[0])).toBe(1);
  });

  test("two gateways allow as much as one, whether or not tenths make up the limit", async () => {
    expect(await passed(300, "ada", ...gateways)).toBe(100);
    for (const one of gateways) one.points = 47;
    expect(await passed(300, "bob", ...gateways)).toBe(47);
  });

  test("while Redis hangs a gateway answers promptly, and allows what it would allow alone", async () => {
    expect(await passed(1, "ada", gateways[0])).toBe(1);
    await proxy.hang();
    const begin = performance.now();
    // What was taken before is used up first.
    expect(await passed(150, "ada", gateways[0])).toBe(109);
    expect(await passed(150, "bob", gateways[0])).toBe(100);
    for (let one = 0; one < 20; one++) expect(await passed(1, "bob", gateways[0])).toBe(0);
    expect(performance.now() - begin).toBeLessThan(900);
  });

  test("a hanging connection is given up, and gateways count together again when Redis answers", async () => {
    await proxy.hang();
    expect(await passed(1, "ada", gateways[0])).toBe(1);
    await eventually(() => clients[0]?.status !== "ready");
    await proxy.restore();
    let asked = 0;
    for (const [at, one] of gateways.entries()) {
      await eventually(async () => {
        const key = `${at}-${++asked}`;
        await one.consume(key);
        return (await clients[at]?.exists(`limits:${name}:${key}`)) === 1;
      });
    }
    expect(await passed(300, "bob", ...gateways)).toBe(100);
  });
});
