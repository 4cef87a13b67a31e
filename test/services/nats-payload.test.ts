import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Loggers, ServiceBroker } from "moleculer";
import { natsOptions } from "../../mixins/nats/nats-servers.ts";
import { SteadyNats } from "../../mixins/nats/nats-transporter.ts";
import { invalid } from "../../services/shared/errors.ts";
import { eventually } from "../support/eventually.ts";
import { folderOfTest } from "../support/process-shop.ts";
import { describeWithServer, startServer, type TestServer } from "../support/servers.ts";

const MORE_THAN_PASSES = "x".repeat(1_100_000);

/** Keeps what is logged at these nodes. */
class Noted extends Loggers.Base<object> {
  readonly lines: string[] = [];
  override getLogHandler() {
    return (type: string, args: unknown[]) => {
      if (["warn", "error", "fatal"].includes(type)) this.lines.push(`${type} ${args.map(String).join(" ")}`);
    };
  }
}

describeWithServer("nats", "what is larger than NATS lets pass", () => {
  let server: TestServer;
  let shop: ServiceBroker;
  let stock: ServiceBroker;
  let ran: string[];
  let logs: Record<string, Noted>;
  let counting: PromiseWithResolvers<string>;
  const config = join(folderOfTest(), "nats.conf");
  const letPass = (size: string) => writeFileSync(config, `max_payload: ${size}\n`);

  const node = (nodeID: string) => {
    const log = new Noted();
    logs[nodeID] = log;
    return new ServiceBroker({
      nodeID,
      logger: log as never,
      requestTimeout: 8_000,
      retryPolicy: { enabled: true, retries: 3, delay: 5, check: (error) => "retryable" in error && !!error.retryable },
      transporter: new SteadyNats(natsOptions(server.url, nodeID)),
    });
  };
  const count = (more: object = {}) => shop.call("stock.count", { n: "1", ...more });

  const start = async (size: string) => {
    letPass(size);
    server = await startServer("nats", { args: ["-c", config] });
    ran = [];
    logs = {};
    counting = Promise.withResolvers<string>();
    [shop, stock] = [node("shop"), node("stock")];
    const running = <T>(name: string, result: () => T) => ({
      handler() {
        ran.push(name);
        return result();
      },
    });
    stock.createService({
      name: "stock",
      events: { "stock.told": () => undefined },
      actions: {
        count: running("count", () => 7),
        list: running("list", () => MORE_THAN_PASSES),
        slow: running("slow", () => counting.promise),
        check: running("check", () => {
          throw invalid(Array.from({ length: 30_000 }, (_, at) => ({ path: ["lines", at], message: "Too many" })));
        }),
      },
    });
    await Promise.all([shop.start(), stock.start()]);
    await shop.waitForServices("stock");
  };
  afterEach(async () => {
    await Promise.all([shop.stop(), stock.stop()]);
    await server.stop();
  });

  test("a request is refused at once as too large, and nobody waits for an answer to it", async () => {
    await start("1MB");
    await expect(count({ note: MORE_THAN_PASSES })).rejects.toMatchObject({
      code: 413,
      type: "REQUEST_TOO_LARGE",
      retryable: false,
    });
    expect(shop.transit?.pendingRequests.size).toBe(0);
    expect(await count()).toBe(7);
    expect(ran).toEqual(["count"]);
  });

  test("an answer is told to be too large, once, and the log says whose it was", async () => {
    await start("1MB");
    await expect(shop.call("stock.list")).rejects.toMatchObject({
      code: 500,
      type: "ANSWER_TOO_LARGE",
      retryable: false,
    });
    expect(ran).toEqual(["list"]);
    expect(logs.stock?.lines).toEqual([expect.stringMatching(/^warn The answer of stock\.list to shop .* 1048576/)]);
  });

  test("a refusal goes without its details, and the node that refuses lives on", async () => {
    await start("1MB");
    await expect(shop.call("stock.check")).rejects.toMatchObject({ code: 422, type: "VALIDATION_ERROR" });
    expect(ran).toEqual(["check"]);
    expect(await count()).toBe(7);
  });

  test("a hint is dropped with a word in the log", async () => {
    await start("1MB");
    await shop.broadcast("stock.told", { note: MORE_THAN_PASSES });
    expect(logs.shop?.lines).toEqual([expect.stringMatching(/^warn The event stock\.told /)]);
    expect(await count()).toBe(7);
  });

  test("what waits for a lost connection takes nothing else with it, where less passes when it is back", async () => {
    await start("4MB");
    const slow = shop.call("stock.slow");
    await eventually(() => ran.includes("slow"));
    const noticed = [shop, stock].map(
      (broker) => new Promise((resolve) => broker.localBus.once("$transporter.disconnected", resolve)),
    );
    await server.kill();
    await Promise.all(noticed);
    const calls = Promise.allSettled([count({ note: MORE_THAN_PASSES }), count(), slow]);
    counting.resolve(MORE_THAN_PASSES);
    letPass("1MB");
    await server.restart();
    expect(await calls).toMatchObject([
      { reason: { type: "REQUEST_TOO_LARGE" } },
      { value: 7 },
      { reason: { type: "ANSWER_TOO_LARGE" } },
    ]);
    expect(ran).toEqual(["slow", "count"]);
  });
});
