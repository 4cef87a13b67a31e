import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startChild } from "../../rig/child.ts";
import { findServer } from "../../rig/find.ts";
import { freePort } from "../../rig/ports.ts";
import { eventually } from "../support/eventually.ts";
import { QUIET } from "../support/nodes.ts";
import { folderOfTest, launch } from "../support/process-shop.ts";
import { describeWithServer } from "../support/servers.ts";

jest.setTimeout(120_000);

const SECRET = "s3cret-of-the-server";

describeWithServer("nats", "a node of a NATS that wants to know who comes", () => {
  /** A server with its own arguments; it is there when its port is open. */
  async function natsWith(args: string[]): Promise<{ port: number; stop(): Promise<unknown> }> {
    const [port, folder] = [await freePort(), folderOfTest()];
    const child = await startChild({
      command: findServer("nats") as string,
      args: ["-a", "127.0.0.1", "-p", String(port), "-js", "-sd", join(folder, "data"), ...args],
      log: join(folder, "log"),
    });
    await eventually(() => child.output().includes("Server is ready"));
    return { port, stop: () => child.stop() };
  }

  const start = (env: Record<string, string>, healthPort: number) =>
    launch("start", [], {
      ...QUIET,
      SECRET_KEY: "a secret that every node of these tests knows",
      PUBLIC_URL: "http://localhost:3000",
      SERVICES: "control",
      DATA_DIR: folderOfTest(),
      HEALTH_PORT: String(healthPort),
      ...env,
    });
  const isReady = async (port: number) => (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok;

  /** Two of them become ready, and end in order. */
  async function bothRun(transporter: string, env: Record<string, string> = {}): Promise<void> {
    const ports = [await freePort(), await freePort()];
    const nodes = ports.map((port) => start({ TRANSPORTER: transporter, NODE_ID: `node-${port}`, ...env }, port));
    for (const port of ports) await eventually(() => isReady(port), { within: 40_000 });
    for (const { child, exited } of nodes) {
      child.kill("SIGTERM");
      expect(await exited).toMatchObject({ code: 0, stderr: "" });
    }
  }

  test("shows its token to NATS, and is refused with another", async () => {
    const { port, stop } = await natsWith(["--auth", SECRET]);
    await bothRun(`nats://${SECRET}@127.0.0.1:${port}`);
    const { exited } = start({ TRANSPORTER: `nats://another-token@127.0.0.1:${port}` }, await freePort());
    expect(await exited).toMatchObject({
      code: 1,
      stdout: "",
      stderr: `NATS at 127.0.0.1:${port} refused the token\n`,
    });
    await stop();
  });

  test("speaks TLS to NATS, under an authority of one's own", async () => {
    const folder = folderOfTest();
    const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
    const days = ["-days", "2", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
    openssl("req", "-x509", ...days, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=An authority of one's own");
    openssl("req", "-new", ...days.slice(2), "-keyout", "nats.key", "-out", "nats.csr", "-subj", "/CN=localhost");
    writeFileSync(join(folder, "names"), "subjectAltName=DNS:localhost,IP:127.0.0.1");
    const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names", "-days", "2"];
    openssl("x509", "-req", "-in", "nats.csr", "-out", "nats.pem", ...signed);
    const files = ["--tlscert", join(folder, "nats.pem"), "--tlskey", join(folder, "nats.key")];
    const { port, stop } = await natsWith(["--tls", ...files, "--user", "molecart", "--pass", SECRET]);
    const transporter = `tls://molecart:${SECRET}@localhost:${port}`;
    await bothRun(transporter, { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") });

    const healthPort = await freePort();
    const stranger = start({ TRANSPORTER: transporter }, healthPort);
    await eventually(() => stranger.output.stderr.includes(`NATS at localhost:${port} is not reached`));
    expect(stranger.output.stderr).toMatch(/certificate/);
    expect(await isReady(healthPort)).toBe(false);
    stranger.child.kill("SIGTERM");
    await stranger.exited;
    await stop();
  });
});
