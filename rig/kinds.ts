import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { findServer, mongoJars, type ServerKind } from "./find.ts";
import { freePort } from "./ports.ts";

export interface ServerOptions {
  /** Where its data lie; a folder of its own that goes with this process, where none is given. */
  folder?: string;
  port?: number;
  /** What clients must know; only PostgreSQL has one (`molecart`) without being told to. */
  password?: string;
  /**
   * `off` is quicker, for who does not need the data after a crash: of the machine (PostgreSQL), of the process (the test
   * double of MongoDB).
   */
  fsync?: "on" | "off";
  /** Another program than the one that `findServer` finds: some other version. */
  program?: string;
  /** Further arguments of the program. */
  args?: readonly string[];
}

/** How to run a server of some kind. */
export interface Launch {
  url: string;
  command: string;
  args: string[];
  uid?: number;
  gid?: number;
  /** The signal that lets it end in order. */
  stopSignal?: NodeJS.Signals;
  /** Resolves when it has answered a real request, rejects when not yet. */
  answers(): Promise<unknown>;
}

type Prepare = (
  at: Required<Pick<ServerOptions, "folder" | "port">> & ServerOptions,
  program: string,
) => Promise<Launch>;

/** Who asks a server of the rig waits no longer than this. */
const PATIENCE = 2_000;

const nats: Prepare = async ({ folder, port, password, args = [] }, command) => {
  // As `deploy/nats.conf` has it; the last file that is named counts.
  const config = join(folder, "nats.conf");
  writeFileSync(config, "max_payload: 8MB\n");
  return {
    url: `nats://${password ? `molecart:${password}@` : ""}127.0.0.1:${port}`,
    command,
    args: [
      ...["-c", config, "-a", "127.0.0.1", "-p", String(port), "-js", "-sd", folder],
      ...(password ? ["--user", "molecart", "--pass", password] : []),
      ...args,
    ],
    async answers() {
      const { connect } = await import("nats");
      const login = password ? { user: "molecart", pass: password } : {};
      const connection = await connect({ port, ...login, timeout: PATIENCE, reconnect: false });
      try {
        await (await connection.jetstreamManager({ timeout: PATIENCE })).getAccountInfo();
      } finally {
        await connection.close();
      }
    },
  };
};

const redis: Prepare = async ({ folder, port, password, args = [] }, command) => ({
  url: `redis://${password ? `:${password}@` : ""}127.0.0.1:${port}`,
  command,
  args: [
    ...["--bind", "127.0.0.1", "--port", String(port), "--dir", folder, "--save", "", "--appendonly", "no"],
    ...(password ? ["--requirepass", password] : []),
    ...args,
  ],
  async answers() {
    const { Redis } = await import("ioredis");
    const once = { lazyConnect: true, retryStrategy: () => null, commandTimeout: PATIENCE, disconnectTimeout: 100 };
    const client = new Redis({ port, ...(password ? { password } : {}), ...once });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.ping();
    } finally {
      client.disconnect();
    }
  },
});

const postgres: Prepare = async ({ folder, port, password = "molecart", fsync = "on", args = [] }, command) => {
  const user = unprivileged();
  const data = join(folder, "pgdata");
  if (!existsSync(join(data, "PG_VERSION"))) {
    const secret = join(folder, "password");
    writeFileSync(secret, password);
    mkdirSync(data, { recursive: true, mode: 0o700 });
    for (const path of user ? [folder, data, secret] : []) chownSync(path, user?.uid ?? 0, user?.gid ?? 0);
    const login = ["--username=molecart", "--auth=scram-sha-256", `--pwfile=${secret}`];
    const options = [...login, "--encoding=UTF8", "--locale=C", "--no-sync", "-D", data];
    try {
      execFileSync(join(dirname(command), "initdb"), options, { ...user, cwd: folder, stdio: "pipe" });
    } catch (error) {
      throw new Error(`PostgreSQL cannot make its data in ${folder}: ${(error as { stderr?: Buffer }).stderr}`);
    }
  }
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    fsync,
    shared_buffers: "32MB",
    max_connections: "200",
    max_wal_size: "256MB",
  };
  return {
    url: `postgres://molecart:${password}@127.0.0.1:${port}/postgres`,
    command,
    args: ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]), ...args],
    ...user,
    // Those who are connected are sent away; SIGTERM would wait for them.
    stopSignal: "SIGINT",
    async answers() {
      const { Client } = (await import("pg")).default;
      const login = { host: "127.0.0.1", port, user: "molecart", password, database: "postgres" };
      const client = new Client({ ...login, connectionTimeoutMillis: PATIENCE, query_timeout: PATIENCE });
      client.on("error", () => undefined);
      try {
        await client.connect();
        await client.query("SELECT 1");
      } finally {
        await client.end().catch(() => undefined);
      }
    },
  };
};

