import { MongoClient } from "mongodb";
import { eventually } from "../support/eventually.ts";
import { asked, newDatabase } from "../support/money-databases.ts";
import { QUIET } from "../support/nodes.ts";
import { describeWithServer, startServer, type TestServer } from "../support/servers.ts";
import { startingNodes } from "../support/starting-nodes.ts";

jest.setTimeout(120_000);

interface Named {
  _id: string;
}

describeWithServer(["nats", "postgres", "mongo"], "trap 25: a node on data of a newer release", () => {
  let servers: Record<"nats" | "postgres" | "mongo", TestServer>;
  beforeAll(async () => {
    const [nats, postgres, mongo] = await Promise.all([
      startServer("nats"),
      startServer("postgres", { fsync: "off" }),
      startServer("mongo", { fsync: "off" }),
    ]);
    servers = { nats, postgres, mongo };
  });
  const { node, refusal } = startingNodes(() => ({
    ...QUIET,
    TRANSPORTER: servers.nats.url,
    SECRET_KEY: "a secret that every node of these tests knows",
    PUBLIC_URL: "http://localhost:3000",
  }));

  /** Makes what these services keep, and what a newer release adds to it; gives how all stands before and after a start. */
  async function aroundRefusal<T>(changes: Record<string, string>, add: () => Promise<unknown>, all: () => Promise<T>) {
    const first = await node(changes);
    await eventually(first.ready, { within: 40_000 });
    await first.end();
    await add();
    const before = await all();
    return { line: await refusal(changes), before, after: await all() };
  }

  test("in PostgreSQL a node ends with one line, and changes nothing", async () => {
    const url = await newDatabase(servers.postgres);
    const tables = async () => {
      const columns = "select table_schema, table_name, column_name from information_schema.columns";
      const found = await asked(url, `${columns} where table_schema in ('money', 'sandbox') order by 1, 2, 3`);
      return [...found, ...(await asked(url, "select name from money.kysely_migration order by name"))];
    };
    // Of a newer release, which has taken a table away that this one would make.
    const add = () =>
      asked(
        url,
        `drop table sandbox.webhooks; insert into money.kysely_migration (name, "timestamp") values ('009-later', '')`,
      );
    const { line, before, after } = await aroundRefusal({ SERVICES: "payments", POSTGRES_URL: url }, add, tables);
    expect(line).toBe(
      "The payments were written by a newer release (009-later is not known to this one): use that one",
    );
    expect(before).toContainEqual({ name: "009-later" });
    expect(after).toEqual(before);
  });

  test("in MongoDB a node ends with one line, and changes nothing", async () => {
    const url = new URL(servers.mongo.url);
    url.pathname = "/newer";
    const client = await new MongoClient(url.href).connect();
    const everything = async () =>
      Promise.all(
        (await client.db().collections()).map(async (one) => ({
          name: one.collectionName,
          documents: await one.find().toArray(),
          indexes: (await one.indexes()).map(({ name }) => name).sort(),
        })),
      );
    const add = async () => {
      const [versions, settings] = ["collections", "shopSettings"].map((name) => client.db().collection<Named>(name));
      await versions?.updateOne({ _id: "shopSettings" }, { $set: { version: 99 } });
      await settings?.updateMany({}, { $set: { v: 99, colour: "of a newer release" } });
    };
    const changes = { SERVICES: "config", MONGO_URL: url.href };
    const { line, before, after } = await aroundRefusal(changes, add, everything);
    expect(line).toMatch(/^The shopSettings are of version 99, and this release knows up to \d+: use a newer one$/);
    expect(JSON.stringify(before)).toContain("of a newer release");
    expect(after).toEqual(before);
    await client.close();
  });
});
