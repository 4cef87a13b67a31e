import { MongoClient } from "mongodb";
import type { Cluster } from "../../rig/cluster.ts";
import type { Order } from "../../services/orders/orders.contract.ts";
import { newId } from "../../services/shared/ids.ts";
import { holdCaptures, ordersAsPaid } from "../support/bank.ts";
import { address, cartWith, product } from "../support/checkout.ts";
import { eventually } from "../support/eventually.ts";
import { guestsOf } from "../support/guests.ts";
import { asked } from "../support/money-databases.ts";
import { isTimeout, type Observer, openCluster, settled } from "../support/nodes.ts";
import { describeWithServer } from "../support/servers.ts";

jest.setTimeout(180_000);

const LAYOUT = "api=2,config+users+idempotency+notifications+products+pricing+inventory=1,carts+orders=2,payments=2";
const [FIRST, SECOND] = ["carts-1", "carts-2"] as const;

describeWithServer(["nats", "redis", "postgres", "mongo"], "checkouts among processes", () => {
  let cluster: Cluster;
  let observer: Observer;
  let guest: ReturnType<typeof guestsOf>;
  let documents: MongoClient;
  beforeAll(async () => {
    ({ cluster, observer } = await openCluster({ layout: LAYOUT }));
    guest = guestsOf(cluster.urls);
    documents = await new MongoClient(cluster.env.MONGO_URL as string).connect();
  });
  afterAll(async () => {
    await documents?.close();
    await observer?.stop();
    await cluster?.stop();
  });

  const known = (service: string, ...ids: string[]) =>
    eventually(() => observer.nodesOf(service).join() === ids.join(), { within: 30_000 });
  const money = () => cluster.env.POSTGRES_URL as string;
  const staff = () => observer.as({ userId: newId(), permissions: ["*"] });
  const ordersOf = async (email: string): Promise<Order[]> =>
    (await staff().call("orders.search", { q: email, limit: 100 })).items;
  const timeline = async (id: string) => (await staff().call("orders.timeline", { id })).items;
  const hasEnded = ({ status, payment }: Order) => status === "canceled" || payment.status === "captured";

  /** Transactions that somebody kept open for long while this went on, and how many payments at once waited for the bank. */
  async function watched(work: Promise<unknown>) {
    const transactions: Record<string, unknown>[] = [];
    let providerAsked = 0;
    let going = true;
    const looking = (async () => {
      while (going) {
        const kept = `select application_name, query from pg_stat_activity where datname = current_database()
          and state like 'idle in transaction%' and xact_start < clock_timestamp() - interval '1 s'`;
        transactions.push(...(await asked(money(), kept)));
        const open = await asked(money(), "select id from money.operations where state = 'started'");
        providerAsked = Math.max(providerAsked, open.length);
      }
    })();
    await work.finally(() => {
      going = false;
    });
    await looking;
    return { transactions, providerAsked };
  }

  test("trap 24: forty who buy at once from a slow bank wait as one does, and hold up nobody else", async () => {
    const sku = await product(observer, 1_000);
    const timed = async (token: string, email: string) => {
      const begun = performance.now();
      const { answer } = await guest({ sku, token, email });
      expect([201, 202]).toContain(answer?.status);
      return performance.now() - begun;
    };
    const crowd = (size: number, token: string, email: string) =>
      Promise.all(Array.from({ length: size }, () => timed(token, email)));
    const alone = await timed("tok_timeout", "slow@example.com");
    // What forty at once cost this machine, whatever the bank does.
    const quick = Math.max(...(await crowd(40, "tok_ok", "quick@example.com")));
    const buying = Promise.all([
      crowd(40, "tok_timeout", "slow@example.com"),
      crowd(10, "tok_ok", "quick@example.com"),
    ]);
    const { transactions, providerAsked } = await watched(buying);
    const [slow, others] = await buying;
    expect(transactions).toEqual([]);
    expect(providerAsked).toBeGreaterThanOrEqual(10);
    expect(Math.max(...slow)).toBeLessThan(alone + 3 * quick + 1_000);
    expect(Math.max(...others)).toBeLessThan(3 * quick + 1_000);
    await eventually(async () => (await ordersOf("slow@example.com")).every(({ status }) => status === "confirmed"), {
      within: 30_000,
    });
    await settled(observer);
    await ordersAsPaid(cluster);
  });

  test("trap 10: a node that was frozen past its leases changes nothing any more, and two never work on one order", async () => {
    const sku = await product(observer, 100);
    const email = "frozen@example.com";
    const place = { nodeID: FIRST, caller: "api", timeout: 60_000 };
    // Some wait for the bank to set their money aside, others for it to take it.
    const tokens = ["tok_timeout", "tok_ok", "tok_timeout", "tok_ok", "tok_timeout", "tok_ok"];
    const carts = await Promise.all(tokens.map(() => cartWith(observer, sku)));
    const goOn = await holdCaptures(money());
    const placing = carts.map(({ id: cartId }, at) => {
      const order = { cartId, email, shippingAddress: address, paymentToken: tokens[at] };
      return observer.ask("orders.place", order, { ...place, meta: { idempotencyKey: newId() } }).catch(() => null);
    });
    const leased = documents.db().collection("orders");
    await eventually(async () => (await leased.countDocuments({ email, leased: true })) === 6, { every: 5 });
    await eventually(async () => (await leased.countDocuments({ email, leased: true, status: "confirmed" })) === 3, {
      every: 5,
    });
    cluster.node(FIRST).pause();
    const confirmed = await leased.find({ email, leased: true, status: "confirmed" }).toArray();
    expect(confirmed).toHaveLength(3);
    await goOn();
    await known("orders", SECOND);
    const ended = await eventually(
      async () => {
        const all = await ordersOf(email);
        return all.every(hasEnded) && all;
      },
      { within: 40_000, every: 250 },
    );
    expect(ended.map(({ status }) => status)).toEqual(Array(6).fill("confirmed"));
    const before = await Promise.all(ended.map(({ id }) => timeline(id)));
    cluster.node(FIRST).resume();
    await known("orders", FIRST, SECOND);
    await Promise.all(placing);
    await settled(observer);
    expect(await Promise.all(ended.map(({ id }) => timeline(id)))).toEqual(before);
    for (const lines of before) {
      const nodes = lines.map(({ node }) => node);
      expect(nodes).toEqual([...nodes].sort());
      expect(nodes.at(-1)).toBe(SECOND);
      const done = lines.filter(({ outcome }) => outcome === "done").map(({ step }) => step);
      expect(done).toEqual([...new Set(done)]);
    }
    for (const { _id } of confirmed) {
      const lines = before[ended.findIndex(({ id }) => id === String(_id))] ?? [];
      expect(lines.filter(({ node }) => node === FIRST).map(({ step }) => step)).toEqual(
        expect.arrayContaining(["lock", "hold", "authorize", "commit", "confirm"]),
      );
    }
    await ordersAsPaid(cluster);
  });

  test("trap 31: after a time-out an unsafe call is not made again, elsewhere neither", async () => {
    const carts = () => documents.db().collection("carts").countDocuments();
    const before = await carts();
    cluster.node(FIRST).pause();
    const calls = await Promise.allSettled(
      Array.from({ length: 10 }, () => observer.ask("carts.create", { lines: [] }, { timeout: 500 })),
    );
    const failed = calls.filter((call) => call.status === "rejected");
    cluster.node(FIRST).resume();
    expect(failed).toHaveLength(5);
    expect(failed.every(({ reason }) => isTimeout(reason))).toBe(true);
    // What was on its way is done late, once.
    await eventually(async () => (await carts()) >= before + 10);
    // Nodes take calls as they come: whatever they were sent before is done when they have done these.
    for (let turn = 0; turn < 3; turn++) {
      for (const nodeID of [FIRST, SECOND]) await observer.ask("carts.create", { lines: [] }, { nodeID });
    }
    expect(await carts()).toBe(before + 16);
  });

  test("trap 31: a node that answers nobody in time is spared by others, and asked again when it does", async () => {
    await known("payments", "payments-1", "payments-2");
    cluster.node("payments-1").pause();
    try {
      await Promise.all(Array.from({ length: 60 }, () => observer.ask("payments.methods", {}, { timeout: 400 })));
      const begun = performance.now();
      expect(await observer.spread(20, "payments.methods")).toEqual({ "payments-2": 20 });
      // Every second one would have waited for ten seconds.
      expect(performance.now() - begun).toBeLessThan(5_000);
      expect(observer.nodesOf("payments")).toContain("payments-1");
    } finally {
      cluster.node("payments-1").resume();
    }
    await eventually(async () => "payments-1" in (await observer.spread(4, "payments.methods")), { every: 250 });
  });
});
