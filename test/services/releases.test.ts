import type { Context, ServiceSchema } from "moleculer";
import { cluster } from "../../services/cluster.ts";
import { type Described, describe as described } from "../../services/contracts/compatibility.ts";
import contracts, { metadata } from "../../services/contracts/contracts.service.ts";
import { INCOMPATIBLE } from "../../services/shared/errors.ts";
import { newId } from "../../services/shared/ids.ts";
import { eventually } from "../support/eventually.ts";
import { type SmallNode, startNode } from "../support/small-cluster.ts";

const LATER = Date.now() + 60_000;
const ours = new Map<string, Described>(cluster.map((contract) => [contract.name, described(contract)]));
/** What our orders take that we know nothing of: to us it is gone. */
const withMore = (): Described => {
  const orders = ours.get("orders") as Described;
  return { ...orders, actions: { ...orders.actions, wrap: { params: {}, returns: {} } } };
};
/** What our orders have and it has not: an older one, to which ours only added. */
const withLess = (): Described => {
  const { cancel: _, ...actions } = (ours.get("orders") as Described).actions;
  return { ...(ours.get("orders") as Described), actions };
};

let namespace: string;
const nodes: SmallNode[] = [];
const broken: string[] = [];
beforeEach(() => {
  namespace = newId();
  broken.length = 0;
});
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.stop();
});

async function join(nodeID: string, schemas: ServiceSchema[], told: object): Promise<SmallNode> {
  const node = await startNode(schemas, { nodeID, namespace, transporter: "Fake", metadata: told });
  nodes.push(node);
  node.broker.localBus.on(INCOMPATIBLE, ({ message }: Error) => broken.push(message));
  return node;
}

/** A node of ours. */
const joinOurs = () => join("here", [contracts], metadata);

/** A node of an older release, begun at that time; it counts how often it is asked. */
class Other {
  asked = 0;
  node!: SmallNode;
  readonly #orders: Described;

  constructor(orders: Described) {
    this.#orders = orders;
  }

  async join(nodeID: string, since: number): Promise<this> {
    const told = { release: "0.0.1", contracts: { ...metadata.contracts, orders: "another" }, since };
    this.node = await join(nodeID, [], told);
    return this;
  }

  /** From here on it answers. */
  answer(): void {
    const of = (_: Context) => {
      this.asked++;
      return this.#orders;
    };
    this.node.broker.createService({ name: "contracts", actions: { of } });
  }
}

const told = "Node there is of another release: orders: the action wrap is gone";

test("a node that could not answer at another's start is asked again when it can", async () => {
  const there = await new Other(withMore()).join("there", 0);
  await joinOurs();
  expect(broken).toEqual([]);
  there.answer();
  await eventually(() => broken.length > 0);
  expect([...new Set(broken)]).toEqual([told]);
});

test("one that was there before and is met later is compared with, too", async () => {
  await joinOurs();
  (await new Other(withMore()).join("there", 0)).answer();
  await eventually(() => broken.length > 0);
  expect([...new Set(broken)]).toEqual([told]);
});

test("of two that go together each goes on, and nobody asks twice", async () => {
  const here = await joinOurs();
  const there = await new Other(withLess()).join("there", 0);
  there.answer();
  await eventually(() => there.asked === 1);
  for (const name of ["one", "two", "three"]) there.node.broker.createService({ name });
  await here.broker.waitForServices(["one", "two", "three"]);
  expect([there.asked, broken]).toEqual([1, []]);
});

test("whoever comes later asks: the nodes that it comes to do not", async () => {
  const here = await joinOurs();
  const there = await new Other(withMore()).join("there", LATER);
  there.answer();
  await here.broker.waitForServices(["contracts"]);
  const one = await new Other(withLess()).join("that", 0);
  one.answer();
  await eventually(() => one.asked === 1);
  expect([there.asked, broken]).toEqual([0, []]);
});

test("one that comes back as another is asked anew", async () => {
  await joinOurs();
  const before = await new Other(withLess()).join("there", 0);
  before.answer();
  await eventually(() => before.asked === 1);
  nodes.splice(nodes.indexOf(before.node), 1);
  await before.node.stop();
  (await new Other(withMore()).join("there", 0)).answer();
  await eventually(() => broken.length > 0);
  expect([...new Set(broken)]).toEqual([told]);
});
