import { freePort } from "../../rig/ports.ts";
import { openProxy, type ServerProxy } from "../../rig/proxies.ts";
import { asking, type HttpShop } from "../support/http-shop.ts";
import { type Observer, observe } from "../support/nodes.ts";
import { describeWithServer, startServer, type TestServer } from "../support/servers.ts";

describeWithServer(["nats", "redis", "toxiproxy"], "a gateway whose Redis hangs", () => {
  let servers: TestServer[];
  let proxy: ServerProxy;
  let gateway: Observer;
  let ask: HttpShop["ask"];
  beforeAll(async () => {
    servers = await Promise.all([startServer("nats"), startServer("redis"), startServer("toxiproxy")]);
    const [nats, redis, toxiproxy] = servers as [TestServer, TestServer, TestServer];
    proxy = await openProxy(toxiproxy, { name: "redis", port: await freePort(), upstream: redis.port });
    const port = await freePort();
    const env = {
      TRANSPORTER: nats.url,
      REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
      SECRET_KEY: "a secret that every node of these tests knows",
      PUBLIC_URL: "http://localhost:3000",
    };
    const edge = { SERVICES: "api", PORT: String(port), TRUST_PROXY: "1", RATE_LIMITS: "true" };
    // Settings as they are; behind this gateway is nobody else.
    gateway = await observe(env, edge, [{ name: "config", actions: { values: () => null } }]);
    ask = asking(`http://127.0.0.1:${port}`);
  });
  afterAll(async () => {
    await gateway?.stop();
    await Promise.all(servers.map((server) => server.stop()));
  });

  /** Nobody answers behind this gateway: what passes is told so, with 503. */
  const signIn = async (address: string) => {
    const begin = performance.now();
    const json = { email: "ada@example.com", password: "correct horse battery" };
    const { status } = await ask("/auth/login", { json, headers: { "X-Forwarded-For": address } });
    return { status, took: performance.now() - begin };
  };

  test("lets pass what is allowed and no more, and keeps nobody waiting", async () => {
    expect((await signIn("198.51.100.1")).status).toBe(503);
    await proxy.hang();
    const tries = [];
    for (let one = 0; one < 12; one++) tries.push(await signIn("198.51.100.2"));
    expect(tries.map(({ status }) => status)).toEqual([...Array(10).fill(503), 429, 429]);
    const waits = tries.map(({ took }) => took).sort((a, b) => a - b);
    expect(waits.at(-1)).toBeLessThan(3_000);
    expect(waits[6]).toBeLessThan(500);
  });

  test("serves a hundred requests of one address that come at once", async () => {
    const headers = { "X-Forwarded-For": "198.51.100.3" };
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask("/products", { headers })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
  });
});
