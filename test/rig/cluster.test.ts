import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Cluster, type ClusterNode, startCluster } from "../../rig/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { asking } from "../support/http-shop.ts";
import { describeWithServer } from "../support/servers.ts";

jest.setTimeout(240_000);

const SERVERS = ["nats", "redis", "postgres", "mongo", "toxiproxy"] as const;
const QUIET = { LOG_LEVEL: "warn", DEMO: "false", RATE_LIMITS: "false" };
/** What a guest's cart needs. */
const LAYOUT = "api=1,config+products+inventory+pricing+carts+idempotency=2";

/** Whether a process runs; one that has ended and waits to be noticed does not. */
function runs(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

describeWithServer(SERVERS, "a cluster on this machine", () => {
  let cluster: Cluster;
  const newCart = async () => (await asking(cluster.urls[0] as string)("/carts", { json: {} })).status;
  beforeAll(async () => {
    cluster = await startCluster({ layout: LAYOUT, env: QUIET, proxies: true, fsync: "off" });
  });
  afterAll(() => cluster?.stop());

  test("is open when it has started, every node ready", async () => {
    expect(cluster.nodes.map(({ id }) => id)).toEqual(["api-1", "config-1", "config-2"]);
    expect(await Promise.all(cluster.nodes.map((node) => node.ready()))).toEqual([true, true, true]);
    expect(await newCart()).toBe(201);
  });

  test("goes on without a node that was killed, which comes back under its name", async () => {
    const node = cluster.node("config-1");
    const { pid } = node;
    expect(await node.kill()).toMatchObject({ signal: "SIGKILL" });
    expect([node.running, await node.ready()]).toEqual([false, false]);
    await eventually(async () => (await newCart()) === 201);
    await node.start();
    expect(node.pid).not.toBe(pid);
    expect(await node.ready()).toBe(true);
  });

  test("a node that is paused does not answer until it goes on", async () => {
    const node = cluster.node("config-2");
    node.pause();
    expect(await node.ready()).toBe(false);
    node.resume();
    await eventually(() => node.ready());
  });

  test("the way to a server can be cut, delayed and restored", async () => {
    const mongo = cluster.proxies?.mongo;
    if (!mongo) throw new Error("There are no proxies");
    await mongo.delay(300);
    const before = performance.now();
    expect(await newCart()).toBe(201);
    expect(performance.now() - before).toBeGreaterThan(290);
    await mongo.cut();
    expect(await newCart()).toBeGreaterThanOrEqual(500);
    await mongo.restore();
    await eventually(async () => (await newCart()) === 201);
  });

  test("leaves nothing running when it is stopped, and every node ends in order", async () => {
    const all: { pid: number }[] = [...cluster.nodes, ...Object.values(cluster.servers)];
    const pids = all.map(({ pid }) => pid);
    const ends = cluster.nodes.map((node: ClusterNode) => node.exited());
    await cluster.stop();
    expect(await Promise.all(ends)).toEqual(cluster.nodes.map(() => ({ code: 0, signal: null })));
    expect(pids.filter(runs)).toEqual([]);
  });
});

describeWithServer(SERVERS, "a node that cannot start", () => {
  test("ends the start of the cluster with what it said", async () => {
    await expect(startCluster({ layout: "api=1,ordres=1", env: QUIET, fsync: "off" })).rejects.toThrow(
      /ordres-1 ended with 1:.*there is no service ordres/s,
    );
  });
});

describeWithServer(SERVERS, "npm run cluster", () => {
  let child: ChildProcess | undefined;
  let printed: string;
  /** Runs the command, gathering what it prints. */
  function run(...args: string[]): Promise<number | null> {
    printed = "";
    const started = spawn(process.execPath, [join(import.meta.dirname, "../../bin/cluster.ts"), ...args], {
      env: { ...process.env, ...QUIET },
    });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      stream.on("data", (text) => {
        printed += text;
      });
    }
    return new Promise((resolve) => started.once("close", resolve));
  }
  afterEach(() => child?.kill("SIGKILL"));

  test("prints how to reach the shop, and Ctrl-C stops all of it", async () => {
    const exited = run("--layout", "api=1,config=1", "--port", "0");
    await eventually(() => printed.includes("Ctrl-C") || child?.exitCode !== null, { within: 120_000 });
    const url = /open at (\S+);/.exec(printed)?.[1];
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const pids = [...printed.matchAll(/process (\d+)/g)].map(([, pid]) => Number(pid));
    expect(pids).toHaveLength(6);
    child?.kill("SIGINT");
    expect(await exited).toBe(0);
    expect(pids.filter(runs)).toEqual([]);
  });

  test("refuses a layout that it cannot read in one line", async () => {
    const code = await run("--layout", "api=two");
    expect({ code, printed }).toEqual({ code: 1, printed: expect.stringMatching(/^"api=two" is no part.*\n$/) });
  });
});
