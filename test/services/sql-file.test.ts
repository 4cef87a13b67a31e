import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Generated, Kysely } from "kysely";
import { sqlFile } from "../../mixins/embedded/sql-file.ts";
import { isConstraint, SqliteFile } from "../../mixins/embedded/sqlite-file.ts";
import { temporaryFolder } from "../support/services.ts";

interface Tables {
  coins: { id: Generated<number>; name: string; amount: number };
}

let folder: string;
let file: SqliteFile;
let db: Kysely<Tables>;
let writes: number;

const open = () => {
  file = new SqliteFile(join(folder, "test.db"));
  db = sqlFile(file, () => writes++).db<Tables>();
};

beforeEach(() => {
  folder = temporaryFolder();
  writes = 0;
  open();
  file.db.exec(
    "create table coins (id integer primary key, name text not null unique, amount integer not null check (amount >= 0)) strict",
  );
});
afterEach(async () => {
  await file.close();
  rmSync(folder, { recursive: true, force: true });
});

const names = async () =>
  (await db.selectFrom("coins").select("name").orderBy("name").execute()).map(({ name }) => name);
const coin = (name: string, amount = 1) => db.insertInto("coins").values({ name, amount });
const inTransaction = (name: string, { fail = false } = {}) =>
  db.transaction().execute(async (tx) => {
    await tx.insertInto("coins").values({ name, amount: 1 }).execute();
    await tx.updateTable("coins").set({ amount: 2 }).where("name", "=", name).execute();
    if (fail) throw new Error(`${name} gives up`);
    return name;
  });
const full = () => file.db.exec(`pragma max_page_count = ${file.db.prepare("pragma page_count").get()?.page_count}`);
const roomy = () => file.db.exec("pragma max_page_count = 1073741823");

/** Counts how often the file is committed while `work` runs. */
async function commits(work: () => Promise<unknown>): Promise<number> {
  const prepare = jest.spyOn(file, "prepare");
  await work();
  const count = prepare.mock.calls.filter(([sql]) => sql === "commit").length;
  prepare.mockRestore();
  return count;
}

test("selects, inserts and updates give rows, ids and counts", async () => {
  const { insertId } = await coin("crown").executeTakeFirstOrThrow();
  const returned = await coin("groat", 4).returning(["id", "amount"]).executeTakeFirstOrThrow();
  const { numUpdatedRows } = await db.updateTable("coins").set({ amount: 3 }).executeTakeFirstOrThrow();
  expect([insertId, returned, numUpdatedRows]).toEqual([1n, { id: 2, amount: 4 }, 2n]);
  expect(await db.selectFrom("coins").select("amount").execute()).toEqual([{ amount: 3 }, { amount: 3 }]);
});

test("what was answered is there when the file is opened again", async () => {
  await inTransaction("crown");
  await file.close();
  open();
  expect(await names()).toEqual(["crown"]);
});

test("transactions begun in one turn share a commit", async () => {
  const all = Array.from({ length: 20 }, (_, i) => `coin ${i}`);
  expect(await commits(() => Promise.all(all.map((name) => inTransaction(name))))).toBe(1);
  expect(await names()).toHaveLength(20);
  expect(writes).toBe(20);
});

test("single statements of one turn share a commit", async () => {
  expect(await commits(() => Promise.all([coin("a").execute(), coin("b").execute(), names()]))).toBe(1);
});

