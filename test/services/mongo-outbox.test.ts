import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import { unavailable } from "../../services/shared/errors.ts";
import { eventually } from "../support/eventually.ts";
import { type MongoStore, nodesWithThings } from "../support/mongo.ts";
import { describeWithServer, startServer, type TestServer } from "../support/servers.ts";
import { thing } from "../support/store/things.ts";

const told = (id: string) => ({ id, name: "thing.changed", payload: { id } });
const PAST = "2020-01-01T00:00:00.000Z";

const busAway = () => unavailable("EVENTS_UNAVAILABLE", "The server of durable events does not answer");

describeWithServer("mongo", "events on the documents that they tell of", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer("mongo", { fsync: "off" });
  });
  const { nodes, join } = nodesWithThings(() => server);
  const outboxes = (store: MongoStore) =>
    store.db.collection("things").countDocuments({ $or: [{ outbox: { $exists: true } }, { outboxAt: { $ne: null } }] });

  test("trap 21: an event of a node that died before it could tell it is told by another", async () => {
    const dying = await join(undefined, { publish: () => new Promise(() => undefined) });
    await dying.things.insert(thing("a"), [told("1")]);
    await dying.things.change("a", {}, { $inc: { stock: 1 } }, ({ rev }) => [told(`2:${rev}`)]);
    const left = nodes.splice(0)[0];
    await left?.connection.close();

    const { store } = await join(dying.database, { patience: 50 });
    store.relay.start();
    await eventually(async () => (await outboxes(store)) === 0);
    expect((await store.storedEvents()).map(({ id }) => id)).toEqual(["1", "2:2"]);
  });

  test("events wait in their outboxes while the bus is away, and are told when it is back", async () => {
    let away = true;
    const bus = new Map<string, DurableEvent>();
    const publish = async (events: DurableEvent[]) => {
      if (away) throw busAway();
      for (const event of events) bus.set(event.id, event);
    };
    const { store, things } = await join(undefined, { publish, patience: 50 });
    store.relay.start();
    for (let at = 0; at < 30; at++) await things.insert(thing(`t${at}`), [told(`${at}`)]);
    await store.idle();
    expect(await outboxes(store)).toBe(30);
    away = false;
    await eventually(async () => bus.size === 30 && (await outboxes(store)) === 0);
  });

  test("events that the bus never takes hold up no others, not even of their own document", async () => {
    const bus = new Set<string>();
    const publish = async (events: DurableEvent[]) => {
      if (events.some(({ id }) => id.startsWith("bad"))) throw new Error("maximum payload exceeded");
      for (const { id } of events) bus.add(id);
    };
    const dying = await join(undefined, { publish: () => new Promise(() => undefined) });
    for (let at = 0; at < 6; at++)
      await dying.things.insert(thing(`bad${at}`), [told(`bad${at}`), told(`beside${at}`)]);
    await dying.things.bulk(
      Array.from({ length: 20 }, (_, at) => thing(`t${at}`)),
      ({ id }) => [told(id)],
    );
    await nodes.splice(0)[0]?.connection.close();

    const { store, things } = await join(dying.database, { publish, patience: 50 });
    store.relay.start();
    await eventually(async () => (await outboxes(store)) === 6);
    expect(bus.size).toBe(26);
    // What is told at once, too.
    await things.insert(thing("late"), [told("bad"), told("late")]);
    await eventually(() => bus.has("late"));
  });

  test("a document stays small while the bus is away, and what was put aside is told when it is back", async () => {
    let away = true;
    const bus = new Set<string>();
    const publish = async (events: DurableEvent[]) => {
      if (away) throw busAway();
      for (const { id } of events) bus.add(id);
    };
    const { store, things } = await join(undefined, { publish, patience: 50 });
    const waiting = async () => {
      const [doc] = await store.db.collection("things").find({}).toArray();
      return (doc?.outbox ?? []).length;
    };
    const aside = () => store.db.collection("things_outbox").countDocuments();
    await things.insert(thing("a"));
    for (let at = 0; at < 250; at++) await things.change("a", {}, { $inc: { stock: 1 } }, [told(`${at}`)]);
    expect(await waiting()).toBe(250);
    const later = { before: new Date(Date.now() + 1_000).toISOString() };
    expect(await things.untold(later)).toEqual({ documents: 1, since: expect.any(String) });
    expect(await things.untold({ ...later, ids: ["b"] })).toEqual({ documents: 0, since: null });
    expect(await things.untold({ before: PAST })).toEqual({ documents: 0, since: null });
    store.relay.start();
    await eventually(async () => (await aside()) === 250 && (await waiting()) === 0);
    expect(await things.untold({ ...later, ids: ["a", "b"] })).toEqual({ documents: 1, since: expect.any(String) });
    for (let at = 250; at < 300; at++) await things.change("a", {}, { $inc: { stock: 1 } }, [told(`${at}`)]);
    away = false;
    await eventually(async () => bus.size === 300 && (await outboxes(store)) + (await aside()) === 0);
    expect(await things.get("a")).toMatchObject({ stock: 300 });
    expect(await things.untold(later)).toEqual({ documents: 0, since: null });
  });

  test("a document whose outbox nobody can empty takes no more events, and says so", async () => {
    const publish = async () => Promise.reject(busAway());
    const { store, things } = await join(undefined, { publish });
    await things.insert(thing("a"), [told("1")]);
    await store.idle();
    const outbox = Array.from({ length: 5_001 }, (_, at) => ({ ...told(`${at}`), payload: "{}", at: PAST }));
    await store.db.collection<{ _id: string }>("things").updateOne({ _id: "a" }, { $set: { outbox } });
    const full = { code: 503, type: "EVENTS_UNPUBLISHED", retryable: true };
    await expect(things.change("a", {}, { $inc: { stock: 1 } }, [told("2")])).rejects.toMatchObject(full);
    expect(await things.change("a", {}, { $inc: { stock: 1 } })).toMatchObject({ stock: 1 });
  });

  test("outboxes are seen by nobody, raise nothing, and are empty in the end", async () => {
    const { store, things } = await join();
    const made = await things.insert(thing("a", { kind: "x", rank: 1 }), [told("1")]);
    const changed = await things.change("a", {}, { $inc: { stock: 1 } }, [told("2")]);
    expect(made).not.toHaveProperty("outbox");
    expect(changed).not.toHaveProperty("outboxAt");
    expect(await things.find({ kind: "x" }, { limit: 2 })).toEqual([changed]);
    await store.idle();
    expect(await outboxes(store)).toBe(0);
    expect(await things.get("a")).toEqual(changed);
    await expect(things.find({ outboxAt: null }, { limit: 1 })).rejects.toThrow(/own field/);
    await expect(things.change("a", {}, { $set: { outbox: [] } })).rejects.toThrow(/own field/);
  });

  test("what still has something to tell is not purged", async () => {
    let away = true;
    const publish = async () => {
      if (away) throw busAway();
    };
    const { store, things } = await join(undefined, { publish, patience: 50 });
    await things.bulk([thing("a", { kind: "x" }), thing("b", { kind: "x" })], ({ id }) =>
      id === "a" ? [told("1")] : [],
    );
    await store.idle();
    expect(await things.purge({ kind: "x" }, 9)).toBe(1);
    expect(await things.purge({ id: "a" }, 1)).toBe(0);
    away = false;
    store.relay.start();
    await eventually(async () => (await outboxes(store)) === 0);
    expect(await things.purge({ kind: "x" }, 9)).toBe(1);
  });
});
