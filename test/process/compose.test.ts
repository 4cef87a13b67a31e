import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { findTool } from "../../rig/find.ts";
import { readEnvironment } from "../../services/shared/environment.ts";
import { folderOfTest } from "../support/process-shop.ts";
import { describeWithTool } from "../support/servers.ts";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const tool = (name: string) => findTool(name) as string;

/** What of `docker compose config` is looked at here, with every reference resolved. */
interface Container {
  command?: string[];
  environment?: Record<string, string>;
  secrets?: { source: string; target: string }[];
  networks: Record<string, unknown>;
  depends_on?: Record<string, { condition: string }>;
  deploy: { resources: { limits: Record<string, unknown> } };
  healthcheck?: { test: string[]; start_interval?: string };
  ports?: { host_ip?: string; published: string }[];
  volumes?: { type: string; source: string }[];
  container_name?: string;
  restart: string;
  read_only: boolean;
  cap_drop: string[];
  security_opt: string[];
  logging: { options: Record<string, string> };
  stop_grace_period?: string;
}
interface Compose {
  services: Record<string, Container>;
  secrets: Record<string, { file: string }>;
  configs: Record<string, { file: string }>;
  networks: Record<string, { internal?: boolean }>;
  volumes: Record<string, unknown>;
}

const TLS = ["-f", "docker-compose.yml", "-f", "deploy/tls.yml"];

async function composed(args: string[] = [], env: Record<string, string> = {}, profiles = ["*"]): Promise<Compose> {
  const { stdout } = await run(
    tool("docker-compose"),
    [
      "--project-directory",
      root,
      ...args,
      ...profiles.flatMap((one) => ["--profile", one]),
      "config",
      "--format",
      "json",
    ],
    { cwd: root, env: { PATH: process.env.PATH, HOME: folderOfTest(), ...env }, maxBuffer: 1e7 },
  );
  return JSON.parse(stdout) as Compose;
}

/** The secrets as the script makes them in a new checkout. */
function madeSecrets(): string {
  const folder = join(folderOfTest(), "deploy");
  cpSync(join(root, "deploy/secrets.sh"), join(folder, "secrets.sh"));
  execFileSync("bash", [join(folder, "secrets.sh")]);
  return join(folder, "secrets");
}

/** The services that nodes run; `control` is for commands. */
const SERVICES = (/const SERVICES = \[([^\]]+)\]/.exec(read("bin/shop.ts"))?.[1]?.match(/\w+/g) ?? []).filter(
  (name) => name !== "control",
);
const STORES = ["mongo", "postgres", "nats", "redis"];

