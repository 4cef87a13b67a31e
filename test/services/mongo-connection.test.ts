import { createServer, type Server, type Socket } from "node:net";
import type { Log } from "../../mixins/log.ts";
import { MongoConnection } from "../../mixins/mongo/mongo-connection.ts";
import { ServerRefusedError } from "../../mixins/servers.ts";
import { freePort } from "../../rig/ports.ts";
import { openProxy } from "../../rig/proxies.ts";
import { eventually } from "../support/eventually.ts";
import { refuseAsMongo } from "../support/refusing-mongo.ts";
import { describeWithServer, startServer } from "../support/servers.ts";

const lines: string[] = [];
const hear = (line: string) => lines.push(line);
const log = () => ({ warn: hear, info: hear }) as unknown as Log;
const ends: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  lines.length = 0;
  for (const end of ends.splice(0)) await end();
});
const connection = (url: string) => {
  const made = new MongoConnection(url, log);
  ends.push(() => made.close());
  return made;
};

describe("a connection to MongoDB", () => {
  const listen = async (hear: (socket: Socket) => void): Promise<number> => {
    const server: Server = createServer((socket) => hear(socket.on("error", () => undefined)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ends.push(() => new Promise((resolve) => server.close(resolve)));
    return (server.address() as { port: number }).port;
  };

  test("ends at once where the server refuses the password, with one line that does not tell it", async () => {
    const port = await listen((socket) => socket.on("data", (message: Buffer) => socket.write(refuseAsMongo(message))));
    const refused = connection(`mongodb://molecart:s3cret@127.0.0.1:${port}/shop`).connect();
    await expect(refused).rejects.toThrow(ServerRefusedError);
    await expect(refused).rejects.toThrow(`MongoDB at 127.0.0.1:${port}/shop refuses us: Authentication failed.`);
    expect(lines).toEqual([]);
  });

  test("that cannot be is refused before anything is tried", () => {
    expect(() => connection("mongodb://")).toThrow(ServerRefusedError);
    expect(() => connection("mongodb://a,b/?directConnection=true")).toThrow(/^MONGO_URL cannot be used: /);
  });

  test("says for each attempt where and why it failed, and nothing of the password; closing ends it", async () => {
    const port = await listen((socket) => socket.destroy());
    const url = `mongodb://molecart:s3cret@127.0.0.1:${port}/?serverSelectionTimeoutMS=50`;
    const waiting = connection(url);
    const end = waiting.connect();
    end.catch(() => undefined);
    await eventually(() => lines.length >= 2);
    expect(waiting.healthy()).toBe(false);
    await waiting.close();
    await expect(end).rejects.toMatchObject({ type: "STORE_UNAVAILABLE" });
    expect(lines[0]).toMatch(new RegExp(`^MongoDB at 127.0.0.1:${port}/molecart cannot be reached: .+ \\(attempt 1, `));
    expect(lines.join()).not.toMatch(/s3cret/);
  });
});

describeWithServer("mongo", "a connection to MongoDB that comes late", () => {
  test("is made when the server is there, to the database of the path", async () => {
    const server = await startServer("mongo", { fsync: "off" });
    const url = new URL(server.url);
    url.searchParams.set("serverSelectionTimeoutMS", "100");
    await server.stop();
    const waiting = connection(url.href);
    const made = waiting.connect();
    await eventually(() => lines.length >= 1);
    await server.restart();
    await made;
    expect(waiting.healthy()).toBe(true);
    expect(waiting.db().databaseName).toBe("molecart");
    await waiting.close();
    expect(waiting.healthy()).toBe(false);
  });
});

describeWithServer(["mongo", "toxiproxy"], "connections to MongoDB that hung", () => {
  test("all serve again once it lets them through, those whose driver finds it no more, too", async () => {
    const [server, toxiproxy] = await Promise.all([startServer("mongo", { fsync: "off" }), startServer("toxiproxy")]);
    const proxy = await openProxy(toxiproxy, { name: "mongo", port: await freePort(), upstream: server.port });
    const url = new URL(server.url);
    url.port = String(proxy.port);
    url.searchParams.set("serverSelectionTimeoutMS", "1000");
    const all = Array.from({ length: 16 }, () => connection(url.href));
    await Promise.all(all.map((one) => one.connect()));
    const ask = (one: MongoConnection) => one.db().command({ ping: 1 });
    const renewed = () => lines.some((line) => line.includes("reached again by a new connection"));
    // A driver that is broken between two of its looks is lost more often than not: of so many, some always are.
    for (let round = 0; round < 20 && !renewed(); round++) {
      await proxy.hang();
      const asked = all.map((one) => ask(one).catch(() => undefined));
      await new Promise((resolve) => setImmediate(resolve));
      await proxy.restore();
      await Promise.all(asked);
      await eventually(() => all.every((one) => one.healthy()));
    }
    expect(renewed()).toBe(true);
    await Promise.all(all.map(ask));
  });
});
