import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

export type ServerKind = "nats" | "redis" | "postgres" | "mongo" | "toxiproxy" | "etcd";
export const SERVER_KINDS = ["nats", "redis", "postgres", "mongo", "toxiproxy", "etcd"] as const;

const ROOT = resolve(import.meta.dirname, "..");

/** Where what `rig/install.sh` brings in lies, unless `MOLECART_SERVERS` names another folder. */
export const serversFolder = (): string => resolve(ROOT, process.env.MOLECART_SERVERS || ".servers");

/** How a server that is missing is installed on Debian; `rig/install.sh` does it all. */
const INSTALL: Readonly<Record<ServerKind, string>> = {
  nats: "apt-get install nats-server, or: go install github.com/nats-io/nats-server/v2@v2.11.10",
  redis: "apt-get install redis-server",
  postgres: "apt-get install postgresql",
  mongo:
    "install mongod, or for tests Java 17 and: mvn dependency:get -Dartifact=de.bwaldvogel:mongo-java-server:1.47.0",
  toxiproxy: "go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.5.0, as .servers/bin/toxiproxy-server",
  etcd: "apt-get install etcd-server",
};

/** The program that runs such a server (for the test double of MongoDB, Java), or null. */
export function findServer(kind: ServerKind): string | null {
  switch (kind) {
    case "nats":
      return findTool("nats-server");
    case "redis":
      return findTool("redis-server");
    case "postgres":
      return onPath("postgres") ?? postgresOfDebian();
    case "mongo":
      return onPath("mongod") ?? (mongoJars() ? java() : null);
    case "toxiproxy":
      return findTool("toxiproxy-server");
    case "etcd":
      return findTool("etcd");
  }
}

/** A program of `.servers/bin`, which is the version we chose, or else of the PATH. */
export const findTool = (name: string): string | null => runnable(join(serversFolder(), "bin", name)) ?? onPath(name);

/** What to do about servers that are not here, a line each; empty where all are. */
export function missingServers(kinds: readonly ServerKind[]): string[] {
  return kinds.filter((kind) => !findServer(kind)).map((kind) => `${kind} is not installed: ${INSTALL[kind]}`);
}

/** The class path of the test double of MongoDB, or null where its libraries are not here. */
export function mongoJars(): string | null {
  const folder = join(serversFolder(), "mongo");
  const there = existsSync(folder) && readdirSync(folder).some((file) => file.startsWith("mongo-java-server-h2"));
  return there ? join(folder, "*") : null;
}

/** A program of the PATH, or of where Debian keeps servers. */
export function onPath(name: string): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder);
  for (const folder of [...folders, "/usr/sbin", "/usr/local/sbin"]) {
    const found = runnable(join(folder, name));
    if (found) return found;
  }
  return null;
}

function runnable(file: string): string | null {
  try {
    accessSync(file, constants.X_OK);
    return file;
  } catch {
    return null;
  }
}

/** Debian keeps each major version of PostgreSQL in a folder of its own; the newest is taken. */
function postgresOfDebian(): string | null {
  const base = "/usr/lib/postgresql";
  const versions = existsSync(base) ? readdirSync(base).map(Number).filter(Number.isFinite) : [];
  for (const version of versions.sort((a, b) => b - a)) {
    const found = runnable(join(base, String(version), "bin/postgres"));
    if (found) return found;
  }
  return null;
}

let javaFound: string | null | undefined;
/** Java 17 or later. */
function java(): string | null {
  if (javaFound !== undefined) return javaFound;
  javaFound = null;
  const found = onPath("java");
  try {
    const release = found && execFileSync(found, ["--version"], { encoding: "utf8" });
    if (release && Number(/\s(\d+)[.\s]/.exec(release)?.[1]) >= 17) javaFound = found;
  } catch {
    // An older Java knows no `--version`.
  }
  return javaFound;
}
