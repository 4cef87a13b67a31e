import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isFree } from "../../rig/ports.ts";
import { SERVER_KINDS, type ServerKind } from "../../rig/servers.ts";
import { eventually } from "../support/eventually.ts";
import { describeWithServer, startServer, type TestServer } from "../support/servers.ts";

jest.setTimeout(60_000);

/** Keeps something in a server, and says what is there. */
interface Keeping {
  keep(url: string): Promise<unknown>;
  kept(url: string): Promise<unknown>;
}

const KEEPS: Partial<Record<ServerKind, Keeping>> = {
  nats: {
    keep: (url) => natsStream(url, async (manager) => manager.streams.add({ name: "kept", subjects: ["kept"] })),
    kept: (url) => natsStream(url, async (manager) => manager.streams.names().next()),
  },
  postgres: {
    keep: (url) => sql(url, "CREATE TABLE kept AS SELECT 'kept' AS word"),
    kept: (url) => sql(url, "SELECT word FROM kept"),
  },
  mongo: {
    keep: (url) => mongo(url, (words) => words.insertOne({ word: "kept" })),
    kept: (url) => mongo(url, (words) => words.findOne({}, { projection: { _id: 0 } })),
  },
};

async function natsStream<T>(url: string, fn: (manager: import("nats").JetStreamManager) => Promise<T>): Promise<T> {
  const { connect } = await import("nats");
  const connection = await connect({ servers: url });
  try {
    return await fn(await connection.jetstreamManager());
  } finally {
    await connection.close();
  }
}

async function sql(url: string, query: string): Promise<unknown[]> {
  const { Client } = (await import("pg")).default;
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(query)).rows;
  } finally {
    await client.end();
  }
}

async function mongo<T>(url: string, fn: (words: import("mongodb").Collection) => Promise<T>): Promise<T> {
  const { MongoClient } = await import("mongodb");
  const client = new MongoClient(url);
  try {
    return await fn(client.db().collection("words"));
  } finally {
    await client.close();
  }
}

/** Whether a process runs; one that has ended and waits to be noticed does not. */
function runs(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

for (const kind of SERVER_KINDS) {
  describeWithServer(kind, `a server of kind ${kind}`, () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await startServer(kind);
    });
    const { keep, kept } = KEEPS[kind] ?? {};

    test("is gone after a stop and after a kill, and comes back on the same port with its data", async () => {
      await keep?.(server.url);
      const before = await kept?.(server.url);
      for (const end of ["stop", "kill"] as const) {
        const { pid } = server;
        await server[end]();
        expect(runs(pid)).toBe(false);
        expect(await isFree(server.port)).toBe(true);
        await server.restart();
        expect(server.pid).not.toBe(pid);
        expect(await isFree(server.port)).toBe(false);
        if (kept) expect(await kept(server.url)).toEqual(before);
      }
    });

    test("can be stopped while it is paused", async () => {
      server.pause();
      await server.stop();
      expect(runs(server.pid)).toBe(false);
    });
  });
}

describeWithServer("mongo", "a server of documents", () => {
  test("what it was told just before a kill is there afterwards", async () => {
    const server = await startServer("mongo");
    await mongo(server.url, (words) => words.insertMany(Array.from({ length: 500 }, (_, n) => ({ n }))));
    await server.kill();
    await server.restart();
    expect(await mongo(server.url, (words) => words.countDocuments({ n: { $gte: 0 } }))).toBe(500);
  });
});

describeWithServer(["redis", "postgres"], "a process with servers", () => {
  const script = `
    import { startServer } from ${JSON.stringify(join(import.meta.dirname, "../../rig/servers.ts"))};
    const servers = await Promise.all([startServer("redis"), startServer("postgres")]);
    console.log(JSON.stringify(servers.map(({ pid, folder }) => ({ pid, folder }))));
    setInterval(() => undefined, 1000);`;

  test.each(["SIGKILL", "SIGINT"] as const)("takes them and their data with it when %s ends it", async (signal) => {
    const parent = spawn(process.execPath, ["--input-type=module-typescript", "-e", script]);
    let printed = "";
    parent.stdout.on("data", (text) => {
      printed += text;
    });
    await eventually(() => printed.includes("\n"));
    const servers = JSON.parse(printed) as { pid: number; folder: string }[];
    expect(servers.map(({ pid }) => runs(pid))).toEqual([true, true]);
    parent.kill(signal);
    await eventually(() => servers.every(({ pid, folder }) => !runs(pid) && !existsSync(folder)));
  });
});

describeWithServer("postgres", "a folder with data", () => {
  test("can be taken over at once from whoever was killed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "molecart-"));
    // PostgreSQL runs as somebody else where we are root.
    chmodSync(folder, 0o711);
    try {
      const first = await startServer("postgres", { folder: join(folder, "data"), fsync: "off" });
      await sql(first.url, "CREATE TABLE kept AS SELECT 'kept' AS word");
      process.kill(first.pid, "SIGKILL");
      const second = await startServer("postgres", { folder: join(folder, "data"), fsync: "off" });
      expect(await sql(second.url, "SELECT word FROM kept")).toEqual([{ word: "kept" }]);
      await second.stop();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describeWithServer("redis", "a server that does not start", () => {
  test("says what it printed", async () => {
    await expect(startServer("redis", { args: ["--maxmemory", "plenty"] })).rejects.toThrow(
      /redis does not start.*plenty/s,
    );
  });

  test("on a port that is taken says so, and leaves the other one alone", async () => {
    const first = await startServer("redis");
    await expect(startServer("redis", { port: first.port })).rejects.toThrow(/in use/);
    expect(runs(first.pid)).toBe(true);
    await first.stop();
  });
});

describeWithServer("nats", "a server that is not installed", () => {
  test("is refused with how to install it", async () => {
    const { PATH, MOLECART_SERVERS } = process.env;
    Object.assign(process.env, { PATH: "", MOLECART_SERVERS: "nowhere" });
    try {
      await expect(startServer("toxiproxy")).rejects.toThrow(/toxiproxy is not installed: go install/);
    } finally {
      Object.assign(process.env, { PATH, MOLECART_SERVERS: MOLECART_SERVERS ?? "" });
    }
  });
});
