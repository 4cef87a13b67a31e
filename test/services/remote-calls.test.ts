import type { BrokerOptions, CallingOptions, Context, ServiceSchema } from "moleculer";
import { eventually } from "../support/eventually.ts";
import { type SmallNode, startNode } from "../support/small-cluster.ts";

/** Answers only the second time it is asked. */
let asked = 0;
const bank: ServiceSchema = {
  name: "bank",
  actions: {
    charge: () => (++asked === 1 ? new Promise(() => undefined) : "charged"),
    never: () => new Promise(() => undefined),
  },
};
/** Has half a minute itself. */
const buy = {
  timeout: 30_000,
  handler: (ctx: Context) => ctx.call("bank.charge", {}, { caller: "shop" } as CallingOptions),
};
const shop: ServiceSchema = { name: "shop", actions: { buy } };

const together: BrokerOptions = {
  transporter: "Fake",
  namespace: "remote-calls",
  requestTimeout: 100,
  retryPolicy: { enabled: true, retries: 3, delay: 5, check: () => true },
  // Longer than any test: whoever waits for lost answers fails it.
  tracking: { enabled: true, shutdownTimeout: 600_000 },
};

let here: SmallNode;
let there: SmallNode;
beforeAll(async () => {
  there = await startNode([bank], { ...together, nodeID: "there", tracking: { enabled: false } });
  here = await startNode([shop], { ...together, nodeID: "here" });
  await here.broker.waitForServices(["bank"]);
});
afterAll(async () => {
  await there.stop();
});

test("a call whose answer was lost is repeated in its own time, however much its caller has left", async () => {
  expect(await here.call("shop.buy")).toBe("charged");
  expect(asked).toBe(2);
});

test("a node that stops does not wait for answers that were lost", async () => {
  Object.assign(there.broker.transit as object, { sendResponse: async () => undefined });
  await expect(here.call("bank.never", {}, { retries: 0 })).rejects.toMatchObject({ type: "REQUEST_TIMEOUT" });
  await here.stop();
  await eventually(
    () => !there.broker.registry.getNodeList({ onlyAvailable: true }).some(({ id }: { id: string }) => id === "here"),
  );
});
