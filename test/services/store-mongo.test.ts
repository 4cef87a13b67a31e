import { setTimeout as after } from "node:timers/promises";
import { z } from "zod";
import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import type { CollectionSpec, Doc } from "../../mixins/store/collection.ts";
import type { MongoCollection } from "../../mixins/store/mongo-collection.ts";
import { typeOf } from "../../services/shared/errors.ts";
import { eventually } from "../support/eventually.ts";
import { nodesWithThings, openMongo } from "../support/mongo.ts";
import { describeWithServer, startServer, type TestServer } from "../support/servers.ts";
import { ids, type Thing, thing, thingSpec } from "../support/store/things.ts";
import { storeConforms } from "../support/store-conformance.ts";

const told = (id: string) => ({ id, name: "thing.changed", payload: { id } });
const PAST = "2020-01-01T00:00:00.000Z";

describeWithServer("mongo", "the store on MongoDB", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer("mongo", { fsync: "off" });
  });

  describe("conforms", () => storeConforms((database) => openMongo(server, database)));

  describe("of several nodes", () => {
    const { nodes, join } = nodesWithThings(() => server);

    test("sixteen at once change one document and tell what came of it: nothing is lost and nothing told twice", async () => {
      const one = await join();
      const two = await join(one.database);
      await one.things.insert(thing("hot"));
      const told: number[] = [];
      const caller = async (at: number) => {
        const { things } = at % 2 ? one : two;
        for (let round = 0; round < 15; round++) {
          await things.change("hot", {}, { $inc: { stock: at } }, ({ stock, rev }) => {
            return [{ id: `hot:${rev}`, name: "thing.changed", payload: { stock } }];
          });
        }
      };
      await Promise.all(Array.from({ length: 16 }, (_, at) => caller(at + 1)));
      for (const { store } of [one, two]) {
        for (const { payload } of await store.storedEvents()) told.push((payload as { stock: number }).stock);
      }
      const hot = await one.things.get("hot");
      expect(hot).toMatchObject({ stock: (15 * (16 * 17)) / 2, rev: 1 + 15 * 16 });
      expect(told).toHaveLength(15 * 16);
      expect(new Set(told).size).toBe(15 * 16);
      expect(Math.max(...told)).toBe(hot?.stock);
    });

    test("due work is claimed by one of them, however many look at once", async () => {
      const one = await join();
      const others = await Promise.all([join(one.database), join(one.database), join(one.database)]);
      await one.things.bulk(Array.from({ length: 40 }, (_, at) => thing(`t${at}`, { dueAt: PAST })));
      const claimed: Thing[] = [];
      const take = async (things: MongoCollection<Thing>) => {
        for (;;) {
          const some = await things.claimDue(60_000, 3);
          if (!some.length) return;
          claimed.push(...some);
        }
      };
      await Promise.all([one, ...others].map(({ things }) => take(things)));
      expect(claimed).toHaveLength(40);
      expect(new Set(ids(claimed)).size).toBe(40);
      expect(claimed.every(({ fence, rev }) => fence === 1 && rev === 2)).toBe(true);
    });

    test("all may start at once on an empty database", async () => {
      const { store, database } = await join();
      await store.db.dropDatabase();
      const all = await Promise.all(Array.from({ length: 6 }, () => openMongo(server, database)));
      nodes.push(...all.map((one) => one.store));
      const collections = all.map((one) => one.store.collection(thingSpec));
      await Promise.all(collections.map((things) => things.ready()));
      await collections[0]?.insert(thing("a", { code: "c" }));
      await expect(collections[1]?.insert(thing("b", { code: "c" }))).rejects.toMatchObject({ type: "THINGS_TAKEN" });
      const indexes = await store.db.collection("things").indexes();
      await collections[2]?.ready();
      expect(await store.db.collection("things").indexes()).toEqual(indexes);
    });

    test("names that could not be reached, and documents that are too large, are refused with a reason", async () => {
      const { things } = await join();
      const holds = { "a.b": { quantity: 1, state: "held" } };
      const name = { code: 400, type: "FIELD_NAME_INVALID" };
      await expect(things.insert(thing("a", { holds }))).rejects.toMatchObject(name);
      await things.insert(thing("a"));
      await expect(things.change("a", {}, { $set: { holds } })).rejects.toMatchObject(name);
      await expect(things.change("a", {}, { $set: { "holds.": 1 } })).rejects.toMatchObject(name);
      const large = { code: 413, type: "DOCUMENT_TOO_LARGE" };
      await expect(things.insert(thing("b", { label: "x".repeat(2 ** 24) }))).rejects.toMatchObject(large);
      await expect(things.bulk([thing("c"), thing("b", { label: "x".repeat(2 ** 24) })])).rejects.toMatchObject(large);
    });

    test("a filter that asks for what is undefined is refused: it would hold for every document", async () => {
      const { things } = await join();
      await things.insert(thing("a"));
      await expect(things.change("a", { fence: undefined }, { $inc: { stock: 1 } })).rejects.toThrow(/undefined/);
      expect(await things.change("a", {}, { $set: { label: undefined, kind: "x" } })).toMatchObject({ kind: "x" });
    });
  });
});