const mongo: Prepare = async ({ folder, port, fsync, args = [] }, command) => {
  const real = basename(command) === "mongod";
  const url = `mongodb://127.0.0.1:${port}/molecart?directConnection=true${real ? "" : "&retryWrites=false"}`;
  const asMongod = ["--dbpath", folder, "--port", String(port), "--bind_ip", "127.0.0.1", "--replSet", "rs0"];
  const asDouble = () => [
    ...javaOptions(),
    "MongoServer",
    String(port),
    join(folder, "mongo.h2"),
    ...(fsync === "off" ? ["later"] : []),
  ];
  return {
    url,
    command,
    args: [...(real ? asMongod : asDouble()), ...args],
    async answers() {
      const { MongoClient } = await import("mongodb");
      const client = new MongoClient(url, { serverSelectionTimeoutMS: PATIENCE });
      try {
        const admin = client.db("admin");
        if (real) {
          const member = { _id: 0, host: `127.0.0.1:${port}` };
          // It is refused at every start but the first.
          await admin.command({ replSetInitiate: { _id: "rs0", members: [member] } }).catch(() => undefined);
          const { isWritablePrimary } = await admin.command({ hello: 1 });
          if (!isWritablePrimary) throw new Error("The replica set has no primary yet");
        }
        await admin.command({ ping: 1 });
      } finally {
        await client.close();
      }
    },
  };
};

/** Options of Java for the test double of MongoDB, which is compiled where that has not been done. */
function javaOptions(): string[] {
  const jars = mongoJars() as string;
  const sources = ["MongoServer.java", "IndexedDatabase.java", "OrderedIndex.java"].map((name) =>
    join(import.meta.dirname, name),
  );
  const hash = createHash("sha256");
  for (const source of sources) hash.update(readFileSync(source));
  const classes = join(dirname(jars), `classes-${hash.digest("hex").slice(0, 12)}`);
  if (!existsSync(classes)) {
    // Two may do this at once: each finds all classes or none.
    const made = mkdtempSync(join(dirname(jars), "compiling-"));
    execFileSync("javac", ["-nowarn", "-d", made, "-cp", jars, ...sources], { stdio: "pipe" });
    try {
      renameSync(made, classes);
    } catch {
      rmSync(made, { recursive: true });
    }
  }
  return ["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", `${classes}:${jars}`];
}

const toxiproxy: Prepare = async ({ port, args = [] }, command) => ({
  url: `http://127.0.0.1:${port}`,
  command,
  args: ["-host", "127.0.0.1", "-port", String(port), ...args],
  answers: () => ok(`http://127.0.0.1:${port}/version`),
});

const etcd: Prepare = async ({ folder, port, args = [] }, command) => {
  const url = `http://127.0.0.1:${port}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  const clients = ["--listen-client-urls", url, "--advertise-client-urls", url];
  const peers = ["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer];
  return {
    url,
    command,
    args: ["--data-dir", join(folder, "data"), ...clients, ...peers, "--initial-cluster", `default=${peer}`, ...args],
    answers: () => ok(`${url}/health`),
  };
};

async function ok(url: string): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) });
  await answer.text();
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
}

/** Whom a server runs as that refuses to run as root; undefined where we are somebody else already. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8").split("\n");
  const of = (name: string) => users.find((line) => line.startsWith(`${name}:`))?.split(":");
  const user = of("postgres") ?? of("nobody");
  return user && { uid: Number(user[2]), gid: Number(user[3]) };
}

const PREPARE: Readonly<Record<ServerKind, Prepare>> = { nats, redis, postgres, mongo, toxiproxy, etcd };

/** How to run this kind of server there. */
export function prepare(kind: ServerKind, at: Parameters<Prepare>[0]): Promise<Launch> {
  return PREPARE[kind](at, at.program ?? (findServer(kind) as string));
}
