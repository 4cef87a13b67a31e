import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { addresses, CLUSTER_SERVERS, startServers } from "../../rig/cluster-servers.ts";
import { freePort } from "../../rig/ports.ts";
import { eventually } from "../support/eventually.ts";
import { folderOfTest } from "../support/process-shop.ts";
import { describeWithServer } from "../support/servers.ts";

jest.setTimeout(90_000);

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const manifest = JSON.parse(read("package.json")) as Record<"dependencies" | "optionalDependencies", object>;

/** What the Dockerfile copies from here, as from → to. */
const copies = [...read("Dockerfile").matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, line = ""]) => {
  const words = line.split(" ");
  const target = words.pop() as string;
  return words.map((from) => ({
    from,
    to: target.endsWith("/") ? join(target, from.split("/").pop() as string) : target,
  }));
});

/** What every node of a cluster is told. */
const NODE = { SECRET_KEY: "a secret that every node of these tests knows", PUBLIC_URL: "http://localhost:3000" };

/** What the image holds, in a folder of its own, with the environment that a container of it would have. */
async function unpacked(more: Record<string, string> = {}) {
  const image = folderOfTest();
  for (const { from, to } of copies) {
    mkdirSync(dirname(join(image, to)), { recursive: true });
    cpSync(join(root, from), join(image, to === "." ? from : to), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(image, "node_modules"));
  const PORT = String(await freePort());
  const env = { PATH: "", NODE_ENV: "production", PORT, DATA_DIR: join(image, "data"), RATE_LIMITS: "false", ...more };
  return {
    healthy: () => run(process.execPath, ["deploy/healthy.js"], { cwd: image, env }),
    start() {
      const child = spawn(process.execPath, ["bin/start.ts"], { cwd: image, env, stdio: ["ignore", "pipe", "pipe"] });
      running.add(child);
      let output = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (output += text));
      const exited = new Promise<number | null>((done) => child.on("exit", done));
      void exited.then(() => running.delete(child));
      const ended = exited.then((code) => {
        throw new Error(`It has ended with ${code}:\n${output}`);
      });
      ended.catch(() => undefined);
      return {
        output: () => output,
        /** Waits for it, as long as it runs. */
        until: (look: () => unknown) => Promise.race([ended, eventually(look, { within: 60_000, every: 200 })]),
        stopped: () => {
          child.kill("SIGTERM");
          return exited;
        },
      };
    },
  };
}

const running = new Set<ChildProcess>();
// What a test that has failed leaves.
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});

describe("The image", () => {
  test("copies what is there and what .dockerignore lets through", () => {
    const allowed = read(".dockerignore").match(/(?<=^!).+/gm);
    expect(copies.map(({ from }) => from).filter((from) => !existsSync(join(root, from)))).toEqual([]);
    expect(copies.map(({ from }) => from).filter((from) => !allowed?.includes(from))).toEqual([]);
    expect(allowed?.filter((path) => !copies.some(({ from }) => from === path))).toEqual([]);
  });

  test("has the Node that the shop is made for, and so leaves out the optional packages that bring one", () => {
    const [major] = Object.values(manifest.optionalDependencies).map((version) => String(version).split(".")[0]);
    expect([...read("Dockerfile").matchAll(/^FROM node:(\d+)-slim/gm)].map(([, tag]) => tag)).toEqual([
      major,
      major,
      major,
    ]);
    for (const name of Object.keys(manifest.optionalDependencies)) expect(name).toMatch(/^node-/);
  });

  test("leaves out no package that the shop imports", () => {
    const sources = copies
      .filter(({ from }) => statSync(join(root, from)).isDirectory() && from !== "public")
      .flatMap(({ from }) =>
        readdirSync(join(root, from), { recursive: true, encoding: "utf8" }).map((f) => join(from, f)),
      )
      .filter((file) => file.endsWith(".ts") && file !== "bin/test.ts");
    const imported = ["moleculer.config.ts", "moleculer.cluster.ts", ...sources].flatMap((file) =>
      [...read(file).matchAll(/(?:^import |^[^"'();=]*? from |\bimport\()"([^".][^"]*)"/gm)].map(
        ([, name]) => name as string,
      ),
    );
    const packages = new Set(
      imported
        .filter((name) => !name.startsWith("node:") && !builtinModules.includes(name))
        .map((name) =>
          name
            .split("/")
            .slice(0, name.startsWith("@") ? 2 : 1)
            .join("/"),
        ),
    );
    expect(packages.size).toBeGreaterThan(5);
    expect([...packages].filter((name) => !(name in manifest.dependencies))).toEqual([]);
  });

  test("leaves out no file that a start or a command imports", () => {
    const held = (path: string) => copies.some(({ from }) => path === from || path.startsWith(`${from}/`));
    const commands = ["start", "run", "shop", "audit", "admin", "import", "export", "repl", "backup", "restore"];
    const seen = new Set(commands.map((name) => `bin/${name}.ts`));
    // A set takes in what is added while it is gone through.
    for (const file of seen) {
      for (const [, path = ""] of read(file).matchAll(/(?:\bfrom |\bimport\(|^import )"(\.[^"]+)"/gm)) {
        seen.add(join(dirname(file), path));
      }
    }
    expect(seen.size).toBeGreaterThan(50);
    expect([...seen].filter((file) => !held(file))).toEqual([]);
  });

  test("is enough to run a shop, which its health check finds ready and a stop ends in peace", async () => {
    const { healthy, start } = await unpacked();
    await expect(healthy()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("ECONNREFUSED") });
    const shop = start();
    await shop.until(healthy);
    expect(await shop.stopped()).toBe(0);
  });

  test("is enough to start a node of a cluster, which asks for NATS until it is there", async () => {
    const { start } = await unpacked({
      ...NODE,
      SERVICES: "pricing",
      TRANSPORTER: `nats://127.0.0.1:${await freePort()}`,
    });
    const node = start();
    await node.until(() => /NATS at .* is not reached/.test(node.output()));
    await node.stopped();
  });
});

describeWithServer(CLUSTER_SERVERS, "The image among its servers", () => {
  test("is enough to run every service of a cluster, and to tell what it does", async () => {
    const servers = await startServers({ fsync: "off" });
    const METRICS_PORT = String(await freePort());
    const { healthy, start } = await unpacked({ ...NODE, ...addresses(servers), METRICS_PORT });
    const node = start();
    await node.until(healthy);
    const figures = async () => (await fetch(`http://127.0.0.1:${METRICS_PORT}/metrics`)).text();
    await node.until(async () => /^molecart_events_waiting \d+$/m.test(await figures()));
    expect(await figures()).toMatch(/^moleculer_transit_publish_total\{type="INFO"\} \d+$/m);
    expect(await node.stopped()).toBe(0);
  });
});
