import type { Collection } from "../../../mixins/store/collection.ts";
import { ids, type OpenStore, type StoreUnderTest, type Thing, thing, thingSpec } from "./things.ts";

const PAST = "2020-01-01T00:00:00.000Z";

/** Lists, pages, due work, the trail of changes: the same on every adapter. */
export function readsConform(open: OpenStore): void {
  let store: StoreUnderTest;
  let things: Collection<Thing>;
  beforeEach(async () => {
    ({ store } = await open());
    things = store.collection(thingSpec);
    await things.ready();
  });
  afterEach(() => store.close());

  const some = (count: number, fields: (index: number) => object = () => ({})) =>
    things.bulk(Array.from({ length: count }, (_, at) => thing(`t${String(at).padStart(3, "0")}`, fields(at))));

  describe("finding", () => {
    test("by ids gives those there are", async () => {
      await some(3);
      expect(ids(await things.getMany(["t002", "nobody", "t000"])).sort()).toEqual(["t000", "t002"]);
      expect(await things.getMany([])).toEqual([]);
    });

    test("by an indexed field and by what the index does not know", async () => {
      await some(6, (at) => ({ kind: at % 2 ? "odd" : "even", stock: at, rank: at }));
      expect(ids(await things.find({ kind: "odd", stock: { $gt: 2 } }, { limit: 9 }))).toEqual(["t003", "t005"]);
      expect(ids(await things.find({ kind: { $in: ["odd", "even"] }, rank: { $lt: 2 } }, { limit: 9 }))).toHaveLength(
        2,
      );
      expect(await things.find({ kind: { $in: [] } }, { limit: 9 })).toEqual([]);
      expect(ids(await things.find({ kind: { $ne: "odd" }, rank: { $gte: 2 } }, { limit: 9 }))).toEqual([
        "t002",
        "t004",
      ]);
    });

    test("by a part of an object, by truth and by an element of a list", async () => {
      await things.insert(thing("a", { box: { size: 3 }, open: true, skus: ["1", "2"] }));
      await things.insert(thing("b", { box: { size: 4 }, open: false, skus: ["3"] }));
      expect(ids(await things.find({ "box.size": { $gte: 4 } }, { limit: 9 }))).toEqual(["b"]);
      expect(ids(await things.find({ open: true }, { limit: 9 }))).toEqual(["a"]);
      expect(ids(await things.find({ skus: "2" }, { limit: 9 }))).toEqual(["a"]);
      expect(ids(await things.find({ skus: { $in: ["2", "3", "4"] } }, { limit: 9 })).sort()).toEqual(["a", "b"]);
    });

    test("sorts by a field, then by id, and stops at the limit", async () => {
      await some(6, (at) => ({ kind: "x", rank: at % 3 }));
      const sort = { field: "rank", descending: true };
      expect(ids(await things.find({ kind: "x" }, { sort, limit: 3 }))).toEqual(["t005", "t002", "t004"]);
    });

    test("never gives what is deleted", async () => {
      await some(3, () => ({ kind: "x" }));
      await things.tombstone("t001", {});
      expect(await things.get("t001")).toBeNull();
      expect(ids(await things.find({ kind: "x" }, { limit: 9 }))).toEqual(["t000", "t002"]);
      expect(ids(await things.getMany(["t000", "t001"]))).toEqual(["t000"]);
      expect(await things.change("t001", {}, { $inc: { stock: 1 } })).toBeNull();
      expect(await things.tombstone("t001", {})).toBeNull();
    });
  });

  describe("a page", () => {
    const sort = { field: "rank" };
    const walk = async (limit: number, options = sort as { field: string; descending?: boolean }) => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await things.page({ kind: "x" }, { sort: options, limit, cursor });
        seen.push(...ids(page.items));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      return seen;
    };

    test("follows page in the order of the field, ties by id, up and down, none twice, none left out", async () => {
      await some(23, (at) => ({ kind: "x", rank: at % 4 }));
      const up = await walk(5);
      expect(up).toHaveLength(23);
      expect(new Set(up).size).toBe(23);
      expect(up.slice(0, 3)).toEqual(["t000", "t004", "t008"]);
      expect(await walk(4, { field: "rank", descending: true })).toEqual([...up].reverse());
    });

    test("ends where all have been given, also at a full one", async () => {
      await some(4, () => ({ kind: "x", rank: 1 }));
      expect((await things.page({ kind: "x" }, { sort, limit: 4 })).nextCursor).toBeNull();
      expect(await things.page({ kind: "y" }, { sort, limit: 4 })).toEqual({ items: [], nextCursor: null, total: 0 });
    });

    test("is not shifted by what comes in between", async () => {
      await some(6, (at) => ({ kind: "x", rank: at * 10 }));
      const first = await things.page({ kind: "x" }, { sort, limit: 3 });
      await things.insert(thing("early", { kind: "x", rank: 5 }));
      await things.tombstone("t001", {});
      const second = await things.page({ kind: "x" }, { sort, limit: 3, cursor: first.nextCursor as string });
      expect(ids(second.items)).toEqual(["t003", "t004", "t005"]);
    });

    test("counts all that fit, without the deleted and those that lack the field", async () => {
      await some(5, (at) => ({ kind: "x", rank: at }));
      await things.insert(thing("rankless", { kind: "x" }));
      await things.tombstone("t000", {});
      expect(await things.page({ kind: "x" }, { sort, limit: 2 })).toMatchObject({ total: 4 });
      expect(await walk(2)).toHaveLength(4);
    });

    test("refuses a cursor of another query, of another order, or of nobody", async () => {
      await some(5, (at) => ({ kind: at < 4 ? "x" : "y", rank: at }));
      const cursor = (await things.page({ kind: "x" }, { sort, limit: 2 })).nextCursor as string;
      const refused = { code: 400, type: "CURSOR_INVALID" };
      const with_ = (filter: object, options: object) =>
        things.page(filter as never, { sort, limit: 2, cursor, ...options });
      await expect(with_({ kind: "y" }, {})).rejects.toMatchObject(refused);
      await expect(with_({ kind: "x" }, { sort: { field: "rank", descending: true } })).rejects.toMatchObject(refused);
      for (const forged of ["", "x", "e30", Buffer.from('[{"a":1},"t001","x"]').toString("base64url")]) {
        await expect(with_({ kind: "x" }, { cursor: forged })).rejects.toMatchObject(refused);
      }
    });
  });

  describe("due work", () => {
    const LEASE = 60_000;

    test("is claimed by one at a time, oldest first, under a rising fence", async () => {
      await some(4, (at) => ({ dueAt: `2020-01-0${at + 1}T00:00:00.000Z` }));
      const [one, two] = await Promise.all([things.claimDue(LEASE, 3), things.claimDue(LEASE, 3)]);
      expect(ids(one)).toEqual(["t000", "t001", "t002"]);
      expect(ids(two)).toEqual(["t003"]);
      expect(one[0]).toMatchObject({ fence: 1, leased: true });
      expect((one[0]?.dueAt as string) > new Date().toISOString()).toBe(true);
    });

    test("is not claimed before its time, nor without one", async () => {
      await things.insert(thing("later", { dueAt: "2999-01-01T00:00:00.000Z" }));
      await things.insert(thing("never", { dueAt: null }));
      expect(await things.claimDue(LEASE, 9)).toEqual([]);
      expect(await things.nextDue()).toBe("2999-01-01T00:00:00.000Z");
      await things.change("later", {}, { $set: { dueAt: null } });
      expect(await things.nextDue()).toBeNull();
    });

    test("trap 10: a node that lost its lease changes nothing", async () => {
      await things.insert(thing("a", { dueAt: PAST }));
      const [slow] = await things.claimDue(0, 1);
      // Its lease is over at once; another takes over.
      await new Promise((resume) => setTimeout(resume, 2));
      const [next] = await things.claimDue(LEASE, 1);
      expect([slow?.fence, next?.fence]).toEqual([1, 2]);
      expect(await things.change("a", { fence: slow?.fence }, { $set: { label: "slow", dueAt: null } })).toBeNull();
      expect(await things.change("a", { fence: next?.fence }, { $set: { label: "next" } })).toMatchObject({
        label: "next",
      });
    });

    test("of what is deleted is over", async () => {
      await things.insert(thing("a", { dueAt: PAST }));
      await things.tombstone("a", {});
      expect(await things.claimDue(LEASE, 9)).toEqual([]);
      expect(await things.nextDue()).toBeNull();
    });
  });

  describe("the trail of changes", () => {
    test("goes on from a watermark, oldest first, the deleted included", async () => {
      await some(3);
      await new Promise((resume) => setTimeout(resume, 2));
      const changed = (await things.change("t001", {}, { $inc: { stock: 1 } })) as Thing;
      await new Promise((resume) => setTimeout(resume, 2));
      await things.tombstone("t000", {});
      const all = await things.since({ at: "", id: "" }, 9);
      expect(ids(all)).toEqual(["t002", "t001", "t000"]);
      expect(all.at(-1)?.deletedAt).toEqual(expect.any(String));
      expect(ids(await things.since({ at: changed.updatedAt, id: "" }, 9))).toEqual(["t001", "t000"]);
      expect(ids(await things.since({ at: changed.updatedAt, id: "t001" }, 9))).toEqual(["t000"]);
      expect(ids(await things.since({ at: "", id: "" }, 1))).toEqual(["t002"]);
    });
  });

  describe("many documents", () => {
    test("are stored at once, each with its events; refused ones are told and hold up no other", async () => {
      await things.insert(thing("b", { code: "c" }));
      const drafts = [thing("a"), thing("b"), thing("c", { code: "c" }), thing("d")];
      const { inserted, refused } = await things.bulk(drafts, ({ id }) => [
        { id, name: "thing.made", payload: { id } },
      ]);
      expect(ids(inserted)).toEqual(["a", "d"]);
      expect(ids(refused)).toEqual(["b", "c"]);
      expect((await store.storedEvents()).map(({ id }) => id)).toEqual(["a", "d"]);
    });

    test("are walked through in the order of ids, in batches, without the deleted", async () => {
      await some(11);
      await things.tombstone("t005", {});
      const seen: string[] = [];
      for await (const batch of things.all(4)) {
        expect(batch.length).toBeLessThanOrEqual(4);
        seen.push(...ids(batch));
      }
      expect(seen).toEqual(["00", "01", "02", "03", "04", "06", "07", "08", "09", "10"].map((at) => `t0${at}`));
    });

    test("are purged for good, up to the limit, the deleted too", async () => {
      await some(5, (at) => ({ kind: at < 4 ? "x" : "y" }));
      await things.tombstone("t000", {});
      expect(await things.purge({ kind: "x" }, 3)).toBe(3);
      expect(await things.purge({ kind: "x" }, 3)).toBe(1);
      expect(ids(await things.since({ at: "", id: "" }, 9))).toEqual(["t004"]);
    });
  });

  test("a document keeps what JSON can say, every letter of it", async () => {
    const label = 'Zoë\'s "größte" 🧦 \\ \u2028 </script>';
    await things.insert(thing("ключ 🔑", { label, rank: 0.1 + 0.2, holds: { "a'b\"c": { quantity: 1, state: "" } } }));
    expect(await things.get("ключ 🔑")).toMatchObject({ label, rank: 0.1 + 0.2, holds: { "a'b\"c": { quantity: 1 } } });
    expect(await things.change("ключ 🔑", { label }, { $set: { "holds.a'b\"c.state": "x" } })).not.toBeNull();
  });
}
