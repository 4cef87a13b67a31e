import { setTimeout as pause } from "node:timers/promises";
import { Gateways } from "../../chaos/client.ts";
import type { Cluster, ClusterNode } from "../../rig/cluster.ts";
import { makeNode } from "../../rig/cluster-node.ts";
import { rigFolder } from "../../rig/guard.ts";
import { freePort } from "../../rig/ports.ts";
import { newId } from "../../services/shared/ids.ts";
import { address, cartWith, product } from "../support/checkout.ts";
import { eventually } from "../support/eventually.ts";
import { type Observer, observe, openCluster, settled } from "../support/nodes.ts";
import { describeWithServer } from "../support/servers.ts";

jest.setTimeout(120_000);

/** Two gateways, and everything else twice. */
const ALL = "config+users+notifications+idempotency+products+pricing+inventory+carts+orders+payments";
const LAYOUT = `api=2,${ALL}=2`;
const [FIRST, SECOND] = ["config-1", "config-2"];

describeWithServer(["nats", "redis", "postgres", "mongo"], "nodes of a cluster", () => {
  let cluster: Cluster;
  let observer: Observer;
  let sku: string;
  beforeAll(async () => {
    ({ cluster, observer } = await openCluster({ layout: LAYOUT, env: { BALANCING: "shard" } }));
    sku = await product(observer, 100_000);
  });
  const onEnd: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of onEnd.splice(0)) await end();
  });
  afterAll(async () => {
    await observer?.stop();
    await cluster?.stop();
  });

  const known = (...ids: string[]) =>
    eventually(() => observer.nodesOf("carts").join() === ids.join(), { within: 30_000 });

  /** A further node, with the same servers; it is not there before it is started. */
  const another = async (id: string, services: string[], env: Record<string, string> = {}): Promise<ClusterNode> =>
    makeNode({
      id,
      services,
      folder: rigFolder("another"),
      port: await freePort(),
      healthPort: await freePort(),
      whole: false,
      env: { ...cluster.env, RATE_LIMITS: "false", DEMO: "false", LOG_LEVEL: "warn", ...env },
    });

  /** Shoppers who buy again and again until they are told to stop. */
  function crowd(size: number) {
    const begun = performance.now();
    const gateways = new Gateways(cluster.urls, () => performance.now() - begun);
    const answers: number[] = [];
    let open = true;
    const shopper = async (gateway: number) => {
      while (open) {
        const cart = await gateways.ask("POST", "/api/v1/carts", { gateway, json: { lines: [{ sku, quantity: 1 }] } });
        const order = {
          cartId: cart.json.id,
          email: "ada@example.com",
          shippingAddress: address,
          paymentToken: "tok_ok",
        };
        const headers = { "Idempotency-Key": newId() };
        const placed = await gateways.ask("POST", "/api/v1/orders", { gateway: gateway + 1, json: order, headers });
        const read = await gateways.ask("GET", "/api/v1/products", { gateway });
        answers.push(cart.status, placed.status, read.status);
      }
    };
    const shoppers = Array.from({ length: size }, (_, number) => shopper(number));
    return {
      answers,
      gateways,
      /** Resolves when each shopper has been answered some more. */
      some: (more: number) => {
        const enough = answers.length + more;
        return eventually(() => answers.length >= enough, { within: 60_000 });
      },
      async leave() {
        open = false;
        await Promise.all(shoppers);
        gateways.close();
      },
    };
  }

  test("calls are spread evenly over the nodes that offer an action", async () => {
    const counts = await observer.spread(200, "pricing.quote", { lines: [] });
    expect(Object.keys(counts).sort()).toEqual([FIRST, SECOND]);
    for (const count of Object.values(counts)) expect(Math.abs(count - 100)).toBeLessThanOrEqual(5);
  });

  test("a service of the node's own is asked rather than another's", async () => {
    expect(observer.nodesOf("contracts").length).toBe(5);
    expect(await observer.spread(50, "contracts.of", { service: "carts" })).toEqual({ observer: 50 });
  });

  test("sharded by cart, one cart's calls go to one node, and other carts to the other", async () => {
    const carts = await Promise.all(Array.from({ length: 20 }, () => cartWith(observer, sku)));
    const nodes = new Set<string>();
    for (const { id } of carts) {
      const counts = await observer.spread(5, "carts.get", { id });
      expect(Object.values(counts)).toEqual([5]);
      nodes.add(Object.keys(counts)[0] as string);
    }
    expect([...nodes].sort()).toEqual([FIRST, SECOND]);
  });

  test("a node that is killed is left out: what it was asked is asked of another, its carts too", async () => {
    const carts = await Promise.all(Array.from({ length: 10 }, () => cartWith(observer, sku)));
    const hasty = await observe(cluster.env, { NODE_ID: "hasty", BALANCING: "latency" });
    const begun = performance.now();
    const slowest = { ms: 0 };
    let open = true;
    onEnd.push(() => hasty.stop());
    const asking = [observer, hasty].flatMap((one) =>
      carts.map(async ({ id }) => {
        while (open) {
          const asked = performance.now();
          await one.ask("carts.get", { id });
          await one.ask("pricing.quote", { lines: [] });
          slowest.ms = Math.max(slowest.ms, performance.now() - asked);
        }
      }),
    );
    await pause(300);
    await cluster.node(SECOND).kill();
    await known(FIRST);
    open = false;
    await Promise.all(asking);
    expect(slowest.ms).toBeLessThan(15_000);
    expect(performance.now() - begun).toBeLessThan(20_000);
    for (const one of [observer, hasty])
      expect(await one.spread(10, "pricing.quote", { lines: [] })).toEqual({ [FIRST]: 10 });
    await cluster.node(SECOND).start();
    await known(FIRST, SECOND);
    for (const one of [observer, hasty]) {
      await eventually(async () => Object.keys(await one.spread(20, "pricing.quote", { lines: [] })).length === 2);
    }
  });

  test("a node that is frozen is left out until it comes back", async () => {
    cluster.node(FIRST).pause();
    await known(SECOND);
    expect(await observer.spread(10, "pricing.quote", { lines: [] })).toEqual({ [SECOND]: 10 });
    cluster.node(FIRST).resume();
    await known(FIRST, SECOND);
    expect(Object.keys(await observer.spread(20, "pricing.quote", { lines: [] })).sort()).toEqual([FIRST, SECOND]);
  });

  test("services in another mix: a node that comes later gets work, and nothing fails when it goes", async () => {
    const late = await another("late-1", ["orders", "payments"]);
    const shoppers = crowd(4);
    try {
      await late.start();
      await eventually(() => observer.nodesOf("orders").includes("late-1"));
      expect(observer.nodesOf("carts")).toEqual([FIRST, SECOND]);
      const counts = await observer.spread(60, "payments.methods");
      expect(counts).toEqual({ [FIRST]: 20, [SECOND]: 20, "late-1": 20 });
      await shoppers.some(60);
      const staff = observer.as({ userId: newId(), permissions: ["*"] });
      await eventually(async () => {
        const { items } = await staff.call("orders.search", { limit: 20 });
        const lines = await Promise.all(items.map(({ id }) => staff.call("orders.timeline", { id })));
        return lines.some((line) => line.items.some(({ node }) => node === "late-1"));
      });
      expect(await late.stop()).toEqual({ code: 0, signal: null });
      await shoppers.some(30);
    } finally {
      await shoppers.leave();
      await late.kill();
    }
    expect(shoppers.gateways.failed.filter(({ sentOn }) => !sentOn)).toEqual([]);
    expect(shoppers.answers.filter((status) => status >= 300)).toEqual([]);
  });

  test("nodes and gateways that are told to end under load fail no request", async () => {
    const shoppers = crowd(6);
    try {
      for (const id of [SECOND, "api-1"]) {
        await shoppers.some(60);
        expect(await cluster.node(id).stop()).toEqual({ code: 0, signal: null });
        await shoppers.some(60);
        await cluster.node(id).start();
      }
    } finally {
      await shoppers.leave();
    }
    expect(shoppers.gateways.failed.filter(({ sentOn }) => !sentOn)).toEqual([]);
    expect(shoppers.answers.filter((status) => status >= 300)).toEqual([]);
    await settled(observer);
  });

  test("a service that nobody knows ends the start of a node, with one line", async () => {
    const node = await another("typo-1", ["orders", "payment"]);
    await expect(node.start()).rejects.toThrow("typo-1 ended with 1");
    expect(node.output().trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^SERVICES: there is no service payment; known are .*payments/),
    ]);
  });
});
