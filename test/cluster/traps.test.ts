import { MongoClient } from "mongodb";
import pg from "pg";
import type { Cluster } from "../../rig/cluster.ts";
import type { Order } from "../../services/orders/orders.contract.ts";
import { newId } from "../../services/shared/ids.ts";
import { type Attempt, json, send } from "../support/buyer.ts";
import { address, cartWith, product } from "../support/checkout.ts";
import { eventually } from "../support/eventually.ts";
import { isTimeout, type Observer, openCluster, settled } from "../support/nodes.ts";
import { describeWithServer } from "../support/servers.ts";

jest.setTimeout(180_000);

const LAYOUT = "api=1,config+users+idempotency+notifications+products+pricing+inventory=1,carts+orders=2,payments=2";
const [FIRST, SECOND] = ["carts-1", "carts-2"] as const;

describeWithServer(["nats", "redis", "postgres", "mongo"], "checkouts among processes", () => {
  let cluster: Cluster;
  let observer: Observer;
  let url: string;
  beforeAll(async () => {
    ({ cluster, observer } = await openCluster({ layout: LAYOUT }));
    url = cluster.urls[0] as string;
  });
  afterAll(async () => {
    await observer?.stop();
    await cluster?.stop();
  });

  const known = (service: string, ...ids: string[]) =>
    eventually(() => observer.nodesOf(service).join() === ids.join(), { within: 30_000 });
  const staff = () => observer.as({ userId: newId(), permissions: ["*"] });
  const ordersOf = async (email: string): Promise<Order[]> =>
    (await staff().call("orders.search", { q: email, limit: 100 })).items;
  const timeline = async (id: string) => (await staff().call("orders.timeline", { id })).items;
  const hasEnded = ({ status, payment }: Order) => status === "canceled" || payment.status === "captured";

  /** What the bank has taken and not given back, by order. */
  async function charged(): Promise<Map<string, number>> {
    const client = new pg.Client({ connectionString: cluster.env.POSTGRES_URL as string });
    await client.connect();
    const { rows } = await client.query("select key, captured - refunded as taken, status from sandbox.charges");
    await client.end();
    expect(rows.filter(({ status }) => status === "authorized" || status === "pending")).toEqual([]);
    return new Map(rows.filter(({ taken }) => taken > 0).map(({ key, taken }) => [key.split(":")[0], Number(taken)]));
  }

  /** A guest who orders one of it, with the same key again and again until the shop has answered. */
  async function guest(sku: string, { token = "tok_ok", email = "ada@example.com" } = {}): Promise<Attempt> {
    const again = async <T>(work: () => Promise<T | null>): Promise<T> =>
      eventually(work, { within: 60_000, every: 250 }) as Promise<T>;
    const cartId = await again(async () => {
      const body = JSON.stringify({ lines: [{ sku, quantity: 1 }] });
      const made = await fetch(`${url}/api/v1/carts`, { method: "POST", headers: json, body });
      return made.status === 201 ? ((await made.json()) as { id: string }).id : null;
    });
    const attempt: Attempt = { key: newId(), body: { cartId, email, shippingAddress: address, paymentToken: token } };
    await again(async () => {
      await send(url, attempt);
      const { status = 500, body } = attempt.answer ?? {};
      return status < 500 && body?.code !== "IDEMPOTENCY_IN_PROGRESS";
    });
    return attempt;
  }

  describe("when a node of orders and one of payments are killed", () => {
    const email = "crowd@example.com";
    const LEFT = 5;
    const attempts: Attempt[] = [];
    let rare: string;
    let orders: Order[];
    beforeAll(async () => {
      const plenty = await product(observer, 1_000);
      rare = await product(observer, LEFT);
      const TOKENS = ["tok_ok", "tok_timeout", "tok_ok", "tok_declined", "tok_ok", "tok_delayed"];
      const wishes = Array.from({ length: 48 }, (_, at) =>
        at % 4 === 3 ? { sku: rare, token: "tok_ok" } : { sku: plenty, token: TOKENS[at % TOKENS.length] as string },
      );
      const buyers = Array.from({ length: 8 }, async () => {
        for (let wish = wishes.shift(); wish; wish = wishes.shift())
          attempts.push(await guest(wish.sku, { token: wish.token, email }));
      });
      for (const [answers, id] of [
        [6, FIRST],
        [16, "payments-1"],
      ] as const) {
        await eventually(() => attempts.length >= answers, { within: 60_000, every: 1 });
        await cluster.node(id).kill();
        await cluster.node(id).start();
      }
      await Promise.all(buyers);
      orders = await eventually(
        async () => {
          const all = await ordersOf(email);
          return all.every(hasEnded) && all;
        },
        { within: 90_000, every: 500 },
      );
      await settled(observer);
    });

    test("trap 22: every order ends right, and none that was answered is lost", () => {
      expect(attempts).toHaveLength(48);
      const byId = new Map(orders.map((order) => [order.id, order]));
      for (const { body, answer } of attempts) {
        const { status, body: told } = answer as NonNullable<Attempt["answer"]>;
        const declined = body.paymentToken === "tok_declined";
        expect(declined ? [402, 202] : [201, 202, 409, 422]).toContain(status);
        if (status >= 300) continue;
        const order = byId.get(told.id as string);
        expect(order?.status).toBe(declined ? "canceled" : status === 201 ? "confirmed" : order?.status);
      }
    });

    test("trap 5: no step that was repeated undid a good order, and the bank's books are ours", async () => {
      const confirmed = orders.filter(({ status }) => status === "confirmed");
      const ours = new Map(confirmed.map(({ id, total }) => [id, total.amount]));
      const theirs = await charged();
      const ids = new Set(orders.map(({ id }) => id));
      expect([...theirs].filter(([id]) => ids.has(id)).sort()).toEqual([...ours].sort());
      for (const { payment } of orders.filter(({ status }) => status === "canceled")) {
        expect(["captured", "authorized", "unknown"]).not.toContain(payment.status);
      }
    });

    test("trap 14: nobody pays for stock that has run out", async () => {
      const wanted = orders.filter(({ lines }) => lines[0]?.sku === rare);
      const got = wanted.filter(({ status }) => status === "confirmed");
      expect(got.length).toBeGreaterThan(0);
      expect(got.length).toBeLessThanOrEqual(LEFT);
      const theirs = await charged();
      for (const { id, status } of wanted) expect(theirs.has(id)).toBe(status === "confirmed");
      const level = await staff().call("inventory.get", { sku: rare });
      expect(level).toMatchObject({ onHand: LEFT - got.length, reserved: 0 });
    });
  });

  test("trap 24: forty who buy at once from a slow bank wait as one does, and hold up nobody else", async () => {
    const sku = await product(observer, 1_000);
    const timed = async (token: string, email: string) => {
      const begun = performance.now();
      const { answer } = await guest(sku, { token, email });
      expect([201, 202]).toContain(answer?.status);
      return performance.now() - begun;
    };
    const crowd = (size: number, token: string, email: string) =>
      Promise.all(Array.from({ length: size }, () => timed(token, email)));
    const alone = await timed("tok_timeout", "slow@example.com");
    // What forty at once cost this machine, whatever the bank does.
    const quick = Math.max(...(await crowd(40, "tok_ok", "quick@example.com")));
    const [slow, others] = await Promise.all([
      crowd(40, "tok_timeout", "slow@example.com"),
      crowd(10, "tok_ok", "quick@example.com"),
    ]);
    expect(Math.max(...slow)).toBeLessThan(alone + 3 * quick + 1_000);
    expect(Math.max(...others)).toBeLessThan(3 * quick + 1_000);
    await eventually(async () => (await ordersOf("slow@example.com")).every(({ status }) => status === "confirmed"), {
      within: 30_000,
    });
    await settled(observer);
  });

  test("trap 10: a node that was frozen past its leases changes nothing any more, and two never work on one order", async () => {
    const sku = await product(observer, 100);
    const email = "frozen@example.com";
    const place = { nodeID: FIRST, caller: "api", timeout: 60_000 };
    const wishes = { email, shippingAddress: address, paymentToken: "tok_timeout" };
    const carts = await Promise.all(Array.from({ length: 6 }, () => cartWith(observer, sku)));
    const placing = carts.map(({ id: cartId }) =>
      observer
        .ask("orders.place", { cartId, ...wishes }, { ...place, meta: { idempotencyKey: newId() } })
        .catch(() => null),
    );
    await eventually(async () => (await ordersOf(email)).length === 6, { every: 5 });
    cluster.node(FIRST).pause();
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
    const theirs = await charged();
    for (const { id, total } of ended) expect(theirs.get(id)).toBe(total.amount);
  });

  test("trap 31: after a time-out an unsafe call is not made again, elsewhere neither", async () => {
    const client = await new MongoClient(cluster.env.MONGO_URL as string).connect();
    const carts = () => client.db().collection("carts").countDocuments();
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
    await eventually(async () => (await carts()) === before + 10);
    await client.close();
  });

  test("trap 31: a node that answers nobody in time is spared by others, and asked again when it does", async () => {
    await known("payments", "payments-1", "payments-2");
    cluster.node("payments-1").pause();
    try {
      await Promise.all(Array.from({ length: 60 }, () => observer.ask("payments.methods", {}, { timeout: 400 })));
      const begun = performance.now();
      expect(await observer.spread(20, "payments.methods")).toEqual({ "payments-2": 20 });
      expect(performance.now() - begun).toBeLessThan(400);
      expect(observer.nodesOf("payments")).toContain("payments-1");
    } finally {
      cluster.node("payments-1").resume();
    }
    await eventually(async () => "payments-1" in (await observer.spread(4, "payments.methods")), { every: 250 });
  });
});
