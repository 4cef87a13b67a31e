import type { Service, ServiceSchema } from "moleculer";
import { type Finding, type InvariantState, invariants } from "../../mixins/invariants/invariants.mixin.ts";
import { eventually } from "../support/eventually.ts";
import { type SmallNode, startNode } from "../support/small-cluster.ts";

const rule = { rule: "shelves.full", detail: "it is empty" };

/** A service with one rule, of which the test says for whom it is broken. */
class Shelves {
  readonly broken = new Set<string>();
  node!: SmallNode;

  /** How many each look was at. */
  readonly looks: number[] = [];

  async open(before: string[] = []): Promise<void> {
    const check = async (ids: string[]) => {
      this.looks.push(ids.length);
      const found = ids.filter((id) => this.broken.has(id));
      return new Map(found.map((id): [string, Finding[]] => [id, [{ ...rule, subject: id }]]));
    };
    async function* everything() {
      for (let at = 0; at < before.length; at += 50) yield before.slice(at, at + 50);
    }
    const mixin = invariants({ check, everything, settle: 0 }) as unknown as ServiceSchema;
    this.node = await startNode([{ name: "shelves", mixins: [mixin] }]);
  }

  get #service() {
    return this.node.broker.getLocalService("shelves") as Service & {
      touch(id: string): void;
      invariants(): InvariantState;
    };
  }

  /** So many of them change; the rule breaks for them, or holds again. */
  change(ids: string[], isBroken: boolean): void {
    for (const id of ids) {
      if (isBroken) this.broken.add(id);
      else this.broken.delete(id);
      this.#service.touch(id);
    }
  }

  state(): InvariantState {
    return this.#service.invariants();
  }
}

let shelves: Shelves;
beforeEach(async () => {
  shelves = new Shelves();
  await shelves.open();
});
afterEach(() => shelves.node.stop());

const named = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}-${at}`);
const knowsBroken = (count: number) => eventually(() => shelves.state().broken.length === count);

test("where hundreds are broken, what breaks next is noticed, and what changes does not pile up", async () => {
  shelves.change(named("old", 250), true);
  await knowsBroken(250);
  shelves.change([...named("new", 3), ...named("well", 120)], true);
  for (const id of named("well", 120)) shelves.broken.delete(id);
  await knowsBroken(253);
  await eventually(() => shelves.state().waiting === 0);
}, 30_000);

test("where hundreds are broken, each that is mended is noticed, though nobody touches it", async () => {
  shelves.change(named("old", 250), true);
  await knowsBroken(250);
  shelves.broken.clear();
  await knowsBroken(0);
}, 30_000);

test("of very many broken ones some are named and the others counted: the answer stays small", async () => {
  shelves.change(named("old", 1_500), true);
  await eventually(() => shelves.state().waiting === 0);
  const { broken } = shelves.state();
  expect(broken).toHaveLength(1_001);
  expect(broken.at(-1)).toMatchObject({ subject: "500 more" });
}, 30_000);

test("what was there before a start is looked at a few at a time, and what changes meanwhile is noticed at once", async () => {
  const started = new Shelves();
  const old = named("old", 120);
  for (const id of old.slice(-1)) started.broken.add(id);
  await started.open(old);
  try {
    started.change(named("new", 2), true);
    await eventually(() => started.state().broken.length === 2);
    await eventually(() => started.state().broken.length === 3, { within: 20_000 });
    expect(Math.max(...started.looks)).toBeLessThanOrEqual(25);
  } finally {
    await started.node.stop();
  }
}, 30_000);
