import fc from "fast-check";
import { CROWD } from "../../services/inventory/leaving.ts";
import { typeOf } from "../../services/shared/errors.ts";
import { SKU, StockOfOne } from "../support/stock.ts";

const ON_HAND = 5;
const ORDERS = ["a", "b", "c"];
const line = { sku: SKU, quantity: 2 };
const WORK = ["hold", "commit", "release", "tidy", "tidy with a crowd", "adjust"] as const;
type Work = [work: (typeof WORK)[number], order: string];
const lanes = fc.array(fc.array(fc.tuple(fc.constantFrom(...WORK), fc.constantFrom(...ORDERS)), { maxLength: 6 }), {
  minLength: 2,
  maxLength: 4,
});

interface Answers {
  held: Set<string>;
  committed: Set<string>;
  released: Set<string>;
  adjusted: Set<string>;
}

async function carryOut(one: StockOfOne, [work, order]: Work, { held, committed, released, adjusted }: Answers) {
  if (work === "hold") {
    if ((await one.holds.hold(order, line, null)) === null) held.add(order);
  } else if (work === "commit") {
    await one.holds.commit(order, line);
    committed.add(order);
  } else if (work === "release") {
    await one.holds.release(order, line);
    released.add(order);
  } else if (work === "adjust") {
    await one.holds.adjust(`key-${order}`, { sku: SKU, delta: 1, reason: "count" });
    adjusted.add(order);
  } else {
    if (work === "tidy with a crowd") await one.crowd(order);
    await one.tidy();
  }
}

const EXPECTED = ["HOLD_CLOSED", "HOLD_STATE_CONFLICT"];

test("however the writes of several nodes fall between each other, no unit is taken or given back twice", async () => {
  const run = async (scheduler: fc.Scheduler, nodes: Work[][]) => {
    const one = await StockOfOne.of(ON_HAND);
    // What has left before, so that what comes now finds an archive.
    await one.holds.hold("a", line, null);
    await one.holds.commit("a", line);
    one.before = () => scheduler.schedule(Promise.resolve());
    const answers: Answers = {
      held: new Set(["a"]),
      committed: new Set(["a"]),
      released: new Set(),
      adjusted: new Set(),
    };
    const node = async (works: Work[]) => {
      for (const work of works) {
        await carryOut(one, work, answers).catch((error) => {
          if (!EXPECTED.includes(typeOf(error) ?? "")) throw error;
        });
      }
    };
    await scheduler.waitFor(Promise.all(nodes.map(node)));
    one.before = async () => undefined;
    await one.tidy();

    expect(one.faults()).toEqual([]);
    expect(one.endedHere).toBeLessThanOrEqual(CROWD);
    const states = new Map<string, string | undefined>();
    for (const order of ORDERS) states.set(order, (await one.holds.of(order, [SKU]))[0]?.state);
    for (const [order, state] of states) {
      if (answers.released.has(order)) expect(["released", "restocked"]).toContain(state);
      else if (answers.committed.has(order)) expect(state).toBe("committed");
      else if (answers.held.has(order)) expect(state).toBe("held");
      else expect(state).toBeUndefined();
    }
    const taken = [...states.values()].filter((state) => state === "held" || state === "committed").length;
    expect(one.document.available).toBe(ON_HAND + answers.adjusted.size - taken * line.quantity);
  };
  await fc.assert(fc.asyncProperty(fc.scheduler(), lanes, run), { numRuns: 500 });
});

describe("between any two steps of one node, another may do all of it, and archive it:", () => {
  const SEEN = 10;

  /** Runs `outer`, and all of `inner` before its step of this number; false where it has fewer steps. */
  async function interrupted(
    one: StockOfOne,
    at: number,
    outer: () => Promise<unknown>,
    inner: () => Promise<unknown>,
  ) {
    let step = 0;
    let done = false;
    one.before = async () => {
      if (step++ !== at || done) return;
      done = true;
      await inner();
    };
    await outer().catch((error) => {
      if (!EXPECTED.includes(typeOf(error) ?? "")) throw error;
    });
    one.before = async () => undefined;
    return done;
  }

  /** Lets later orders leave, so that `a` is older than what is archived. */
  async function archiving(one: StockOfOne, prefix = "b") {
    await one.crowd(prefix);
    await one.tidy();
  }

  type Case = [name: string, prepare: (one: StockOfOne) => Promise<unknown>, outer: Ask, inner: Ask, onHand: number];
  type Ask = (one: StockOfOne) => Promise<unknown>;
  const hold: Ask = (one) => one.holds.hold("a", line, null);
  const release: Ask = (one) => one.holds.release("a", line);
  const sell: Ask = async (one) => {
    await hold(one);
    await one.holds.commit("a", line);
    await archiving(one);
  };
  const count = (one: StockOfOne, key: string) => one.holds.adjust(key, { sku: SKU, delta: 1, reason: "count" });
  const counts: Ask = async (one) => {
    await count(one, "a");
    for (let at = 0; at <= CROWD; at++) await count(one, `b${at}`);
    // The first of those of one millisecond.
    one.document.adjustments.a = new Date(Date.now() - 1_000).toISOString();
    await one.tidy();
  };
  const cases: Case[] = [
    ["a hold takes its units once", archiving, hold, sell, 3],
    ["a hold takes nothing after a release", archiving, hold, (one) => release(one).then(() => archiving(one)), 5],
    ["goods come back once", sell, release, (one) => release(one).then(() => archiving(one)), 5],
    ["what was given up before it was held stays given up", archiving, release, sell, 5],
    ["an adjustment counts once", archiving, (one) => count(one, "a"), counts, 5 + 1 + CROWD + 1],
  ];
  test.each(cases)("%s", async (_name, prepare, outer, inner, onHand) => {
    let steps = 0;
    for (let at = 0; at < SEEN; at++) {
      const one = await StockOfOne.of(ON_HAND);
      await prepare(one);
      if (
        !(await interrupted(
          one,
          at,
          () => outer(one),
          () => inner(one),
        ))
      )
        break;
      steps++;
      expect(one.faults()).toEqual([]);
      expect(one.document.onHand).toBe(onHand);
      expect(one.document.reserved).toBe(0);
    }
    expect(steps).toBeGreaterThan(1);
  });
});
