import { rmSync } from "node:fs";
import { join } from "node:path";
import { EmbeddedQueue } from "../../mixins/durable-events/embedded-queue.ts";
import { SqliteFile } from "../../mixins/embedded/sqlite-file.ts";
import type { Collection, CollectionSpec, Doc } from "../../mixins/store/collection.ts";
import { EmbeddedCollection } from "../../mixins/store/embedded-collection.ts";
import { temporaryFolder } from "../support/services.ts";
import { ids, type StoreUnderTest, type Thing, thing, thingSpec } from "../support/store/things.ts";
import { storeConforms } from "../support/store-conformance.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Embedded extends StoreUnderTest {
  file: SqliteFile;
}

async function open(given?: string): Promise<{ store: Embedded; folder: string }> {
  const folder = given ?? temporaryFolder();
  folders.push(folder);
  const file = new SqliteFile(join(folder, "shop.db"));
  const queue = new EmbeddedQueue(file, () => undefined);
  const store: Embedded = {
    file,
    collection: <T extends Doc>(spec: CollectionSpec<T>) =>
      new EmbeddedCollection(spec, {
        file,
        enqueue: (events) => queue.enqueue(events),
        wake: () => queue.wake(),
        wrote: () => undefined,
      }),
    async storedEvents() {
      const rows = file.db.prepare("select id, name, payload from events order by seq").all();
      return rows.map(({ id, name, payload }) => ({
        id: id as string,
        name: name as string,
        payload: JSON.parse(payload as string) as unknown,
      }));
    },
    close: () => file.close(),
  };
  return { store, folder };
}

storeConforms(open);

