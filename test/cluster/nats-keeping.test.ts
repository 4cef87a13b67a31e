import { connect } from "nats";
import { freePort } from "../../rig/ports.ts";
import { eventually } from "../support/eventually.ts";
import { natsPrograms } from "../support/jetstream.ts";
import { QUIET } from "../support/nodes.ts";
import { folderOfTest, launch } from "../support/process-shop.ts";
import { describeWithServer, startServer, type TestServer } from "../support/servers.ts";

jest.setTimeout(120_000);

describeWithServer("nats", "a node whose events NATS keeps", () => {
  async function start(transporter: string, env: Record<string, string> = {}) {
    const port = await freePort();
    const { child, output, exited } = launch("start", [], {
      ...QUIET,
      TRANSPORTER: transporter,
      SECRET_KEY: "a secret that every node of these tests knows",
      PUBLIC_URL: "http://localhost:3000",
      SERVICES: "control",
      DATA_DIR: folderOfTest(),
      HEALTH_PORT: String(port),
      ...env,
    });
    const ready = async () => (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok;
    const end = async () => {
      child.kill("SIGTERM");
      expect(await exited).toMatchObject({ code: 0 });
    };
    return { output, exited, ready: () => eventually(ready, { within: 40_000 }), end };
  }

  test.each(natsPrograms())(
    "is told what NATS $version cannot promise, and works with it",
    async ({ program, version }) => {
      const server = await startServer("nats", { program });
      const node = await start(server.url);
      await node.ready();
      await node.end();
      const old = /^2\.[0-9]\./.test(version);
      const line = `NATS at 127.0.0.1:${server.port} is of version ${version}: before 2.10 it answers before`;
      expect(node.output.stderr.split("\n").filter(Boolean)).toEqual(old ? [expect.stringContaining(line)] : []);
      await server.stop();
    },
  );

  test("keeps each on as many servers as it is told to", async () => {
    const ports = await Promise.all([1, 2, 3].map(() => freePort()));
    const routes = ports.map((port) => `nats://127.0.0.1:${port}`).join();
    const servers = await Promise.all(
      ports.map((port) => {
        const own = ["--name", `nats-${port}`, "--cluster", `nats://127.0.0.1:${port}`];
        return startServer("nats", { args: [...own, "--cluster_name", "shop", "--routes", routes] });
      }),
    );
    const node = await start(servers.map(({ url }) => url).join(), { NATS_REPLICAS: "3" });
    await node.ready();
    const connection = await connect({ port: (servers[0] as TestServer).port });
    const { streams } = await connection.jetstreamManager();
    const kept = (await streams.list().next()).map(({ config }) => config.num_replicas);
    expect(kept.length).toBeGreaterThan(0);
    expect(new Set(kept)).toEqual(new Set([3]));
    await connection.close();
    await node.end();
    await Promise.all(servers.map((server) => server.stop()));
  });

  test("ends where one server is to keep more than one copy", async () => {
    const server = await startServer("nats");
    const { exited } = await start(server.url, { NATS_REPLICAS: "3" });
    expect(await exited).toMatchObject({
      code: 1,
      stdout: "",
      stderr: `NATS_REPLICAS: NATS at 127.0.0.1:${server.port} is one server, which cannot keep 3 copies\n`,
    });
    await server.stop();
  });
});