test("a transaction that gives up takes back its own writes only", async () => {
  const outcomes = await Promise.allSettled([
    inTransaction("a"),
    inTransaction("b", { fail: true }),
    inTransaction("c"),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await names()).toEqual(["a", "c"]);
  expect(writes).toBe(2);
});

test("a unique key refuses a statement, and the transaction that bears it goes on", async () => {
  await coin("crown").execute();
  const seen = await db.transaction().execute(async (tx) => {
    await tx.insertInto("coins").values({ name: "groat", amount: 1 }).execute();
    const refused = await tx
      .insertInto("coins")
      .values({ name: "crown", amount: 1 })
      .execute()
      .catch((error) => error);
    return isConstraint(refused);
  });
  expect(seen).toBe(true);
  expect(await names()).toEqual(["crown", "groat"]);
});

test("a check that refuses one of many transactions of a turn leaves the others", async () => {
  const outcomes = await Promise.allSettled([
    inTransaction("a"),
    coin("b", -1).execute(),
    db.transaction().execute((tx) => tx.insertInto("coins").values({ name: "c", amount: -1 }).execute()),
    coin("d").execute(),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
  expect(outcomes.flatMap((one) => (one.status === "rejected" ? [isConstraint(one.reason)] : []))).toEqual([
    true,
    true,
  ]);
  expect(await names()).toEqual(["a", "d"]);
});

test("a statement that SQLite does not understand fails alone", async () => {
  const outcomes = await Promise.allSettled([
    inTransaction("a"),
    db.deleteFrom("nothing" as "coins").execute(),
    db
      .insertInto("coins")
      .values({ name: {} as string, amount: 1 })
      .execute(),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(await names()).toEqual(["a"]);
});

test("transactions that pause never see each other half done", async () => {
  await coin("purse", 0).execute();
  const add = () =>
    db.transaction().execute(async (tx) => {
      const { amount } = await tx.selectFrom("coins").select("amount").executeTakeFirstOrThrow();
      await new Promise((resume) => setImmediate(resume));
      await tx
        .updateTable("coins")
        .set({ amount: amount + 1 })
        .execute();
    });
  await Promise.all(Array.from({ length: 10 }, add));
  expect(await db.selectFrom("coins").select("amount").execute()).toEqual([{ amount: 10 }]);
});

test("a stream of transactions that pause does not keep the first from the disk", async () => {
  let running = true;
  const pausing = async () => {
    for (let i = 0; running; i++) {
      await db.transaction().execute(async (tx) => {
        await tx
          .insertInto("coins")
          .values({ name: `${Math.random()}`, amount: i })
          .execute();
        await new Promise((resume) => setImmediate(resume));
      });
    }
  };
  const streams = [pausing(), pausing(), pausing()];
  await inTransaction("first");
  running = false;
  await Promise.all(streams);
  expect(await names()).toContain("first");
});

test("a commit that fails refuses every transaction of its turn and leaves the file as it was", async () => {
  await coin("crown").execute();
  const prepare = file.prepare.bind(file);
  const spy = jest.spyOn(file, "prepare").mockImplementation((sql) => {
    if (sql === "commit") throw new Error("disk I/O error");
    return prepare(sql);
  });
  const outcomes = await Promise.allSettled([inTransaction("a"), inTransaction("b"), coin("c").execute(), names()]);
  spy.mockRestore();
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: 503, type: "STORAGE_UNAVAILABLE" } });
  }
  expect(await names()).toEqual(["crown"]);
  await inTransaction("d");
  expect(await names()).toEqual(["crown", "d"]);
});

test("a disk that is full in the middle of a transaction loses no answered write and stores no refused one", async () => {
  await coin("crown").execute();
  full();
  const large = "x".repeat(200_000);
  const outcomes = await Promise.allSettled([
    inTransaction("a"),
    db.transaction().execute(async (tx) => {
      await tx.insertInto("coins").values({ name: large, amount: 1 }).execute();
    }),
    // It goes on after the failure, which may have undone its begin.
    db.transaction().execute(async (tx) => {
      await tx
        .insertInto("coins")
        .values({ name: `${large}!`, amount: 1 })
        .execute()
        .catch(() => undefined);
      await tx.insertInto("coins").values({ name: "after", amount: 1 }).execute();
    }),
    inTransaction("b"),
  ]);
  roomy();
  const answered = ["a", "", "after", "b"].filter((_, i) => outcomes[i]?.status === "fulfilled");
  expect(outcomes[1]?.status).toBe("rejected");
  expect(await names()).toEqual([...answered, "crown"].sort());
});

test("a failure that undoes the begin refuses what shared it, and later transactions are stored", async () => {
  const outcomes = await Promise.allSettled([
    inTransaction("before"),
    db.transaction().execute(async (tx) => {
      await tx.insertInto("coins").values({ name: "undone", amount: 1 }).execute();
      // What SQLite does by itself at some disk errors.
      file.db.exec("rollback");
      await tx.insertInto("coins").values({ name: "stray", amount: 1 }).execute();
    }),
    inTransaction("later"),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
  expect(await names()).toEqual(["later"]);
});
