import fc from "fast-check";
import { CROWD, STAY } from "../../services/inventory/leaving.ts";
import { REMEMBERED } from "../../services/inventory/stock.ts";
import { typeOf } from "../../services/shared/errors.ts";
import { SKU, StockOfOne } from "../support/stock.ts";

const line = (quantity: number) => ({ sku: SKU, quantity });
const ago = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString();
/** The answer of a hold, commit or release: `done`, how many there are, or the error's type. */
const answer = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (value) => value ?? "done",
    (error) => typeOf(error) ?? Promise.reject(error),
  );

describe("what ended leaves the stock document", () => {
  test("all but the last eight, when more than 32 have ended, and their ends are still known", async () => {
    const one = await StockOfOne.of(10);
    await one.holds.hold("a", line(2), null);
    await one.holds.commit("a", line(2));
    await one.holds.hold("b", line(1), null);
    await one.crowd("c");
    await one.tidy();
    expect(Object.keys(one.document.holds)).toHaveLength(1 + STAY);
    expect(one.document).toMatchObject({ holds: { b: { state: "held" } }, onHand: 8, reserved: 1, leased: false });
    expect(await one.holds.of("a", [SKU])).toEqual([{ sku: SKU, quantity: 2, state: "committed" }]);
    expect(one.faults()).toEqual([]);
  });

  test("as soon as one more ends than may stay, not before", async () => {
    const one = await StockOfOne.of(10);
    for (let at = 0; at <= CROWD; at++) {
      const order = `order-${String(at).padStart(3, "0")}`;
      await one.holds.hold(order, line(1), null);
      expect(one.document.dueAt).toBeDefined();
      expect((one.document.dueAt as string) > ago(0)).toBe(true);
      await one.holds.release(order, line(1));
    }
    expect((one.document.dueAt as string) <= ago(0)).toBe(true);
    await one.tidy();
    expect(one.endedHere).toBe(STAY);
    expect((one.document.dueAt as string) > ago(0)).toBe(true);
  });

  test("also adjustments: a key that has left counts nothing again", async () => {
    const one = await StockOfOne.of(10);
    const count = (key: string) => one.holds.adjust(key, { sku: SKU, delta: 1, reason: "delivery" });
    const keys = Array.from({ length: CROWD + 1 }, (_, at) => `delivery:${at}`);
    for (const key of keys) await count(key);
    await one.tidy();
    expect(Object.keys(one.document.adjustments)).toHaveLength(STAY);
    for (const key of keys) await count(key);
    expect(one.document.onHand).toBe(10 + CROWD + 1);
  });

  test("and is forgotten after a week, there as in the document", async () => {
    const one = await StockOfOne.of(10);
    await one.crowd("week", ago(REMEMBERED - 5_000));
    await one.tidy();
    expect(one.endings.docs.size).toBe(CROWD + 1 - STAY);
    await one.aWeekPasses();
    expect(one.endings.docs.size).toBe(0);
    expect(one.document.holds).toEqual({});
  });

  test("a stock whose archive is not empty is looked at again within a week", async () => {
    const one = await StockOfOne.of(10);
    await one.crowd("c");
    await one.tidy();
    expect((one.document.dueAt as string) <= ago(-REMEMBERED)).toBe(true);
  });
});

