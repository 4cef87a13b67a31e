import { MongoClient } from "mongodb";
import { DiscardPolicy } from "nats";
import type { Cluster } from "../../rig/cluster.ts";
import { newId } from "../../services/shared/ids.ts";
import { cartWith, place, product } from "../support/checkout.ts";
import { ClusterStreams } from "../support/cluster-streams.ts";
import { eventually } from "../support/eventually.ts";
import { memoryOf } from "../support/memory.ts";
import { type Observer, observe, openCluster, settled } from "../support/nodes.ts";
import { describeWithServer } from "../support/servers.ts";

jest.setTimeout(120_000);

const REST = "config+users+idempotency+products+pricing+inventory+carts+orders+payments";
const LAYOUT = `${REST}=1,notifications=2`;
const MAILERS = ["notifications-1", "notifications-2"];
const EVENT = "stock.changed";

describeWithServer(["nats", "redis", "postgres", "mongo"], "events among processes", () => {
  let cluster: Cluster;
  let observer: Observer;
  let streams: ClusterStreams;
  const onEnd: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    ({ cluster, observer } = await openCluster({ layout: LAYOUT, env: { PUBLIC_URL: "http://localhost:3000" } }));
    streams = new ClusterStreams(cluster.env, EVENT);
  });
  afterEach(async () => {
    for (const end of onEnd.splice(0).reverse()) await end();
    await streams.forget();
  });
  afterAll(async () => {
    await observer?.stop();
    await cluster?.stop();
  });

  const adjust = (sku: string, delta: number) =>
    observer.inside.call("inventory.adjust", { sku, delta, reason: "count" });
  const mailed = async (orderId: string) =>
    (await observer.inside.call("notifications.mailed", { kind: "confirmed", orderIds: [orderId] })).length === 1;

  test("trap 8: nothing is consumed before all services of a node have started, and what was told before is not lost", async () => {
    await Promise.all(MAILERS.map((id) => cluster.node(id).stop()));
    const sku = await product(observer, 10);
    const orders = await Promise.all([1, 2, 3].map(async () => place(observer, (await cartWith(observer, sku)).id)));
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const slow = {
      name: "slow",
      async started() {
        reached.resolve();
        await gate.promise;
      },
    };
    const starting = observe(cluster.env, { NODE_ID: "reader", SERVICES: "notifications" }, [slow]);
    await reached.promise;
    // Whatever else is told finds its way meanwhile.
    await adjust(sku, 5);
    await eventually(async () => (await observer.inside.call("products.offers", { skus: [sku] }))[0]?.available === 12);
    const database = await new MongoClient(cluster.env.MONGO_URL as string).connect();
    expect(await database.db().collection("mails").countDocuments({})).toBe(0);
    await database.close();
    gate.resolve();
    const reader = await starting;
    onEnd.push(() => Promise.all(MAILERS.map((id) => cluster.node(id).start())));
    onEnd.push(() => reader.stop());
    for (const { id } of orders) await eventually(() => mailed(id));
  });

  test("trap 9: events that nobody takes are seen, take no memory, are refused when there are too many, and are not lost", async () => {
    const heard = new Set<string>();
    const first = await streams.listener(({ id }) => void heard.add(id));
    await first.stop();
    const memory = () => cluster.nodes.map(({ pid }) => memoryOf(pid));
    const before = memory();
    const MANY = 8_000;
    const nothing = { sku: "NOBODYS", location: "main", available: 0, rev: 1 };
    for (let batch = 0; batch < MANY; batch += 500) {
      const events = Array.from({ length: 500 }, (_, at) => ({
        id: `unheard:${batch + at}`,
        name: EVENT,
        payload: nothing,
      }));
      await observer.platform.events.publish(events);
    }
    await eventually(async () => (await observer.platform.events.backlog()).waiting >= MANY);
    const { oldest } = await observer.platform.events.backlog();
    await eventually(async () => (await observer.platform.events.backlog()).oldest > oldest);
    // The other groups had them all.
    await eventually(async () => (await observer.platform.events.backlog()).waiting === (await streams.waiting()));
    for (const [at, now] of memory().entries()) expect(now - (before[at] as number)).toBeLessThan(80);

    const bound = await streams.full();
    expect(bound).toBeGreaterThan(0);
    const sku = await product(observer, 0);
    // The shop goes on; what it has to tell stays with its documents.
    for (let delta = 1; delta <= 5; delta++) await adjust(sku, delta);
    await streams.refuses(observer, nothing);
    await streams.limit(bound);
    await eventually(async () => (await observer.inside.call("products.offers", { skus: [sku] }))[0]?.available === 15);
    await streams.listener(({ id }) => void heard.add(id));
    await eventually(async () => heard.size > MANY && (await streams.waiting()) === 0, { within: 60_000 });
    expect(Array.from({ length: MANY }, (_, at) => `unheard:${at}`).filter((id) => !heard.has(id))).toEqual([]);
    await settled(observer);
  });

  test("trap 23: an event that comes before its order can be read waits for it", async () => {
    const sku = await product(observer, 10);
    const placed = await place(observer, (await cartWith(observer, sku)).id);
    await eventually(() => mailed(placed.id));
    const client = await new MongoClient(cluster.env.MONGO_URL as string).connect();
    onEnd.push(() => client.close());
    const orders = client.db().collection<{ _id: string }>("orders");
    const { _id, ...stored } = (await orders.findOne({ _id: placed.id })) ?? {};
    const late = newId();
    const payload = { orderId: late, number: "LATE-ONE" };
    await observer.platform.events.publish([
      {
        id: `${late}:confirmed`,
        name: "order.confirmed",
        payload: { ...payload, status: "confirmed", total: placed.total, customerId: null, email: placed.email },
      },
    ]);
    await eventually(() =>
      MAILERS.some((id) => cluster.node(id).output().includes(`order.confirmed ${late}:confirmed at attempt 2`)),
    );
    expect(await mailed(late)).toBe(false);
    await orders.insertOne({ ...stored, _id: late, number: "LATE-ONE", key: late } as never);
    await eventually(() => mailed(late));
    await orders.deleteOne({ _id: late });
    await settled(observer);
  });

  test("trap 26: an event whose handler throws stays, becomes a dead letter in the end, and is handled when it is sent again", async () => {
    let broken = true;
    const attempts: string[] = [];
    const sku = await product(observer, 0);
    await adjust(sku, 1);
    await settled(observer);
    await streams.listener(({ payload }) => {
      if ((payload as { sku: string }).sku !== sku) return;
      attempts.push((payload as { sku: string }).sku);
      if (broken) throw new Error("The printer is out of paper");
    });
    await eventually(async () => (await streams.waiting()) === 0);
    const [opened] = await observer.platform.events.deadLetters(10);
    expect(opened).toMatchObject({ group: "listener", attempts: 3, error: "The printer is out of paper" });
    expect(attempts).toHaveLength(3);
    expect((await observer.findings()).join()).toMatch(
      /every event is handled.*listener:.* is a dead letter after 3 attempts/,
    );
    broken = false;
    for (const { id } of await observer.platform.events.deadLetters(10)) await observer.platform.events.redrive(id);
    await eventually(() => attempts.length === 4);
    await settled(observer);
  });

  test("trap 32: dead letters are bounded, and an event whose dead letter cannot be stored is not given up", async () => {
    const sku = await product(observer, 0);
    await adjust(sku, 1);
    await settled(observer);
    const dead = (changes: object = {}) =>
      streams.operator(async (manager) => {
        const { config } = await manager.streams.info(streams.deadStream);
        await manager.streams.update(streams.deadStream, { ...config, ...changes });
        return config;
      });
    const { max_bytes, max_msgs, discard } = await dead();
    expect({ bounded: max_bytes > 0, discard }).toEqual({ bounded: true, discard: DiscardPolicy.New });
    await streams.listener(({ payload }) => {
      if ((payload as { sku: string }).sku === sku) throw new Error("The printer is out of paper");
    });
    await eventually(async () => (await observer.platform.events.deadLetters(10)).length === 1);
    await dead({ max_msgs: 1 });
    await adjust(sku, 3);
    await eventually(async () => (await streams.waiting()) === 1);
    const none = { sku: "NOBODYS", location: "main", available: 0, rev: 1 };
    await observer.platform.events.publish([{ id: newId(), name: EVENT, payload: none }]);
    await eventually(async () => (await streams.waiting()) === 1);
    expect(await observer.platform.events.deadLetters(10)).toHaveLength(1);
    await dead({ max_msgs });
    await eventually(async () => (await observer.platform.events.deadLetters(10)).length === 2);
    expect(await streams.waiting()).toBe(0);
    for (const { id } of await observer.platform.events.deadLetters(10)) await observer.platform.events.discard(id);
    await settled(observer);
  });
});
