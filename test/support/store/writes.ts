import type { Collection, Filter, Operators } from "../../../mixins/store/collection.ts";
import { type OpenStore, type StoreUnderTest, type Thing, thing, thingSpec } from "./things.ts";

/** Guards and changes: the same on every adapter. */
export function writesConform(open: OpenStore): void {
  let store: StoreUnderTest;
  let things: Collection<Thing>;
  beforeEach(async () => {
    ({ store } = await open());
    things = store.collection(thingSpec);
    await things.ready();
  });
  afterEach(() => store.close());

  const full = thing("a", {
    kind: "x",
    rank: 5,
    label: null,
    tags: ["red", 7],
    lines: [
      { sku: "S", quantity: 2 },
      { sku: "T", quantity: 9 },
    ],
    holds: { "order-1": { quantity: 2, state: "held" } },
    box: { size: 3 },
    open: true,
  });

  describe("a guard", () => {
    const holds: [string, Filter][] = [
      ["nothing asked", {}],
      ["an equal value", { kind: "x" }],
      ["at least", { rank: { $gte: 5 } }],
      ["at most", { rank: { $lte: 5 } }],
      ["a range", { rank: { $gt: 4, $lt: 6 } }],
      ["one of several", { kind: { $in: ["w", "x"] } }],
      ["none of several", { kind: { $nin: ["y", "z"] } }],
      ["another value", { kind: { $ne: "y" } }],
      ["null, where the field is null", { label: null }],
      ["null, where the field is missing", { code: null }],
      ["null among several, where the field is missing", { code: { $in: [null, "c"] } }],
      ["not null, where there is a value", { kind: { $ne: null } }],
      ["a field that exists, though it is null", { label: { $exists: true } }],
      ["a field that does not exist", { code: { $exists: false } }],
      ["an element of a list", { tags: "red" }],
      ["a number in a list", { tags: 7 }],
      ["no element of the list equals", { tags: { $ne: "blue" } }],
      ["all elements", { tags: { $all: ["red", 7] } }],
      ["the length of a list", { tags: { $size: 2 } }],
      ["a field of a list's elements", { "lines.sku": "T" }],
      ["both in one element", { lines: { $elemMatch: { sku: "S", quantity: { $lt: 3 } } } }],
      ["a key of a map", { "holds.order-1": { $exists: true } }],
      ["a key that a map lacks", { "holds.order-2": { $exists: false } }],
      ["a field below a key", { "holds.order-1.state": "held" }],
      ["a field below a key that is missing", { "holds.order-2.state": { $exists: false } }],
      ["a part of an object", { "box.size": 3 }],
      ["true", { open: true }],
      ["either", { $or: [{ kind: "y" }, { rank: 5 }] }],
      ["not", { rank: { $not: { $gt: 5 } } }],
      ["neither", { $nor: [{ kind: "y" }, { rank: 6 }] }],
      ["all of these", { $and: [{ kind: "x" }, { rank: 5 }] }],
      ["a name of every object's prototype", { "holds.constructor": { $exists: false } }],
    ];
    test.each(holds)("holds for %s", async (_, guard) => {
      await things.insert(full);
      expect(await things.change("a", guard, { $inc: { stock: 1 } })).toMatchObject({ stock: 1, rev: 2 });
    });

    const refuses: [string, Filter][] = [
      ["another value", { kind: "y" }],
      ["more than there is", { rank: { $gte: 6 } }],
      ["a number where there is a text", { kind: { $gte: 0 } }],
      ["a number where there is nothing", { code: { $gte: 0 } }],
      ["at least null-like zero where there is null", { label: { $gte: 0 } }],
      ["none of an empty list", { kind: { $in: [] } }],
      ["not this element, where the list has it", { tags: { $ne: "red" } }],
      ["none of these elements, where the list has one", { tags: { $nin: ["red", "blue"] } }],
      ["both in one element, where two have one each", { lines: { $elemMatch: { sku: "S", quantity: 9 } } }],
      ["not null, where the field is missing", { code: { $ne: null } }],
      ["not null, where the field is null", { label: { $ne: null } }],
      ["a key that a map lacks", { "holds.order-2": { $exists: true } }],
      ["a key that must not be there", { "holds.order-1": { $exists: false } }],
      ["one that holds and one that does not", { kind: "x", rank: 6 }],
      ["the number of a true", { open: 1 }],
    ];
    test.each(refuses)("refuses %s, and then nothing is changed", async (_, guard) => {
      const before = await things.insert(full);
      expect(await things.change("a", guard, { $inc: { stock: 1 } })).toBeNull();
      expect(await things.get("a")).toEqual(before);
    });

    test("refuses where there is no such document", async () => {
      expect(await things.change("nobody", {}, { $set: { stock: 1 } })).toBeNull();
    });
  });

  describe("a change", () => {
    const changes: [string, Operators, Partial<Thing>][] = [
      [
        "sets fields, at any depth",
        { $set: { label: "l", "box.inner.depth": 2 } },
        { label: "l", box: { size: 3, inner: { depth: 2 } } },
      ],
      [
        "puts a key into a map",
        { $set: { "holds.0198c0de-7d3b": { quantity: 1, state: "held" } } },
        { holds: { "order-1": { quantity: 2, state: "held" }, "0198c0de-7d3b": { quantity: 1, state: "held" } } },
      ],
      ["takes a key out of a map", { $unset: { "holds.order-1": "" } }, { holds: {} }],
      [
        "takes nothing out where nothing is",
        { $unset: { "holds.order-9": "" } },
        { holds: full.holds as Thing["holds"] },
      ],
      ["counts up and down", { $inc: { stock: -3, rank: 1 } }, { stock: -3, rank: 6 }],
      ["counts from nothing", { $inc: { fence: 1 } }, { fence: 1 }],
      ["appends", { $push: { tags: "blue" } }, { tags: ["red", 7, "blue"] }],
      ["begins a list", { $push: { skus: "S-1" } }, { skus: ["S-1"] }],
      [
        "appends several and keeps the last",
        { $push: { tags: { $each: ["a", "b"], $slice: -3 } } },
        { tags: [7, "a", "b"] },
      ],
      [
        "keeps the last of a list it begins",
        { $push: { skus: { $each: ["1", "2", "3"], $slice: -2 } } },
        { skus: ["2", "3"] },
      ],
      ["takes equal elements out", { $pull: { tags: "red" } }, { tags: [7] }],
      ["takes elements out by a condition", { $pull: { lines: { sku: "S" } } }, { lines: [{ sku: "T", quantity: 9 }] }],
      ["takes several out", { $pull: { tags: { $in: ["red", 7] } } }, { tags: [] }],
      ["takes nothing out of no list", { $pull: { skus: "S" } }, {}],
      ["adds an element once", { $addToSet: { tags: "red" } }, { tags: ["red", 7] }],
      ["adds several elements once", { $addToSet: { tags: { $each: ["red", "blue"] } } }, { tags: ["red", 7, "blue"] }],
      ["takes the lesser", { $min: { rank: 3 } }, { rank: 3 }],
      ["keeps the lesser", { $min: { rank: 9 } }, { rank: 5 }],
      [
        "sets the lesser where nothing is",
        { $min: { dueAt: "2026-01-01T00:00:00.000Z" } },
        { dueAt: "2026-01-01T00:00:00.000Z" },
      ],
      ["takes the greater", { $max: { rank: 9 } }, { rank: 9 }],
    ];
    test.each(changes)("%s", async (_, operators, expected) => {
      const before = await things.insert(full);
      const changed = await things.change("a", {}, operators);
      expect(changed).toEqual({ ...before, ...expected, rev: 2, updatedAt: changed?.updatedAt });
      expect(await things.get("a")).toEqual(changed);
    });

    const impossible: [string, Operators][] = [
      ["counts a text", { $inc: { kind: 1 } }],
      ["counts null", { $inc: { label: 1 } }],
      ["appends to a text", { $push: { kind: "y" } }],
      ["sets a field of null", { $set: { "label.size": 1 } }],
      ["sets one place twice", { $set: { stock: 1 }, $inc: { stock: 1 } }],
      ["sets a place and a part of it", { $set: { box: null, "box.size": 1 } }],
      ["is of no known kind", { $shake: { stock: 1 } }],
      ["reaches for every object's prototype", { $set: { "holds.__proto__.state": "held" } }],
    ];
    test.each(impossible)("that %s is an error, and nothing is changed", async (_, operators) => {
      const before = await things.insert(full);
      await expect(things.change("a", {}, operators)).rejects.toThrow();
      expect(await things.get("a")).toEqual(before);
    });

    test("raises rev and the time, and tells both", async () => {
      const first = await things.insert(full);
      expect(first).toMatchObject({ rev: 1, v: 1, createdAt: first.updatedAt });
      const second = await things.change("a", { rev: 1 }, { $set: { label: "l" } });
      expect(second).toMatchObject({ rev: 2, createdAt: first.createdAt });
      expect((second?.updatedAt as string) >= first.updatedAt).toBe(true);
      expect(await things.change("a", { rev: 1 }, { $set: { label: "late" } })).toBeNull();
    });

    test("is one of many at once: a hundred takers of forty pieces get forty", async () => {
      await things.insert(thing("a", { stock: 40 }));
      const taken = await Promise.all(
        Array.from({ length: 100 }, () => things.change("a", { stock: { $gte: 1 } }, { $inc: { stock: -1 } })),
      );
      expect(taken.filter(Boolean)).toHaveLength(40);
      expect(await things.get("a")).toMatchObject({ stock: 0, rev: 41 });
    });

    test("with its own name in the guard happens once, however often it is asked for", async () => {
      await things.insert(thing("a", { stock: 9 }));
      const once = () =>
        things.change(
          "a",
          { "holds.o": { $exists: false } },
          {
            $inc: { stock: -2 },
            $set: { "holds.o": { quantity: 2, state: "held" } },
          },
        );
      expect((await Promise.all([once(), once(), once()])).filter(Boolean)).toHaveLength(1);
      expect(await things.get("a")).toMatchObject({ stock: 7 });
    });
  });
}
