import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { type Cluster, type ClusterNode, startCluster } from "../rig/cluster.ts";
import { SMALL, WIDE } from "../rig/layout.ts";
import { readArguments } from "./arguments.ts";

const USAGE = `npm run cluster -- [--small | --layout api=2,products=3,carts+orders=2] [--port 3000] [--data FOLDER]`;

/**
 * `npm run cluster`: NATS, Redis, PostgreSQL and MongoDB as found on the machine, and several node processes per service
 * on them, until Ctrl-C.
 */
const { values } = readArguments(USAGE, 0, {
  layout: { type: "string" },
  small: { type: "boolean", default: false },
  port: { type: "string", default: "3000" },
  data: { type: "string" },
});
const port = Number(values.port);
const folder = values.data === undefined ? undefined : resolve(values.data);
if (folder) mkdirSync(folder, { recursive: true });

let cluster: Cluster | undefined;
let asked = 0;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // npm passes on the Ctrl-C that the terminal has sent already. What ends at once takes all nodes with it.
    if (!cluster || (asked && Date.now() - asked > 500)) process.exit(130);
    if (asked) return;
    asked = Date.now();
    console.log("Stopping the nodes, then the servers; the same again ends all at once.");
    cluster.stop().then(
      () => process.exit(0),
      (error) => fail(error),
    );
  });
}

try {
  cluster = await startCluster({
    layout: values.layout ?? (values.small ? SMALL : WIDE),
    ports: port ? Array.from({ length: 10 }, (_, n) => port + n) : [],
    tell: (line) => console.log(line),
    ...(folder ? { folder } : {}),
  });
} catch (error) {
  fail(error);
}
for (const node of cluster.nodes) void watch(node);
console.log(greeting(cluster));
// The children alone do not keep this process running.
setInterval(() => undefined, 2 ** 30);

function greeting({ urls, nodes, env, servers }: Cluster): string {
  const width = Math.max(...nodes.map(({ id }) => id.length));
  return [
    "",
    ...nodes.map(({ id, pid, health, url }) => {
      return `${id.padEnd(width)}  process ${pid}  ${health}/health/ready${url ? `  shop ${url}` : ""}`;
    }),
    ...Object.values(servers).map(({ kind, pid, port }) => `${kind.padEnd(width)}  process ${pid}  port ${port}`),
    "",
    "Commands join the cluster with this environment, as in `npm run audit`:",
    ...Object.entries(env)
      .filter(([name]) => name !== "ADMIN_PASSWORD")
      .map(([name, value]) => `export ${name}='${value}'`),
    "",
    `Administrator ${env.ADMIN_EMAIL ?? "admin@example.com"}, password ${env.ADMIN_PASSWORD}`,
    urls.length ? `Molecart is open at ${urls.join(" and ")}; Ctrl-C stops it.` : "Ctrl-C stops the nodes.",
  ].join("\n");
}

/** Tells when a node ends that nobody has stopped. */
async function watch(node: ClusterNode): Promise<void> {
  const { code, signal } = await node.exited();
  if (!asked)
    console.error(`${node.id} has ended (${code ?? signal}); its last words:\n${node.output().slice(-2_000)}`);
}

/** What could not start says why; where in our code that came up helps nobody. */
function fail(error: unknown): never {
  console.error((error as Error).message);
  process.exit(1);
}
