import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../../rig/ports.ts";
import { eventually } from "../support/eventually.ts";
import { type Observer, observe, QUIET } from "../support/nodes.ts";
import { folderOfTest, launch } from "../support/process-shop.ts";
import { describeWithServer, startServer, type TestServer } from "../support/servers.ts";

jest.setTimeout(120_000);

describe.each([
  ["redis", "REDIS_URL"],
  ["etcd", "ETCD_URL"],
] as const)("nodes that are listed elsewhere", (kind, variable) => {
  describeWithServer(["nats", kind], `in ${kind}`, () => {
    let nats: TestServer;
    let registry: TestServer;
    let env: Record<string, string>;
    let nodes: Observer[];
    beforeEach(async () => {
      [nats, registry] = await Promise.all([startServer("nats"), startServer(kind)]);
      nodes = [];
      env = {
        TRANSPORTER: nats.url,
        SECRET_KEY: "a secret that every node of these tests knows",
        PUBLIC_URL: "http://localhost:3000",
        DISCOVERER: kind,
        [variable]: registry.url,
      };
    });
    afterEach(async () => {
      for (const node of nodes) await node.stop();
      await Promise.all([nats.stop(), registry.stop()]);
    });

    const join = async (id: string) => nodes.push(await observe(env, { NODE_ID: id }));
    const know = (...ids: string[]) => nodes.every((node) => node.nodesOf("contracts").join() === ids.join());
    const all = (...ids: string[]) => eventually(() => know(...ids), { within: 30_000 });
    const talk = async () => {
      for (const node of nodes) {
        for (const nodeID of node.nodesOf("contracts")) {
          expect(await node.ask("contracts.of", { service: "carts" }, { nodeID })).toMatchObject({ node: nodeID });
        }
      }
    };

    test("find each other, and go on when the list was away and is empty", async () => {
      await join("one");
      await join("two");
      await all("one", "two");
      await talk();
      await registry.kill();
      // Longer than nodes that are not heard of are waited for.
      for (const end = Date.now() + 8_000; Date.now() < end; await pause(200)) {
        expect(know("one", "two")).toBe(true);
        await talk();
      }
      await registry.restart();
      for (const end = Date.now() + 3_000; Date.now() < end; await pause(200)) {
        expect(know("one", "two")).toBe(true);
      }
      await join("three");
      await all("one", "three", "two");
      await talk();
      await registry.kill();
      await nodes.pop()?.stop();
      await all("one", "two");
      await talk();
    });

    /** A node's process, which an error that nobody has handled would end. */
    async function start(id: string) {
      const port = await freePort();
      const { child, output, exited } = launch("start", [], {
        ...QUIET,
        ...env,
        NODE_ID: id,
        SERVICES: "control",
        DATA_DIR: folderOfTest(),
        HEALTH_PORT: String(port),
      });
      const ready = async () => (await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null))?.ok === true;
      const lines = (words: RegExp) => output.stderr.split("\n").filter((line) => words.test(line));
      const end = async () => {
        child.kill("SIGTERM");
        expect(await exited).toMatchObject({ code: 0, signal: null });
      };
      return { ready, lines, end, running: () => child.exitCode === null };
    }

    test("outlive a NATS that comes back while the list is away, and hear each other again", async () => {
      await join("one");
      const two = await start("two");
      await all("one", "two");
      await registry.kill();
      await nats.kill();
      await eventually(() => two.lines(/connection to NATS .* is lost/).length);
      await nats.restart();
      await eventually(() => talk().then(() => true), { within: 30_000 });
      expect(know("one", "two")).toBe(true);
      expect(two.running()).toBe(true);
      await two.end();
    });

    test("wait at their start for a list that is away, say so, and join when it is there", async () => {
      await join("one");
      await registry.kill();
      const late = await start("two");
      await eventually(() => late.lines(/list of nodes .* cannot be read/).length > 1, { within: 30_000 });
      expect(await late.ready()).toBe(false);
      await registry.restart();
      await eventually(late.ready, { within: 40_000 });
      await all("one", "two");
      await talk();
      await late.end();
    });
  });
});
