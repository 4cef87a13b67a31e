import { MongoClient } from "mongodb";
import type { Cluster } from "../../rig/cluster.ts";
import type { Order } from "../../services/orders/orders.contract.ts";
import { newId } from "../../services/shared/ids.ts";
import { charged, holdCaptures, ordersAsPaid } from "../support/bank.ts";
import { type Attempt, everyItem, signIn } from "../support/buyer.ts";
import { product } from "../support/checkout.ts";
import { eventually } from "../support/eventually.ts";
import { guestsOf, type Wish } from "../support/guests.ts";
import { asked } from "../support/money-databases.ts";
import { type Observer, openCluster, settled } from "../support/nodes.ts";
import { describeWithServer } from "../support/servers.ts";

jest.setTimeout(180_000);

const LAYOUT = "api=2,config+users+idempotency+notifications+products+pricing+inventory=1,carts+orders=2,payments=2";
const FIRST = "carts-1";
/** Longer than a node of payments waits for the bank's answer, shorter than others wait for its heartbeat. */
const UNANSWERED = 3_000;

interface Left {
  _id: string;
  fence: number;
}
interface Operation extends Record<string, unknown> {
  id: string;
  started_at: string;
}

describeWithServer(["nats", "redis", "postgres", "mongo"], "checkouts whose nodes are killed", () => {
  const LEFT = 5;
  const attempts: Attempt[] = [];
  /** What the killed nodes left half done: orders under their lease, and orders whose payment the bank was asked for. */
  let left: { leased: Left[]; asked: string[] };
  let cluster: Cluster;
  let observer: Observer;
  let documents: MongoClient;
  let rare: string;
  let orders: Order[];

  const money = () => cluster.env.POSTGRES_URL as string;
  const staff = () => observer.as({ userId: newId(), permissions: ["*"] });
  const stored = () => documents.db().collection<Left>("orders");

  /** Kills a node of orders that waits for the bank to take the money of what it has confirmed; gives these orders. */
  async function killAmidCapture(): Promise<Left[]> {
    const held = { status: "confirmed", leased: true, "checkout.next": { $ne: null }, "timeline.node": FIRST };
    const goOn = await holdCaptures(money());
    const waiting = await eventually(
      async () => {
        const found = await stored().find(held).toArray();
        return found.length > 0 && found;
      },
      { within: 60_000, every: 5 },
    );
    await cluster.node(FIRST).kill();
    const still = { ...held, $or: waiting.map(({ _id, fence }) => ({ _id, fence })) };
    const left = await stored().find(still).toArray();
    await goOn();
    await cluster.node(FIRST).start();
    return left;
  }

  /** Kills a node of payments that waits for the slow bank; gives the orders of which it has asked. */
  async function killAmidAuthorize(): Promise<string[]> {
    const payments = cluster.node("payments-1");
    const open = async () =>
      (await asked(money(), "select id, started_at from money.operations where state = 'started'")) as Operation[];
    const ofNode = await eventually(
      async () => {
        if ((await open()).length < 2) return false;
        payments.pause();
        const before = new Set((await open()).map(({ id }) => id));
        // The other has given up what stays open for so long.
        const own = await eventually(async () => {
          const left = (await open()).filter(({ id }) => before.has(id));
          return left.every(({ started_at }) => Number(started_at) < Date.now() - UNANSWERED) && left;
        });
        if (own.length === 0) payments.resume();
        return own.length > 0 && new Set(own.map(({ id }) => id));
      },
      { within: 60_000, every: 5 },
    );
    await payments.kill();
    const left = (await open()).filter(({ id }) => ofNode.has(id));
    await payments.start();
    return left.map(({ id }) => id.split(":")[0] as string);
  }

  beforeAll(async () => {
    ({ cluster, observer } = await openCluster({ layout: LAYOUT }));
    documents = await new MongoClient(cluster.env.MONGO_URL as string).connect();
    const guest = guestsOf(cluster.urls);
    const plenty = await product(observer, 1_000);
    rare = await product(observer, LEFT);
    const TOKENS = ["tok_ok", "tok_timeout", "tok_ok", "tok_declined", "tok_ok", "tok_delayed"];
    const wishes: Wish[] = Array.from({ length: 60 }, (_, at) =>
      at % 4 === 3 ? { sku: rare } : { sku: plenty, token: TOKENS[at % TOKENS.length] as string },
    );
    const slow: Wish[] = Array.from({ length: 12 }, () => ({ sku: plenty, token: "tok_timeout" }));
    const shop = async (list: Wish[], size: number) => {
      const buyer = async () => {
        for (let wish = list.shift(); wish; wish = list.shift()) attempts.push(await guest(wish));
      };
      await Promise.all(Array.from({ length: size }, buyer));
    };
    const crowd = shop(wishes, 8);
    await eventually(() => attempts.length >= 6, { within: 60_000, every: 1 });
    const leased = await killAmidCapture();
    const patient = shop(slow, 6);
    left = { leased, asked: await killAmidAuthorize() };
    await Promise.all([crowd, patient]);
    const headers = await signIn(cluster.urls[0] as string, cluster.env.ADMIN_PASSWORD as string);
    const hasEnded = ({ status, payment }: Order) => status === "canceled" || payment.status === "captured";
    orders = await eventually(
      async () => {
        const all = await everyItem<Order>(`${cluster.urls[1]}/api/v1/admin/orders`, headers);
        return all.every(hasEnded) && all;
      },
      { within: 90_000, every: 500 },
    );
    await settled(observer);
  });
  afterAll(async () => {
    await documents?.close();
    await observer?.stop();
    await cluster?.stop();
  });

  test("trap 22: every order ends right, and none that was answered is lost", () => {
    const byId = new Map(orders.map((order) => [order.id, order]));
    for (const { body, answer } of attempts) {
      const { status, body: told } = answer as NonNullable<Attempt["answer"]>;
      const id = (told.id ?? told.orderId) as string;
      const order = byId.get(id);
      const wants = { sku: order?.lines[0]?.sku, token: body.paymentToken };
      expect({ told, order }).toEqual({ told, order: expect.anything() });
      const end = { status: order?.status, reason: order?.reason?.type };
      if (wants.token === "tok_declined") {
        expect([402, 202]).toContain(status);
        expect(end).toEqual({ status: "canceled", reason: "PAYMENT_DECLINED" });
      } else if (wants.sku === rare && status !== 201) {
        expect([409, 202]).toContain(status);
        if (status === 409) expect(end).toEqual({ status: "canceled", reason: "STOCK_INSUFFICIENT" });
      } else {
        expect([201, 202]).toContain(status);
        expect(end).toEqual({ status: "confirmed" });
      }
    }
    expect(attempts).toHaveLength(72);
    expect(orders).toHaveLength(72);
  });

  test("trap 22: what a killed node had begun, another has brought to its end", async () => {
    expect(left.leased).not.toEqual([]);
    expect(left.asked).not.toEqual([]);
    const ids = [...left.leased.map(({ _id }) => _id), ...left.asked];
    expect(orders.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    // Some of them the other node had taken over already before.
    const now = await Promise.all(left.leased.map(({ _id }) => stored().findOne({ _id })));
    expect(now.map((order, at) => (order?.fence ?? 0) > (left.leased[at] as Left).fence)).toContain(true);
  });

  test("trap 5: no step that was repeated undid a good order, and the bank's books are ours", async () => {
    expect(await ordersAsPaid(cluster)).toHaveLength(orders.length);
    for (const { payment } of orders.filter(({ status }) => status === "canceled")) {
      expect(["captured", "authorized", "unknown"]).not.toContain(payment.status);
    }
  });

  test("trap 14: nobody pays for stock that has run out", async () => {
    const wanted = orders.filter(({ lines }) => lines[0]?.sku === rare);
    const got = wanted.filter(({ status }) => status === "confirmed");
    expect(got).toHaveLength(LEFT);
    const theirs = await charged(money());
    for (const { id, status } of wanted) expect(theirs.has(id)).toBe(status === "confirmed");
    const level = await staff().call("inventory.get", { sku: rare });
    expect(level).toMatchObject({ onHand: 0, reserved: 0 });
  });
});
