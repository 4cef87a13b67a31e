import { ServiceBroker } from "moleculer";
import { natsOptions } from "../../mixins/nats/nats-servers.ts";
import { SteadyNats } from "../../mixins/nats/nats-transporter.ts";
import { eventually } from "../support/eventually.ts";
import { describeWithServer, startServer, type TestServer } from "../support/servers.ts";

describeWithServer("nats", "calls between nodes when NATS fails", () => {
  let server: TestServer;
  let shop: ServiceBroker;
  let stock: ServiceBroker;
  let ran: number[];
  const gone: string[] = [];
  let counting: PromiseWithResolvers<number> | undefined;

  const node = (nodeID: string) =>
    new ServiceBroker({
      nodeID,
      logger: false,
      requestTimeout: 8_000,
      heartbeatInterval: 1,
      heartbeatTimeout: 2,
      transporter: new SteadyNats(natsOptions(server.url, nodeID)),
    });
  const hold = (n: number, timeout?: number) => shop.call("stock.hold", { n }, timeout ? { timeout } : {});

  beforeEach(async () => {
    server = await startServer("nats");
    ran = [];
    gone.length = 0;
    shop = node("shop");
    stock = node("stock");
    stock.createService({
      name: "stock",
      actions: {
        hold: {
          handler(ctx: { params: { n: number } }) {
            ran.push(ctx.params.n);
            return ctx.params.n;
          },
        },
        count: {
          handler() {
            counting = Promise.withResolvers<number>();
            return counting.promise;
          },
        },
      },
    });
    shop.localBus.on("$node.disconnected", ({ node }: { node: { id: string } }) => gone.push(node.id));
    await Promise.all([shop.start(), stock.start()]);
    await shop.waitForServices("stock");
  });
  afterEach(async () => {
    await Promise.all([shop.stop(), stock.stop()]);
    await server.stop();
  });

  /** The server dies, and both nodes have noticed. */
  async function lose() {
    const noticed = [shop, stock].map(
      (broker) => new Promise((resolve) => broker.localBus.once("$transporter.disconnected", resolve)),
    );
    await server.kill();
    await Promise.all(noticed);
  }

  test("a short loss only delays calls, and each runs once", async () => {
    await lose();
    const calls = Promise.all([1, 2, 3].map((n) => hold(n)));
    await server.restart();
    expect(await calls).toEqual([1, 2, 3]);
    expect(ran.sort()).toEqual([1, 2, 3]);
    expect(await hold(4)).toBe(4);
  });

  test("an answer that is ready while the connection is away arrives when it is back", async () => {
    counting = undefined;
    const answer = shop.call("stock.count");
    await eventually(() => counting);
    await lose();
    (counting as PromiseWithResolvers<number> | undefined)?.resolve(42);
    await server.restart();
    expect(await answer).toBe(42);
  });

  test("a long loss refuses calls at once, in a way that may be repeated, and nodes know each other after it", async () => {
    await lose();
    // The patient ones first, then those that need not wait any more.
    await expect(hold(1)).rejects.toMatchObject({ type: "REQUEST_REJECTED", retryable: true });
    const begin = performance.now();
    await expect(hold(2)).rejects.toMatchObject({ type: "REQUEST_REJECTED" });
    expect(performance.now() - begin).toBeLessThan(1_000);
    expect(shop.transit?.pendingRequests.size).toBe(0);
    await server.restart();
    expect(await eventually(() => hold(3))).toBe(3);
    expect(gone).toEqual([]);
    expect(ran).toEqual([3]);
  });

  test("a call that nobody waits for any more is not run when the connection is back", async () => {
    await lose();
    await expect(hold(1, 100)).rejects.toMatchObject({ type: "REQUEST_TIMEOUT" });
    await server.restart();
    expect(await eventually(() => hold(2))).toBe(2);
    expect(ran).toEqual([2]);
  });

  test("a node stops also while NATS is away", async () => {
    await lose();
    await shop.stop();
    await server.restart();
    await stock.stop();
  });
});