describe("an order whose end has left the document", () => {
  const archived = async (...actions: ("commit" | "release")[]) => {
    const one = await StockOfOne.of(10);
    await one.holds.hold("a", line(2), null);
    for (const action of actions) await one.holds[action]("a", line(2));
    await one.crowd("c");
    await one.tidy();
    expect(one.document.holds.a).toBeUndefined();
    return one;
  };

  test("that was committed: repeats are done already, a return of the goods counts once", async () => {
    const one = await archived("commit");
    expect(await answer(one.holds.hold("a", line(2), null))).toBe("done");
    expect(await answer(one.holds.commit("a", line(2)))).toBe("done");
    expect(await answer(one.holds.commit("a", line(1)))).toBe("HOLD_STATE_CONFLICT");
    for (let times = 0; times < 3; times++) await one.holds.release("a", line(2));
    await one.crowd("d");
    await one.tidy();
    await one.holds.release("a", line(2));
    expect(one.document).toMatchObject({ onHand: 10, available: 10 });
    expect(await one.holds.of("a", [SKU])).toMatchObject([{ state: "restocked" }]);
    expect(await answer(one.holds.hold("a", line(2), null))).toBe("HOLD_CLOSED");
  });

  test("that was given up: a hold that comes late takes nothing, a commit is a conflict", async () => {
    const one = await archived("release");
    expect(await answer(one.holds.hold("a", line(2), null))).toBe("HOLD_CLOSED");
    expect(await answer(one.holds.commit("a", line(2)))).toBe("HOLD_STATE_CONFLICT");
    expect(await answer(one.holds.release("a", line(2)))).toBe("done");
    expect(one.document).toMatchObject({ onHand: 10, reserved: 0, available: 10 });
  });

  test("an older order that never held anything may hold, also where later ones have left", async () => {
    const one = await archived("release");
    expect(await answer(one.holds.hold("0", line(2), null))).toBe("done");
    expect(one.document).toMatchObject({ reserved: 2, available: 8 });
  });
});

describe("what is forgotten after a week", () => {
  test.each([
    ["", false],
    [" and had left the document", true],
  ])("was a commit%s: a late cancellation gives the goods back, once and for all time", async (_, crowded) => {
    const one = await StockOfOne.of(10);
    await one.holds.hold("a", line(2), null);
    await one.holds.commit("a", line(2));
    if (crowded) await one.crowd("c");
    await one.tidy();
    await one.aWeekPasses();
    expect(await one.holds.of("a", [SKU])).toEqual([]);
    for (let weeks = 0; weeks < 3; weeks++) {
      for (let times = 0; times < 2; times++) await one.holds.release("a", line(2));
      expect(one.document).toMatchObject({ onHand: 10, reserved: 0, available: 10 });
      await one.aWeekPasses();
    }
    expect(one.movements()).toMatchObject([
      { kind: "commit", delta: -2 },
      { kind: "restock", delta: 2 },
    ]);
    expect(one.faults()).toEqual([]);
  });

  test("was no commit: a late cancellation gives nothing back", async () => {
    const one = await StockOfOne.of(10);
    await one.holds.hold("a", line(2), null);
    await one.holds.release("a", line(2));
    await one.aWeekPasses();
    await one.holds.release("a", line(2));
    expect(one.document).toMatchObject({ onHand: 10, reserved: 0, available: 10 });
    expect(one.movements()).toEqual([]);
  });

  test("was the key of an adjustment: the same key counts anew, and its movement explains that, too", async () => {
    const one = await StockOfOne.of(10);
    for (let weeks = 0; weeks < 2; weeks++) {
      await one.holds.adjust("monday", { sku: SKU, delta: 3, reason: "delivery" });
      await one.aWeekPasses();
    }
    expect(one.document.onHand).toBe(16);
    expect(one.faults()).toEqual([]);
  });
});

const ORDERS = ["a", "b", "c", "d", "e"];
const order = fc.constantFrom(...ORDERS);
const quantity = fc.integer({ min: 1, max: 3 });
type Command =
  | { does: "hold"; order: string; quantity: number; expires: boolean }
  | { does: "commit" | "release"; order: string; quantity: number }
  | { does: "adjust"; key: string; delta: number }
  | { does: "tidy"; crowd: string | null; crash: number | null };
const commands: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ does: fc.constant("hold" as const), order, quantity, expires: fc.boolean() }),
  fc.record({ does: fc.constantFrom("commit" as const, "release" as const), order, quantity }),
  fc.record({
    does: fc.constant("adjust" as const),
    key: fc.constantFrom("k1", "k2", "k3"),
    delta: fc.constantFrom(-3, 2),
  }),
  fc.record({
    does: fc.constant("tidy" as const),
    crowd: fc.option(fc.constantFrom("Z", ...ORDERS)),
    crash: fc.option(fc.integer({ min: 0, max: 40 })),
  }),
);