describe("on the disk", () => {
  let store: Embedded;
  let folder: string;
  let things: Collection<Thing>;
  beforeEach(async () => {
    ({ store, folder } = await open());
    things = store.collection(thingSpec);
    await things.ready();
  });
  afterEach(() => store.close());

  const told = (id: string) => [{ id, name: "thing.changed", payload: {} }];
  const unstored = { code: 503, type: "STORAGE_UNAVAILABLE" };

  /** From here on the file cannot grow: what SQLite says is what it says of a full disk. */
  const fill = () => {
    const { page_count } = store.file.db.prepare("pragma page_count").get() as { page_count: number };
    store.file.db.exec(`pragma max_page_count = ${page_count}`);
    return () => store.file.db.exec("pragma max_page_count = 1000000");
  };

  test("a full disk refuses every write of that turn, leaves the data as it was and still answers reads", async () => {
    const before = await things.insert(thing("a", { stock: 5 }));
    const free = fill();
    const results = await Promise.allSettled([
      things.change("a", {}, { $inc: { stock: 1 } }, told("1")),
      things.insert(thing("b", { label: "x".repeat(200_000) })),
      things.get("a"),
    ]);
    expect(results[0]).toMatchObject({ status: "rejected", reason: unstored });
    expect(results[1]).toMatchObject({ status: "rejected", reason: unstored });
    expect(results[2]).toMatchObject({ status: "fulfilled", value: before });
    expect(await things.get("a")).toEqual(before);
    expect(await things.get("b")).toBeNull();
    expect(await store.storedEvents()).toEqual([]);
    free();
    expect(await things.change("a", {}, { $inc: { stock: 1 } })).toMatchObject({ stock: 6 });
  });

  test("a commit that fails refuses all its writes, and who was refused by one of them may try again", async () => {
    await things.insert(thing("a", { stock: 1 }));
    const take = () => things.change("a", { stock: { $gte: 1 } }, { $inc: { stock: -1 } });
    // A deferred reference that leads nowhere lets every statement pass and the commit fail.
    store.file.db.exec("pragma foreign_keys = on; create table p (id integer primary key)");
    store.file.db.exec("create table c (id references p deferrable initially deferred)");
    const first = take();
    const second = take();
    store.file.db.exec("insert into c values (1)");
    await expect(first).rejects.toMatchObject(unstored);
    await expect(second).rejects.toMatchObject(unstored);
    expect(await things.get("a")).toMatchObject({ stock: 1 });
    expect(await take()).toMatchObject({ stock: 0 });
  });

  test("what was read is on disk: a reader waits for the write that it saw", async () => {
    await things.insert(thing("a", { kind: "x", rank: 1, dueAt: "2020-01-01T00:00:00.000Z" }));
    const write = things.change("a", {}, { $set: { label: "new" } });
    const committed = () => !store.file.db.isTransaction;
    expect(committed()).toBe(false);
    const reads = [
      things.get("a"),
      things.find({ kind: "x" }, { limit: 1 }).then(([doc]) => doc),
      things.page({ kind: "x" }, { sort: { field: "rank" }, limit: 1 }).then(({ items }) => items[0]),
      things.since({ at: "", id: "" }, 1).then(([doc]) => doc),
      things.change("a", { label: "old" }, { $set: { label: "newer" } }).then((none) => none ?? { label: "new" }),
    ];
    const answers = reads.map(async (read) => [await read, committed()]);
    for (const answer of answers) expect(await answer).toMatchObject([{ label: "new" }, true]);
    await write;
  });

  test("many writes of one turn share a commit", async () => {
    const commits = jest.spyOn(store.file, "prepare");
    await Promise.all(Array.from({ length: 50 }, (_, index) => things.insert(thing(`t${index}`))));
    expect(commits.mock.calls.filter(([sql]) => sql === "commit")).toHaveLength(1);
    commits.mockRestore();
  });

  test("a collection can be made ready while others write", async () => {
    const other = store.collection({ ...thingSpec, name: "others" });
    const write = things.insert(thing("a"));
    await Promise.all([other.ready(), write]);
    await other.insert(thing("a"));
  });

  test("work that a process left behind is due at the next start", async () => {
    await things.insert(thing("a", { dueAt: "2020-01-01T00:00:00.000Z" }));
    await things.insert(thing("later", { dueAt: "2999-01-01T00:00:00.000Z" }));
    await things.claimDue(3600_000, 1);
    await store.close();
    ({ store } = await open(folder));
    things = store.collection(thingSpec);
    await things.ready();
    expect(ids(await things.claimDue(60_000, 9))).toEqual(["a"]);
  });

  test("a query that would read through all documents is refused where it is tried", async () => {
    const sort = { field: "rank" };
    await expect(things.find({}, { limit: 1, sort: { field: "label" } })).rejects.toThrow(/no index/);
    await expect(things.find({ label: "x" }, { limit: 1 })).rejects.toThrow(/no index/);
    await expect(things.find({ label: "x" }, { limit: 1, sort })).rejects.toThrow(/no index/);
    await expect(things.page({ stock: 1 }, { sort, limit: 1 })).rejects.toThrow(/no index/);
    await expect(things.page({ kind: "x", stock: 1 }, { sort, limit: 1 })).rejects.toThrow(/indexed/);
    expect(await things.find({ kind: "x", label: "x" }, { limit: 1 })).toEqual([]);
  });

  test("queries use the indexes, whatever their lists are long", async () => {
    const plans: string[] = [];
    const prepare = jest.spyOn(store.file, "prepare");
    await things.find({ kind: "x", rank: { $gte: 1 } }, { limit: 1 });
    await things.find({ kind: { $in: ["x"] } }, { limit: 1 });
    await things.find({ kind: { $in: ["x", "y", "z"] } }, { limit: 1 });
    await things.find({ code: "c" }, { limit: 1 });
    await things.find({ skus: "1" }, { limit: 1 });
    await things.page({ kind: "x" }, { sort: { field: "rank" }, limit: 1 });
    await things.getMany(["a", "b"]);
    await things.claimDue(1, 1);
    const asked = new Set(prepare.mock.calls.map(([sql]) => sql).filter((sql) => sql.startsWith("select")));
    prepare.mockRestore();
    for (const sql of asked) {
      for (const { detail } of store.file.db.prepare(`explain query plan ${sql}`).all()) plans.push(detail as string);
    }
    expect(plans.filter((plan) => /^SCAN things\b/.test(plan) && !plan.includes("USING"))).toEqual([]);
    expect([...asked].filter((sql) => sql.includes("json_each") && sql.includes(`"kind"`)).length).toBe(1);
  });

  test("a folder of an earlier release, whose indexes were on the text, is found by index and stays so", async () => {
    const old = await open();
    await old.store.file.write(() => {
      const { db } = old.store.file;
      db.exec("create table things (id text primary key, doc text not null) strict");
      db.exec(`create index things__kind_rank_index on things (json_extract(doc, '$.kind'), json_extract(doc, '$.rank'), id)
               where json_extract(doc, '$.kind') is not null`);
      db.exec("create index things__given_up_index on things (json_extract(doc, '$.givenUp'))");
      const at = "2026-01-01T00:00:00.000Z";
      const doc = { ...thing("a", { kind: "x", rank: 2, open: true }), rev: 1, v: 1, createdAt: at, updatedAt: at };
      db.prepare("insert into things (id, doc) values (?, ?)").run("a", JSON.stringify(doc));
    });
    await old.store.close();
    for (let start = 0; start < 2; start++) {
      const { store } = await open(old.folder);
      const found = store.collection(thingSpec);
      await found.ready();
      expect(ids(await found.find({ kind: "x", rank: { $gte: 2 }, open: true }, { limit: 9 }))).toEqual(["a"]);
      await found.change("a", {}, { $inc: { rank: 1 } });
      await found.change("a", {}, { $inc: { rank: -1 } });
      expect(await found.find({ kind: "x", rank: 3 }, { limit: 9 })).toEqual([]);
      const given = "select 1 from sqlite_schema where name = 'things__given_up_index'";
      expect(store.file.db.prepare(given).get()).toBeUndefined();
      await store.close();
    }
  });

  test("a change rewrites only the indexes of what it changes", async () => {
    await things.insert(thing("a", { kind: "x", rank: 1 }));
    const prepare = jest.spyOn(store.file, "prepare");
    await things.change("a", {}, { $inc: { rank: 1 } });
    const updates = prepare.mock.calls.map(([sql]) => sql).filter((sql) => sql.startsWith("update"));
    prepare.mockRestore();
    expect(updates).toHaveLength(1);
    expect(updates[0]).toContain('"rank"');
    expect(updates[0]).not.toContain('"kind"');
  });

  test("a document that does not fit its schema is not stored", async () => {
    await expect(things.insert(thing("a", { stock: 1.5 }))).rejects.toThrow();
    await things.insert(thing("a"));
    await expect(things.change("a", {}, { $set: { stock: "many" } })).rejects.toThrow();
    expect(await things.get("a")).toMatchObject({ stock: 0 });
  });
});