type Note = Doc & { words?: string; size?: number };
const noteSpec = (version: number): CollectionSpec<Note> => ({
  name: "notes",
  version,
  upgrades: { 2: ({ words, ...note }) => ({ ...note, size: String(words).length }) },
  schema: z.looseObject({ id: z.string() }) as unknown as z.ZodType<Note>,
  indexes: [{ keys: ["size"] }],
});

describeWithServer("mongo", "documents of two releases on MongoDB", () => {
  test("what an older node writes during an update is read, changed and found as the newer one knows it", async () => {
    const server = await startServer("mongo", { fsync: "off" });
    const { store: old, folder } = await openMongo(server);
    const before = old.collection(noteSpec(1));
    await before.ready();
    const { store } = await openMongo(server, folder);
    const notes = store.collection(noteSpec(2));
    await notes.ready();

    for (const id of ["a", "b", "c"]) await before.insert({ id, words: "socks" });
    expect(await notes.get("a")).toMatchObject({ v: 2, size: 5, rev: 1 });
    expect(await notes.change("a", { size: 5 }, { $inc: { size: 1 } })).toMatchObject({ v: 2, size: 6, rev: 2 });
    const telling = await notes.change("b", { size: 5 }, { $inc: { size: 2 } }, ({ size }) => [told(`${size}`)]);
    expect(telling).toMatchObject({ v: 2, size: 7 });
    expect(telling).not.toHaveProperty("words");
    await notes.upgradeOlder();
    expect(ids(await notes.find({ size: 5 }, { limit: 9 }))).toEqual(["c"]);
    expect(await before.change("c", {}, { $set: { words: "shoes" } })).toMatchObject({ v: 2 });
    await Promise.all([old.close(), store.close()]);
  });
});

describeWithServer("mongo", "a server of documents that goes away", () => {
  const away = { code: 503, type: "STORE_UNAVAILABLE", retryable: true };

  test("is told as something to try again, and whether it is there is known", async () => {
    const server = await startServer("mongo");
    const { store } = await openMongo(server);
    const things = store.collection(thingSpec);
    await things.ready();
    await things.insert(thing("a"));
    expect(store.connection.healthy()).toBe(true);
    await server.kill();
    await expect(things.get("a")).rejects.toMatchObject(away);
    await expect(things.insert(thing("b"))).rejects.toMatchObject(away);
    await expect(things.change("a", {}, { $inc: { stock: 1 } }, () => [])).rejects.toMatchObject(away);
    await expect(things.claimDue(1_000, 4)).rejects.toMatchObject(away);
    await eventually(() => !store.connection.healthy());
    await server.restart();
    await eventually(() => things.get("a").catch(() => null));
    await eventually(() => store.connection.healthy());
    await store.close();
  });

  test("loses nothing that it answered, and every event of it is told, though it is killed among writers", async () => {
    const server = await startServer("mongo");
    const bus = new Map<string, DurableEvent>();
    const publish = async (events: DurableEvent[]) => {
      for (const event of events) bus.set(event.id, event);
    };
    const { store } = await openMongo(server, undefined, { publish, patience: 300 });
    const things = store.collection(thingSpec);
    await things.ready();
    store.relay.start();
    await things.bulk(Array.from({ length: 4 }, (_, at) => thing(`t${at}`)));

    let writing = true;
    const answered = new Map<string, string>();
    const writer = async (at: number) => {
      for (let round = 0; writing; round++) {
        const [id, key] = [`t${at % 4}`, `w${at}-${round}`];
        const hold = { [`holds.${key}`]: { quantity: 1, state: "held" } };
        const guard = { [`holds.${key}`]: { $exists: false } };
        const events = at % 2 ? [told(key)] : () => [told(key)];
        try {
          if (await things.change(id, guard, { $inc: { stock: 1 }, $set: hold }, events)) answered.set(key, id);
        } catch (error) {
          if (typeOf(error) !== "STORE_UNAVAILABLE") throw error;
          await after(20);
        }
      }
    };
    const writers = Array.from({ length: 8 }, (_, at) => writer(at));
    for (let kill = 0; kill < 2; kill++) {
      const before = answered.size;
      await eventually(() => answered.size > before + 60, { within: 25_000 });
      await server.kill();
      await server.restart();
    }
    const before = answered.size;
    await eventually(() => answered.size > before + 60, { within: 25_000 });
    writing = false;
    await Promise.all(writers);

    const docs = await things.getMany(["t0", "t1", "t2", "t3"]);
    const stored = new Map(docs.flatMap(({ id, holds }) => Object.keys(holds).map((key) => [key, id] as const)));
    for (const [key, id] of answered) expect(stored.get(key)).toBe(id);
    for (const { stock, holds } of docs) expect(stock).toBe(Object.keys(holds).length);
    // Also of writes that happened without an answer.
    await eventually(() => [...stored.keys()].every((key) => bus.has(key)));
    expect([...bus.keys()].filter((key) => !stored.has(key))).toEqual([]);
    await store.close();
  }, 90_000);
});
