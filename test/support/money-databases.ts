import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { sqlFile } from "../../mixins/embedded/sql-file.ts";
import { SqliteFile } from "../../mixins/embedded/sqlite-file.ts";
import { type PostgresDatabase, postgres } from "../../mixins/sql/postgres-database.ts";
import type { SqlDatabase } from "../../mixins/sql/sql-database.ts";
import { describeWithServer, startServer, type TestServer } from "./servers.ts";
import { temporaryFolder } from "./services.ts";

/** A place for databases, empty at first. */
export interface MoneyPlace {
  /** The databases in it as one node has them. */
  node(): (name: string) => SqlDatabase;
  close(): Promise<void>;
}

/** The same tests on SQLite and on a real PostgreSQL. */
export function onEachDatabase(tests: (newPlace: () => Promise<MoneyPlace>) => void): void {
  describe("on SQLite", () => tests(sqlitePlace));
  describeWithServer("postgres", "on PostgreSQL", () => {
    const server = postgresForAll();
    tests(() => postgresPlace(server()));
  });
}

/** A PostgreSQL for the tests of this block; its data survive its own death, not the machine's. */
export function postgresForAll(): () => TestServer {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer("postgres", { fsync: "off" });
  });
  afterAll(() => server?.stop());
  return () => server;
}

async function sqlitePlace(): Promise<MoneyPlace> {
  const folder = temporaryFolder();
  const files: SqliteFile[] = [];
  return {
    node: () =>
      kept((name) => {
        const file = new SqliteFile(join(folder, `${name}.db`));
        files.push(file);
        return sqlFile(file, () => undefined);
      }),
    async close() {
      for (const file of files) await file.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A new database on this server; `url` is its address. */
export async function postgresPlace(
  server: TestServer,
  log: () => { info(...words: unknown[]): void; warn(...words: unknown[]): void } | undefined = () => undefined,
): Promise<MoneyPlace & { url: string }> {
  const url = await newDatabase(server);
  const opened: PostgresDatabase[] = [];
  return {
    url,
    node: () =>
      kept((name) => {
        const database = postgres({ url, name, log });
        opened.push(database);
        return database;
      }),
    async close() {
      await Promise.all(opened.map((database) => database.close()));
    },
  };
}

/** The address of a new, empty database. */
export async function newDatabase(server: TestServer): Promise<string> {
  const name = `t${randomBytes(6).toString("hex")}`;
  await asked(server.url, `create database ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs a statement on a connection of its own. */
export async function asked(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

function kept(open: (name: string) => SqlDatabase): (name: string) => SqlDatabase {
  const known = new Map<string, SqlDatabase>();
  return (name) => {
    const database = known.get(name) ?? open(name);
    known.set(name, database);
    return database;
  };
}

/** What a node does before its services start. */
export async function connected(database: SqlDatabase): Promise<void> {
  if ("connect" in database) await (database as PostgresDatabase).connect();
}