/** What the stock promises, with nothing but a memory. */
class Model {
  onHand = 8;
  readonly holds = new Map<string, { quantity: number; state: string; expires: boolean }>();
  readonly keys = new Set<string>();

  get available(): number {
    const open = [...this.holds.values()].filter(({ state }) => state === "held");
    return this.onHand - open.reduce((sum, { quantity }) => sum + quantity, 0);
  }

  hold(order: string, quantity: number, expires: boolean): unknown {
    const known = this.holds.get(order);
    if (known) return known.quantity === quantity && /held|committed/.test(known.state) ? "done" : "HOLD_CLOSED";
    if (this.available < quantity) return this.available;
    this.holds.set(order, { quantity, state: "held", expires });
    return "done";
  }

  commit(order: string, quantity: number): unknown {
    const known = this.holds.get(order);
    if (known?.quantity !== quantity || !/held|committed/.test(known.state)) return "HOLD_STATE_CONFLICT";
    if (known.state === "held") this.onHand -= quantity;
    known.state = "committed";
    return "done";
  }

  release(order: string, quantity: number): unknown {
    const known = this.holds.get(order);
    if (!known) this.holds.set(order, { quantity: 0, state: "released", expires: false });
    else if (known.quantity === quantity && known.state === "held") known.state = "released";
    else if (known.quantity === quantity && known.state === "committed") {
      known.state = "restocked";
      this.onHand += quantity;
    }
    return "done";
  }

  adjust(key: string, delta: number): unknown {
    if (this.keys.has(key)) return "done";
    if (this.available + delta < 0) return "STOCK_INSUFFICIENT";
    this.keys.add(key);
    this.onHand += delta;
    return "done";
  }

  expire(): void {
    for (const hold of this.holds.values()) if (hold.expires && hold.state === "held") hold.state = "expired";
  }
}

/** Tidies, and dies before the read or write of this number. */
async function tidyUntil(one: StockOfOne, crash: number): Promise<void> {
  let left = crash;
  const died = new Error("died");
  one.before = async () => {
    if (left-- <= 0) throw died;
  };
  await one.tidy().catch((error) => {
    if (error !== died) throw error;
  });
  one.before = async () => undefined;
}

test("whatever is asked in whatever order, and wherever tidying dies, the answers are those of a stock that forgets nothing", async () => {
  const run = async (sequence: Command[]) => {
    const one = await StockOfOne.of(8);
    const model = new Model();
    for (const command of sequence) {
      const { does } = command;
      if (does === "tidy") {
        if (command.crowd) await one.crowd(command.crowd);
        if (command.crash !== null) await tidyUntil(one, command.crash);
        // Whoever takes over brings it to its end.
        await one.tidy();
        model.expire();
        expect(one.endedHere).toBeLessThanOrEqual(CROWD);
      } else if (does === "adjust") {
        const { key, delta } = command;
        const asked = answer(one.holds.adjust(key, { sku: SKU, delta, reason: "count" }));
        expect(await asked).toBe(model.adjust(key, delta));
      } else if (does === "hold") {
        const { order, quantity, expires } = command;
        const asked = answer(one.holds.hold(order, line(quantity), expires ? ago(1) : null));
        expect(await asked).toBe(model.hold(order, quantity, expires));
      } else {
        const { order, quantity } = command;
        expect(await answer(one.holds[does](order, line(quantity)))).toBe(model[does](order, quantity));
      }
      expect(one.document).toMatchObject({ onHand: model.onHand, available: model.available });
    }
    for (const order of ORDERS) {
      const known = model.holds.get(order);
      const expected = known ? [{ sku: SKU, quantity: known.quantity, state: known.state }] : [];
      expect(await one.holds.of(order, [SKU])).toEqual(expected);
    }
    expect(one.faults()).toEqual([]);
  };
  await fc.assert(fc.asyncProperty(fc.array(commands, { maxLength: 40 }), run), { numRuns: 300 });
});