describeWithTool("docker-compose", "The compose file", () => {
  let compose: Compose;
  let containers: [string, Container][];
  let nodes: [string, Container][];
  const named = (holds: (container: Container, name: string) => boolean) =>
    containers.filter(([name, container]) => holds(container, name)).map(([name]) => name);

  beforeAll(async () => {
    compose = await composed();
    containers = Object.entries(compose.services);
    nodes = containers.filter(([, { environment }]) => environment?.SERVICES);
  });

  test("holds every service of the shop, each under its own name", () => {
    const running = nodes.filter(([name]) => name !== "tools").map(([name, { environment }]) => [name, environment]);
    expect(Object.keys(Object.fromEntries(running)).sort()).toEqual([...SERVICES].sort());
    for (const [name, environment] of running) expect(environment).toMatchObject({ SERVICES: name });
  });

  test("gives each node an environment that it accepts, and no name that it does not know", () => {
    const secrets = madeSecrets();
    const known = new Set(read("services/shared/environment.ts").match(/\b[A-Z]+(_[A-Z]+)*\b/g)).add("NODE_OPTIONS");
    for (const [name, { environment = {}, secrets: mounted = [] }] of nodes) {
      const given = Object.fromEntries(
        Object.entries(environment).map(([key, value]) => [key, value.replace("/run/secrets", secrets)]),
      );
      expect({ name, unknown: Object.keys(given).filter((key) => !known.has(key.replace(/_FILE$/, ""))) }).toEqual({
        name,
        unknown: [],
      });
      expect(readEnvironment(given)).toMatchObject({ SERVICES: environment.SERVICES });
      const files = Object.entries(environment).filter(([key]) => key.endsWith("_FILE"));
      expect(files.map(([, file]) => file).sort()).toEqual(
        mounted.map(({ source }) => `/run/secrets/${source}`).sort(),
      );
    }
  });

  test("lets `.env` choose how nodes find each other, share the work, and what they log", async () => {
    const chosen = {
      DISCOVERER: "etcd",
      ETCD_URL: "http://etcd:2379",
      BALANCING: "shard",
      NAMESPACE: "spring",
      LOG_LEVEL: "warn",
    };
    const { services } = await composed([], chosen);
    for (const [name] of nodes) expect(services[name]?.environment).toMatchObject(chosen);
  });

  test("lets a node collect what it has let go before it would be killed for its memory", () => {
    for (const [name, { environment, deploy }] of nodes) {
      const heap = Number(/^--max-old-space-size=(\d+)$/.exec(environment?.NODE_OPTIONS ?? "")?.[1]) * 2 ** 20;
      const share = heap / Number(deploy.resources.limits.memory);
      expect({ name, fits: share >= 0.4 && share <= 0.65 }).toEqual({ name, fits: true });
    }
  });

  test("has connections for five nodes with money while as many new ones stand beside them, and processes for those", () => {
    const postgres = compose.services.postgres;
    const connections = Number(/max_connections=(\d+)/.exec(`${postgres?.command}`)?.[1]);
    const [, each] = /options\.connections \?\? (\d+)/.exec(read("mixins/sql/postgres-database.ts")) ?? [];
    const schemas = new Set(read("services/payments/payment-desk.ts").match(/platform\.sql\("\w+"\)/g));
    expect(connections).toBeGreaterThan(2 * 5 * schemas.size * Number(each));
    expect(Number(postgres?.deploy.resources.limits.pids)).toBeGreaterThan(connections + 20);
  });

  test("runs what watches the nodes only where asked, and asks every service for its figures", async () => {
    const plain = await composed([], {}, []);
    expect(Object.keys(plain.services).filter((name) => ["grafana", "prometheus", "zipkin"].includes(name))).toEqual(
      [],
    );
    for (const [name] of nodes) expect(plain.services[name]?.environment?.METRICS_PORT ?? "").toBe("");
    const watched = { METRICS_PORT: "9100", ZIPKIN_URL: "http://zipkin:9411" };
    const { services } = await composed([], watched, ["metrics", "tracing"]);
    expect(Object.keys(services)).toEqual(expect.arrayContaining(["grafana", "prometheus", "zipkin"]));
    for (const name of SERVICES) expect(services[name]?.environment).toMatchObject(watched);
    const prometheus = read("observability/prometheus.yml");
    const asked = /names:((?:\s+- \w+)+)\n/.exec(prometheus)?.[1]?.match(/\w+/g);
    expect(asked).toEqual([...SERVICES].sort());
    expect(prometheus).toContain(`port: ${watched.METRICS_PORT}`);
  });

  test("mounts only secrets that the script makes, and files that are there", () => {
    const made = readdirSync(madeSecrets());
    expect(Object.keys(compose.secrets).filter((name) => !made.includes(name))).toEqual([]);
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      expect(file).toBe(join(root, "deploy/secrets", name));
    }
    expect(Object.values(compose.configs).filter(({ file }) => !existsSync(file))).toEqual([]);
  });

  test("leaves no container without a health check, limits, or with rights that it can do without", () => {
    expect(named(({ healthcheck }) => !healthcheck?.test.length)).toEqual([]);
    const LIMITS = ["cpus", "memory", "pids"];
    expect(named(({ deploy }) => !LIMITS.every((limit) => deploy.resources.limits[limit]))).toEqual([]);
    expect(named(({ logging }) => !logging.options["max-size"] || !logging.options["max-file"])).toEqual([]);
    expect(named(({ restart }, name) => restart !== (name === "tools" ? "no" : "unless-stopped"))).toEqual([]);
    expect(named(({ read_only }) => !read_only)).toEqual([]);
    expect(named(({ cap_drop }) => !cap_drop?.includes("ALL"))).toEqual([]);
    expect(named(({ security_opt }) => !security_opt?.includes("no-new-privileges:true"))).toEqual([]);
  });

  test("lets nodes be scaled: none has a name or a port of the host, and only this host reaches the rest", () => {
    expect(named(({ container_name }) => container_name !== undefined)).toEqual([]);
    expect(named(({ ports }) => !!ports?.length)).toEqual(["grafana", "mailpit", "proxy", "zipkin"]);
    for (const [, { ports = [] }] of containers) for (const port of ports) expect(port.host_ip).toBe("127.0.0.1");
  });

  test("keeps data stores away from the edge, and their passwords from who has no business there", () => {
    const on = (network: string) => named(({ networks }) => network in networks);
    expect(on("edge")).toEqual(["proxy"]);
    expect(on("front")).toEqual(["api", "proxy"]);
    expect(on("money")).toEqual(["payments", "postgres"]);
    expect(on("documents")).not.toContain("api");
    expect(Object.keys(compose.networks).filter((name) => !compose.networks[name]?.internal)).toEqual([
      "desk",
      "edge",
      "outside",
    ]);
    expect(on("desk")).toEqual(["grafana", "zipkin"]);
    for (const store of STORES) expect(Object.keys(compose.services[store]?.networks ?? {})).toHaveLength(1);
    const holds = (secret: string) => named(({ secrets = [] }) => secrets.some(({ source }) => source === secret));
    expect(holds("postgres_url")).toEqual(["payments"]);
    expect(holds("mongo_url")).toEqual(on("documents").filter((name) => name !== "mongo"));
    expect(holds("admin_password")).toEqual(["users"]);
  });

  test("waits for health wherever something is needed, and for each store whose address a node has", () => {
    for (const [, { depends_on = {}, environment = {} }] of containers) {
      for (const { condition } of Object.values(depends_on)) expect(condition).toBe("service_healthy");
      const needed = {
        TRANSPORTER_FILE: "nats",
        REDIS_URL_FILE: "redis",
        MONGO_URL_FILE: "mongo",
        POSTGRES_URL_FILE: "postgres",
      };
      for (const [name, store] of Object.entries(needed)) {
        if (name in environment && environment.SERVICES !== "control") expect(Object.keys(depends_on)).toContain(store);
      }
    }
  });

  test("gives nodes longer to stop than their drain takes, and data that must last a volume of its own", () => {
    const shop = read("bin/shop.ts");
    const milliseconds = (name: string) => Number(new RegExp(`${name} = ([\\d_]+)`).exec(shop)?.[1]?.replace("_", ""));
    // The gateway's requests first, then what services have under way.
    const drain = milliseconds("NOTICE") + 2 * milliseconds("PATIENCE");
    expect(drain).toBeGreaterThan(10_000);
    for (const [, { stop_grace_period }] of nodes)
      expect(Number.parseInt(stop_grace_period ?? "0", 10) * 1000).toBeGreaterThan(drain);
    const volumes = containers.flatMap(([, container]) => container.volumes ?? []);
    expect(volumes.map(({ type, source }) => `${type} ${source}`)).toEqual([
      "volume mongo",
      "volume nats",
      "volume postgres",
      "volume prometheus",
    ]);
  });

  test("asks nodes for their health as the image does", () => {
    const check = JSON.parse(/HEALTHCHECK[\s\S]*?CMD (\[.*\])/.exec(read("Dockerfile"))?.[1] ?? "[]") as string[];
    for (const [, { healthcheck }] of nodes) expect(healthcheck?.test).toEqual(["CMD", ...check]);
  });

  test("is public only with a certificate, for the address that mails name", async () => {
    await expect(composed(TLS)).rejects.toThrow(/PUBLIC_URL/);
    const { services } = await composed(TLS, { PUBLIC_URL: "https://shop.example" });
    expect(services.tls?.environment).toEqual({ SITE_ADDRESS: "https://shop.example" });
    expect(services.tls?.ports?.map(({ published }) => published)).toEqual(["80", "443", "443"]);
    expect(services.proxy?.ports ?? []).toEqual([]);
    for (const name of SERVICES) {
      expect(services[name]?.environment).toMatchObject({ PUBLIC_URL: "https://shop.example" });
    }
  });
});

describeWithTool("dclint", "The compose files by the linter", () => {
  test("have nothing to complain of", async () => {
    const files = ["docker-compose.yml", "deploy/tls.yml"];
    await expect(run(tool("dclint"), ["--max-warnings=0", ...files], { cwd: root })).resolves.toBeDefined();
  });
});

describeWithTool("hadolint", "The Dockerfile by the linter", () => {
  test("has nothing to complain of", async () => {
    await expect(run(tool("hadolint"), ["Dockerfile"], { cwd: root })).resolves.toMatchObject({ stdout: "" });
  });
});
