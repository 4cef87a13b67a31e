import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Redis } from "ioredis";
import { freePort } from "../../rig/ports.ts";
import { eventually } from "../support/eventually.ts";
import { type Observer, observe, QUIET } from "../support/nodes.ts";
import { folderOfTest } from "../support/process-shop.ts";
import { refuseAsMongo } from "../support/refusing-mongo.ts";
import { describeWithServer, startServer, type TestServer } from "../support/servers.ts";
import { startingNodes } from "../support/starting-nodes.ts";

jest.setTimeout(120_000);

const SECRET = "s3cret-of-the-server";

describeWithServer(["nats", "postgres", "mongo", "redis"], "a node that starts", () => {
  let servers: Record<"nats" | "postgres" | "mongo" | "redis", TestServer>;
  let env: Record<string, string>;
  beforeAll(async () => {
    const [nats, postgres, mongo, redis] = await Promise.all([
      startServer("nats", { password: SECRET }),
      startServer("postgres", { password: SECRET, fsync: "off" }),
      startServer("mongo", { fsync: "off" }),
      startServer("redis", { password: SECRET }),
    ]);
    servers = { nats, postgres, mongo, redis };
    env = {
      ...QUIET,
      TRANSPORTER: nats.url,
      POSTGRES_URL: postgres.url,
      MONGO_URL: mongo.url,
      SECRET_KEY: "a secret that every node of these tests knows",
      PUBLIC_URL: "http://localhost:3000",
    };
  });

  const { node, refusal } = startingNodes(() => env);

  const at = (url: string, port: number) => {
    const moved = new URL(url);
    moved.port = String(port);
    return moved.href;
  };

  describe.each([
    [
      "nats",
      "TRANSPORTER",
      "control",
      /NATS at 127\.0\.0\.1:\d+ is not reached: connection refused; asked again in ([\d.]+) s/,
    ],
    [
      "mongo",
      "MONGO_URL",
      "config",
      /MongoDB at 127\.0\.0\.1:\d+\/molecart cannot be reached: .*ECONNREFUSED.* \(attempt \d+, .*?([\d.]+) s/,
    ],
    [
      "postgres",
      "POSTGRES_URL",
      "payments",
      /PostgreSQL at 127\.0\.0\.1:\d+\/postgres cannot be used: .*ECONNREFUSED.*; attempt \d+, the next in ([\d.]+) s/,
    ],
  ] as const)("before %s is there", (kind, variable, services, line) => {
    test("lives and is not ready, says for each attempt what it tries and why that failed, and is ready when it comes", async () => {
      const port = await freePort();
      const url = at(env[variable] as string, port);
      const quick = kind === "mongo" ? "&serverSelectionTimeoutMS=300" : "";
      const starting = await node({ SERVICES: services, [variable]: url + quick });
      await eventually(() => starting.lines(line).length >= 4, { within: 40_000 });
      expect(await starting.state()).toEqual([200, 503]);
      const pauses = starting.lines(line).map((told) => Number(line.exec(told)?.[1]));
      expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
      expect(pauses.at(-1)).toBeGreaterThan(pauses[0] as number);
      expect(starting.lines(/./)).toHaveLength(pauses.length);
      expect(starting.output.stderr).not.toContain(SECRET);

      const late = await startServer(kind, { port, ...(kind === "mongo" ? {} : { password: SECRET }), fsync: "off" });
      await eventually(starting.ready, { within: 40_000 });
      expect(await starting.end()).toMatchObject({ code: 0 });
      await late.stop();
    });
  });

  const withSecret = (url: string, secret: string) => {
    const changed = new URL(url);
    changed.username = "molecart";
    changed.password = secret;
    return changed.href;
  };

  test("ends where a server refuses its password, with a line that does not tell it", async () => {
    const wrong = "a-wrong-0ne";
    const mongo = createServer((socket) =>
      socket.on("error", () => undefined).on("data", (message: Buffer) => socket.write(refuseAsMongo(message))),
    );
    await new Promise<void>((listening) => mongo.listen(0, "127.0.0.1", listening));
    const { port } = mongo.address() as { port: number };
    const lines = await Promise.all([
      refusal({ SERVICES: "control", TRANSPORTER: withSecret(servers.nats.url, wrong) }),
      refusal({ SERVICES: "payments", POSTGRES_URL: withSecret(servers.postgres.url, wrong) }),
      refusal({ SERVICES: "config", MONGO_URL: withSecret(`mongodb://127.0.0.1:${port}/shop`, wrong) }),
    ]);
    expect(lines).toEqual([
      `NATS at 127.0.0.1:${servers.nats.port} refused the user "molecart" or the password`,
      expect.stringMatching(
        /^PostgreSQL at 127\.0\.0\.1:\d+\/postgres refuses us: password authentication failed for user "molecart"$/,
      ),
      `MongoDB at 127.0.0.1:${port}/shop refuses us: Authentication failed.`,
    ]);
    expect(lines.join()).not.toContain(wrong);
    mongo.close();
  });

  test.each([
    ["its password", (url: URL) => Object.assign(url, { password: "a-wrong-0ne" }), "WRONGPASS .*"],
    ["nobody's password", (url: URL) => Object.assign(url, { password: "" }), "NOAUTH .*"],
    ["its database", (url: URL) => Object.assign(url, { pathname: "/99" }), ".*DB index is out of range"],
  ])("ends where Redis refuses %s, whether it counts there or finds the other nodes", async (_, change, why) => {
    const REDIS_URL = change(new URL(servers.redis.url)).href;
    const line = new RegExp(`^Redis at 127\\.0\\.0\\.1:${servers.redis.port} refuses us: ${why}$`);
    expect(await refusal({ SERVICES: "control", REDIS_URL })).toMatch(line);
    const { exited } = await node({ SERVICES: "control", REDIS_URL, DISCOVERER: "redis" });
    const { code, stderr } = await exited;
    expect(code).toBe(1);
    const [experimental, ...lines] = stderr.trimEnd().split("\n");
    expect(experimental).toMatch("EXPERIMENTAL");
    expect(lines).toEqual([expect.stringMatching(line)]);
  });

  test("ends where Redis does not let its user count", async () => {
    const admin = new Redis(servers.redis.url);
    await admin.call("ACL", "SETUSER", "reader", "on", `>${SECRET}`, "~*", "+@read", "+info", "+client", "+select");
    admin.disconnect();
    const url = new URL(servers.redis.url);
    url.username = "reader";
    expect(await refusal({ SERVICES: "control", REDIS_URL: url.href })).toMatch(/ refuses us: NOPERM /);
  });

  test("ends where there is no such database, with a line that names it", async () => {
    const url = new URL(servers.postgres.url);
    url.pathname = "/nowhere";
    expect(await refusal({ SERVICES: "payments", POSTGRES_URL: url.href })).toBe(
      `PostgreSQL at 127.0.0.1:${url.port}/nowhere refuses us: database "nowhere" does not exist`,
    );
  });

  test("ends where a service's server is not named", async () => {
    expect(await refusal({ SERVICES: "payments", POSTGRES_URL: "" })).toMatch(/^POSTGRES_URL: /);
    expect(await refusal({ SERVICES: "config", MONGO_URL: "" })).toMatch(/^MONGO_URL: /);
  });

  test("does not wait for Redis, and says that it is away", async () => {
    const starting = await node({ SERVICES: "config", REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    await eventually(starting.ready, { within: 40_000 });
    expect(starting.lines(/Redis at 127\.0\.0\.1:\d+ is away/).length).toBeGreaterThan(0);
    expect(await starting.end()).toMatchObject({ code: 0 });
  });

  describe("beside nodes of another release", () => {
    let observer: Observer;
    beforeAll(async () => {
      observer = await observe(env);
    });
    afterAll(() => observer?.stop());

    /** Has a process read some files as another release wrote them. */
    const otherRelease = (...changes: [file: string, from: string, to: string][]): Record<string, string> => {
      const hook = join(folderOfTest(), "other-release.mjs");
      writeFileSync(
        hook,
        `import { registerHooks } from "node:module";
const changes = ${JSON.stringify(changes)};
registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const [, from, to] = changes.find(([file]) => url.endsWith(file)) ?? [];
    if (from === undefined) return loaded;
    const source = String(loaded.source);
    if (!source.includes(from)) throw new Error("There is nothing to change");
    return { ...loaded, source: source.replace(from, () => to) };
  },
});
`,
      );
      return { NODE_OPTIONS: `--import=${hook}` };
    };
    const CONTRACT = "orders/orders.contract.ts";
    const STEP = "z.strictObject({ ...one, step: StepName })";

    const VERSION: [string, string, string] = [
      join(process.cwd(), "package.json"),
      `"version": "0.`,
      `"version": "1000.`,
    ];

    test("one that only adds an optional param joins them, and so does an older one that comes back", async () => {
      const more = "z.strictObject({ ...one, step: StepName, note: z.string().optional() })";
      const release = otherRelease(VERSION, [CONTRACT, STEP, more]);
      const newer = await node({ SERVICES: "control", NODE_ID: "newer", ...release });
      await eventually(newer.ready, { within: 40_000 });
      await eventually(() => observer.nodesOf("contracts").includes("newer"));
      const { result } = await observer.ask("contracts.of", { service: "orders" }, { nodeID: "newer" });
      expect(JSON.stringify(result)).toContain('"note"');
      const older = await node({ SERVICES: "control", NODE_ID: "older" });
      await eventually(older.ready, { within: 40_000 });
      for (const one of [older, newer]) expect(await one.end()).toMatchObject({ code: 0, stderr: "" });
    });

    test("one that takes a param away is refused by name", async () => {
      const release = otherRelease(VERSION, [CONTRACT, STEP, "z.strictObject({ ...one })"]);
      expect(await refusal({ SERVICES: "control", NODE_ID: "newer", ...release })).toBe(
        "Node observer is of another release: orders: retryStep: the param step is gone",
      );
      await eventually(() => observer.nodesOf("contracts").join() === "observer", { within: 30_000 });
    });
  });
});
