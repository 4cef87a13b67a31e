import { Errors, type ServiceSchema } from "moleculer";
import { isFailure } from "../../mixins/breaker.ts";
import { conflict, unavailable } from "../../services/shared/errors.ts";
import { eventually } from "../support/eventually.ts";
import { type SmallNode, startNode } from "../support/small-cluster.ts";

const away = () => unavailable("BANK_AWAY", "The bank is away");
const OPENS_AFTER = 4;

const options = {
  circuitBreaker: { enabled: true, threshold: 0.5, minRequestCount: OPENS_AFTER, windowTime: 60, halfOpenTime: 50 },
  registry: { stopDelay: 0 },
};

let wires = 0;

describe("a breaker between nodes", () => {
  const nodes: SmallNode[] = [];
  let wire: object;
  let answer: () => unknown;
  beforeEach(() => {
    wire = { ...options, transporter: "Fake", namespace: `breaker-${process.pid}-${wires++}` };
  });
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.stop();
  });

  const join = async (nodeID: string, schemas: ServiceSchema[] = []): Promise<SmallNode> => {
    const node = await startNode(schemas, { ...wire, nodeID });
    nodes.push(node);
    return node;
  };
  const bank = (nodeID = "bank") => join(nodeID, [{ name: "bank", actions: { charge: async () => answer() } }]);
  const customer = async (nodeID: string) => {
    const node = await join(nodeID);
    await node.broker.waitForServices("bank");
    return { node, charge: () => node.call("bank.charge") };
  };
  const failing = async (charge: () => Promise<unknown>) => {
    answer = () => Promise.reject(away());
    for (let time = 0; time < OPENS_AFTER; time++) await expect(charge()).rejects.toMatchObject({ type: "BANK_AWAY" });
  };
  const spared = { name: "ServiceNotAvailableError" };

  test("is each caller's own: who was answered well is not turned away for others", async () => {
    await bank();
    const [one, other] = [await customer("one"), await customer("other")];
    await failing(one.charge);
    await expect(one.charge()).rejects.toMatchObject(spared);
    answer = () => "charged";
    expect(await other.charge()).toBe("charged");
  });

  test("closes when the one that it lets through is refused: that is an answer, too", async () => {
    await bank();
    const { charge } = await customer("one");
    await failing(charge);
    answer = () => Promise.reject(conflict("CARD_DECLINED", "The card was declined"));
    await eventually(() => charge().catch(({ type }) => type === "CARD_DECLINED"));
    await expect(charge()).rejects.toMatchObject({ type: "CARD_DECLINED" });
  });

  test("counts refusals as answers: a few failures among them open nothing", async () => {
    await bank();
    const { charge } = await customer("one");
    answer = () => Promise.reject(conflict("CARD_DECLINED", "The card was declined"));
    for (let time = 0; time < 2 * OPENS_AFTER; time++) await charge().catch(() => undefined);
    await failing(charge);
    await expect(charge()).rejects.toMatchObject({ type: "BANK_AWAY" });
  });

  test("watches a node that was away and is back as the one that it is now", async () => {
    const first = await bank();
    const { charge } = await customer("one");
    answer = () => "charged";
    await charge();
    await first.stop();
    nodes.splice(nodes.indexOf(first), 1);
    await eventually(() =>
      charge().then(
        () => false,
        ({ name }) => name !== "RequestTimeoutError",
      ),
    );
    await bank();
    await eventually(() =>
      charge().then(
        () => true,
        () => false,
      ),
    );
    answer = () => Promise.reject(away());
    await eventually(() => charge().catch(({ name }) => name === spared.name));
  });
});

describe("what says that an action cannot be done", () => {
  const timeout = (action: string) => new Errors.RequestTimeoutError({ action, nodeID: "bank" });

  test("is a failure of its own, such as a server that is away or no answer in time", () => {
    expect(isFailure(away(), "bank.charge")).toBe(true);
    expect(isFailure(timeout("bank.charge"), "bank.charge")).toBe(true);
  });

  test("is neither a refusal, nor the failure of what it calls, nor a crowd at one thing, nor a call that NATS did not take", () => {
    expect(isFailure(conflict("CARD_DECLINED", "The card was declined"), "bank.charge")).toBe(false);
    expect(isFailure(timeout("bank.charge"), "orders.place")).toBe(false);
    expect(isFailure(unavailable("STOCK_BUSY", "Too many write to the stock"), "inventory.hold")).toBe(false);
    expect(isFailure(new Errors.RequestRejectedError({ action: "bank.charge", nodeID: "bank" }), "bank.charge")).toBe(
      false,
    );
    expect(isFailure(new TypeError("undefined is not a function"), "bank.charge")).toBe(false);
  });
});
