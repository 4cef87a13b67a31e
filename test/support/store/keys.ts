import type { Collection } from "../../../mixins/store/collection.ts";
import { type OpenStore, type StoreUnderTest, type Thing, thing, thingSpec } from "./things.ts";

/** Unique keys, and events that are stored with writes: the same on every adapter. */
export function keysConform(open: OpenStore): void {
  let store: StoreUnderTest;
  let things: Collection<Thing>;
  beforeEach(async () => {
    ({ store } = await open());
    things = store.collection(thingSpec);
    await things.ready();
  });
  afterEach(() => store.close());

  describe("unique keys", () => {
    const taken = { code: 409, type: "THINGS_TAKEN" };

    test("refuse a taken id, also of a document that is deleted", async () => {
      await things.insert(thing("a"));
      await expect(things.insert(thing("a"))).rejects.toMatchObject(taken);
      await things.tombstone("a", {});
      await expect(things.insert(thing("a"))).rejects.toMatchObject(taken);
    });

    test("refuse a taken value, and leave both documents as they were", async () => {
      await things.insert(thing("a", { code: "c" }));
      const b = await things.insert(thing("b", { code: "d" }));
      await expect(things.insert(thing("c", { code: "c" }))).rejects.toMatchObject(taken);
      await expect(things.change("b", {}, { $set: { code: "c" } })).rejects.toMatchObject(taken);
      expect(await things.get("b")).toEqual(b);
      expect(await things.get("c")).toBeNull();
    });

    test("don't count documents that lack the value", async () => {
      await things.insert(thing("a"));
      await things.insert(thing("b"));
      await things.insert(thing("c", { code: null }));
      await things.insert(thing("d", { code: null }));
      await things.change("d", {}, { $set: { code: "c" } });
      await things.change("d", {}, { $unset: { code: "" } });
      await things.insert(thing("e", { code: "c" }));
    });

    test("of several fields count only all of them together", async () => {
      await things.insert(thing("a", { shelf: "s", slot: 1 }));
      await things.insert(thing("b", { shelf: "s", slot: 2 }));
      await expect(things.insert(thing("c", { shelf: "s", slot: 1 }))).rejects.toMatchObject(taken);
      await things.insert(thing("d", { shelf: "s" }));
      await things.insert(thing("e", { shelf: "s" }));
    });

    test("of a list's elements hold over all documents, and a refused document leaves none of them behind", async () => {
      await things.insert(thing("a", { skus: ["1", "2"] }));
      await expect(things.insert(thing("b", { skus: ["8", "2", "9"] }))).rejects.toMatchObject(taken);
      await things.insert(thing("c", { skus: ["8", "9"] }));
      await expect(things.change("c", {}, { $set: { skus: ["7", "1"] } })).rejects.toMatchObject(taken);
      await things.insert(thing("d", { skus: ["7"] }));
      expect(await things.get("c")).toMatchObject({ skus: ["8", "9"], rev: 1 });
    });

    test("of a list's elements are free again when they are taken out", async () => {
      await things.insert(thing("a", { skus: ["1", "2", "2"] }));
      await things.change("a", {}, { $pull: { skus: "2" } });
      await things.insert(thing("b", { skus: ["2"] }));
      await things.purge({ id: "a" }, 1);
      await things.insert(thing("c", { skus: ["1"] }));
    });

    test("let one of many at once through", async () => {
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) => things.insert(thing(`t${index}`, { code: "c" }))),
      );
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });
  });

  describe("events", () => {
    const told = (id: string) => ({ id, name: "thing.changed", payload: { id } });

    test("are stored with the insert, the change and the deletion they tell of, in order", async () => {
      await things.insert(thing("a"), [told("1")]);
      await things.change("a", {}, { $inc: { stock: 5 } }, ({ stock, rev }) => [told(`2:${stock}:${rev}`)]);
      await things.tombstone("a", {}, [told("3")]);
      expect((await store.storedEvents()).map(({ id }) => id)).toEqual(["1", "2:5:2", "3"]);
    });

    test("are not stored where the guard refuses or a key is taken", async () => {
      await things.insert(thing("a", { code: "c" }));
      await things.change("a", { stock: 9 }, { $inc: { stock: 1 } }, [told("1")]);
      await things.insert(thing("b", { code: "c" }), [told("2")]).catch(() => undefined);
      await things.change("nobody", {}, { $inc: { stock: 1 } }, [told("3")]);
      expect(await store.storedEvents()).toEqual([]);
    });

    test("that are stored already are not stored again", async () => {
      await things.insert(thing("a"), [told("1")]);
      await things.change("a", {}, { $inc: { stock: 1 } }, [told("1"), told("2")]);
      expect((await store.storedEvents()).map(({ id }) => id)).toEqual(["1", "2"]);
    });

    test("that cannot be stored undo their own change and no other's", async () => {
      const round: Record<string, unknown> = {};
      round.self = round;
      const bad = things.insert(thing("a", { skus: ["1"] }), [{ id: "1", name: "thing.changed", payload: round }]);
      const good = things.insert(thing("b"), [told("2")]);
      await expect(bad).rejects.toThrow();
      await good;
      expect(await things.get("a")).toBeNull();
      await things.insert(thing("c", { skus: ["1"] }));
      expect((await store.storedEvents()).map(({ id }) => id)).toEqual(["2"]);
    });
  });
}
