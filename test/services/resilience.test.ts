import type { BrokerOptions } from "moleculer";
import { Errors } from "moleculer";
import { defineService } from "../../services/cluster.ts";
import { defineContract } from "../../services/contract.ts";
import { unavailable } from "../../services/shared/errors.ts";
import { eventually } from "../support/eventually.ts";
import { type SmallNode, startNode } from "../support/small-cluster.ts";

const never = () => new Promise<never>(() => undefined);
const calls = new Map<string, number>();
const counted = (name: string, then: (call: number) => unknown) => () => {
  const call = (calls.get(name) ?? 0) + 1;
  calls.set(name, call);
  return then(call) as never;
};
const away = () => unavailable("BANK_AWAY", "The bank is away");

const kinds = { read: "read", natural: "natural", keyed: { keyedBy: "orderId" }, none: "none" } as const;
const action = (idempotency: (typeof kinds)[keyof typeof kinds], timeout?: number) =>
  ({ summary: "", access: "internal", idempotency, ...(timeout ? { timeout } : {}) }) as const;

const bank = () =>
  defineService(
    defineContract({
      name: "bank",
      actions: {
        read: action(kinds.read, 40),
        natural: action(kinds.natural, 40),
        keyed: action(kinds.keyed, 40),
        charge: action(kinds.none, 40),
        flaky: action(kinds.read),
        flakyCharge: action(kinds.none),
        refuse: action(kinds.read),
        breaking: action(kinds.none, 10),
        recovering: action(kinds.none, 10),
      },
    }),
    {
      actions: {
        read: counted("read", never),
        natural: counted("natural", never),
        keyed: counted("keyed", never),
        charge: counted("charge", never),
        flaky: counted("flaky", (call) => (call < 3 ? Promise.reject(away()) : undefined)),
        flakyCharge: counted("flakyCharge", () => Promise.reject(away())),
        refuse: counted("refuse", () => Promise.reject(new Errors.MoleculerClientError("no", 409, "REFUSED"))),
        breaking: counted("breaking", never),
        recovering: counted("recovering", (call) => (call <= 4 ? never() : undefined)),
      },
    },
  );

const retryable = (error: Error) => (error as { retryable?: boolean }).retryable === true;

const quick = {
  retryPolicy: { enabled: false, retries: 3, delay: 5, factor: 1, maxDelay: 5, check: retryable },
  circuitBreaker: {
    enabled: true,
    threshold: 0.5,
    minRequestCount: 4,
    windowTime: 60,
    halfOpenTime: 50,
    check: (error) => (error as { code?: number }).code !== undefined && (error as { code: number }).code >= 500,
  },
  registry: { stopDelay: 0 },
  // Handlers that hang for ever are not waited for.
  tracking: { enabled: true, shutdownTimeout: 10 },
} satisfies BrokerOptions;

const shapes: [string, () => Promise<{ caller: SmallNode; stop(): Promise<void> }>][] = [
  [
    "within a process",
    async () => {
      const node = await startNode([bank()], quick);
      return { caller: node, stop: () => node.stop() };
    },
  ],
  [
    "from node to node",
    async () => {
      const wire = { ...quick, transporter: "Fake" as const, namespace: `resilience-${process.pid}` };
      const there = await startNode([bank()], { ...wire, nodeID: "there" });
      const here = await startNode([], { ...wire, nodeID: "here" });
      await here.broker.waitForServices("bank");
      const stop = async () => {
        await here.stop();
        await there.stop();
      };
      return { caller: here, stop };
    },
  ],
];

describe.each(shapes)("%s", (_, start) => {
  let caller: SmallNode;
  let stop: () => Promise<void>;
  beforeEach(async () => {
    calls.clear();
    ({ caller, stop } = await start());
  });
  afterEach(() => stop());

  const timeout = { name: "RequestTimeoutError", code: 504 };

  test("trap 31: an unsafe call is not repeated after a time-out, nor after a failure", async () => {
    await expect(caller.call("bank.charge")).rejects.toMatchObject(timeout);
    await expect(caller.call("bank.flakyCharge")).rejects.toMatchObject({ type: "BANK_AWAY" });
    // A repeat would have come by now: those of the safe calls have.
    await expect(caller.call("bank.read")).rejects.toMatchObject(timeout);
    expect(calls.get("read")).toBe(4);
    expect([calls.get("charge"), calls.get("flakyCharge")]).toEqual([1, 1]);
  });

  test("what may be repeated is: reads, natural and keyed calls", async () => {
    await Promise.all(
      ["natural", "keyed"].map((name) => expect(caller.call(`bank.${name}`)).rejects.toMatchObject(timeout)),
    );
    expect([calls.get("natural"), calls.get("keyed")]).toEqual([4, 4]);
    await caller.call("bank.flaky");
    expect(calls.get("flaky")).toBe(3);
  });

  test("a refusal is an answer: it is not repeated and opens no breaker", async () => {
    for (let time = 0; time < 10; time++) {
      await expect(caller.call("bank.refuse")).rejects.toMatchObject({ code: 409, type: "REFUSED" });
    }
    expect(calls.get("refuse")).toBe(10);
  });

  test("trap 31: the breaker sees time-outs, and spares who does not answer", async () => {
    for (let time = 0; time < 4; time++) {
      await expect(caller.call("bank.breaking")).rejects.toMatchObject(timeout);
    }
    for (let time = 0; time < 10; time++) {
      await expect(caller.call("bank.breaking")).rejects.toMatchObject({ code: expect.any(Number), retryable: true });
    }
    expect(calls.get("breaking")).toBeLessThanOrEqual(5);
  });

  test("the breaker lets one through after a while, and closes when that one is answered", async () => {
    for (let time = 0; time < 4; time++) {
      await expect(caller.call("bank.recovering")).rejects.toMatchObject(timeout);
    }
    await expect(caller.call("bank.recovering")).rejects.toMatchObject({ name: "ServiceNotAvailableError" });
    await eventually(() => caller.call("bank.recovering").then(() => true));
    await caller.call("bank.recovering");
  });
});

test("the real options stand as the tests above assume: no retries unless a contract allows them, a breaker that is on", async () => {
  const node = await startNode([]);
  const { retryPolicy, circuitBreaker, requestTimeout, tracking } = node.broker.options;
  expect(retryPolicy).toMatchObject({ enabled: false, retries: 3 });
  expect(circuitBreaker).toMatchObject({ enabled: true, check: expect.any(Function) });
  expect(requestTimeout).toBeGreaterThan(0);
  expect(tracking).toMatchObject({ enabled: true });
  await node.stop();
});
