import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { ServerRefusedError } from "../../mixins/servers.ts";
import { type PostgresDatabase, postgres } from "../../mixins/sql/postgres-database.ts";
import { eventually } from "../support/eventually.ts";
import { asked, newDatabase, postgresForAll } from "../support/money-databases.ts";
import { describeWithServer } from "../support/servers.ts";

interface Tables {
  purses: { id: string; coins: number };
}

describeWithServer("postgres", "a database on PostgreSQL", () => {
  const server = postgresForAll();
  const opened: PostgresDatabase[] = [];
  let lines: string[];
  let url: string;
  let writes: number;

  const log = () => ({
    info: (...words: unknown[]) => void lines.push(words.join(" ")),
    warn: (...words: unknown[]) => void lines.push(words.join(" ")),
  });
  const open = (name = "money", at = url, connections = 10) => {
    const database = postgres({ url: at, name, log, connections, wrote: () => writes++ });
    opened.push(database);
    return database;
  };
  const withPurses = async () => {
    const database = open();
    await database.connect();
    const db = database.db<Tables>();
    await sql`create table purses (id text primary key, coins bigint not null)`.execute(db);
    await db
      .insertInto("purses")
      .values(["a", "b"].map((id) => ({ id, coins: 0 })))
      .execute();
    return { database, db };
  };
  const coins = async (database: PostgresDatabase) =>
    (await database.db<Tables>().selectFrom("purses").selectAll().orderBy("id").execute()).map((row) => row.coins);
  const add = (database: PostgresDatabase, ids: string[], between: () => Promise<unknown> = async () => undefined) =>
    database.transaction<Tables, void>(async (tx) => {
      for (const [place, id] of ids.entries()) {
        if (place > 0) await between();
        await tx
          .updateTable("purses")
          .set((eb) => ({ coins: eb("coins", "+", 1) }))
          .where("id", "=", id)
          .execute();
      }
    });

  beforeEach(async () => {
    lines = [];
    writes = 0;
    url = await newDatabase(server());
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((database) => database.close()));
  });

  describe("the start", () => {
    const changed = (change: (url: URL) => void) => {
      const other = new URL(url);
      change(other);
      return other.href;
    };

    test("a wrong password ends it at once, in one line that does not tell the password", async () => {
      const wrong = changed((other) => {
        other.password = "not-the-password";
      });
      const refused = await open("money", wrong)
        .connect()
        .catch((error) => error);
      expect(refused).toBeInstanceOf(ServerRefusedError);
      expect(refused.message).toMatch(
        /^PostgreSQL at 127\.0\.0\.1:\d+\/t\w+ refuses us: password authentication failed/,
      );
      expect(`${refused.message} ${lines.join()}`).not.toContain("not-the-password");
    });

    test("so does a database that is not there, and one in which we may not make our schema", async () => {
      const missing = changed((other) => {
        other.pathname = "/nowhere";
      });
      await expect(open("money", missing).connect()).rejects.toThrow(
        /nowhere refuses us: database "nowhere" does not exist/,
      );
      await asked(url, "create role clerk login password 'clerk'");
      const unprivileged = changed((other) => {
        other.username = "clerk";
        other.password = "clerk";
      });
      await expect(open("money", unprivileged).connect()).rejects.toThrow(ServerRefusedError);
      await asked(url, "create schema money authorization clerk");
      await open("money", unprivileged).connect();
      await asked(url, "drop schema money; drop role clerk");
    });

    test("a server that is not there yet is tried again, a line for each attempt", async () => {
      await server().stop();
      const database = open();
      const connecting = database.connect();
      await eventually(() => lines.length >= 2);
      expect([database.healthy(), database.problem()]).toEqual([
        false,
        expect.stringMatching(/is away: not reached yet$/),
      ]);
      expect(lines[0]).toMatch(
        /^PostgreSQL at 127\.0\.0\.1:\d+\/t\w+ cannot be used: connect ECONNREFUSED \S+; attempt 1, the next in 0\.2 s$/,
      );
      expect(lines.join()).not.toContain("molecart:");
      await server().restart();
      await connecting;
      expect(database.healthy()).toBe(true);
    });

    test("nodes that start at once make the schema once", async () => {
      await Promise.all(Array.from({ length: 8 }, () => open().connect()));
      expect(lines.filter((line) => line.includes("the schema money was made")).length).toBeGreaterThan(0);
    });

    test("whoever closes while the server is away is not kept", async () => {
      const database = open("money", "postgres://nobody@127.0.0.1:1/nothing");
      const connecting = database.connect().catch((error) => error);
      await eventually(() => lines.length > 0);
      await database.close();
      expect(await connecting).toMatchObject({ name: "AbortError" });
    });
  });

  test("each name is a schema of its own", async () => {
    const { database } = await withPurses();
    const other = open("sandbox");
    await other.connect();
    await sql`create table purses (id text)`.execute(other.db());
    expect(await other.db<Tables>().selectFrom("purses").selectAll().execute()).toEqual([]);
    expect(await coins(database)).toEqual([0, 0]);
  });

  test("whole numbers are numbers, and what cannot be counted exactly is an error", async () => {
    const database = open();
    await database.connect();
    const sumOf = async (values: string) => {
      const summed = sql<{ n: unknown }>`select ${sql.raw(values)} as n`;
      return (await summed.execute(database.db())).rows[0]?.n;
    };
    expect(await sumOf("9007199254740991::bigint")).toBe(Number.MAX_SAFE_INTEGER);
    expect(await sumOf("(select sum(v) from unnest(array[1, 2]::bigint[]) v)")).toBe(3);
    await expect(sumOf("9007199254740992::bigint")).rejects.toThrow("more than can be counted exactly");
    const large = "(select sum(v) from unnest(array[9007199254740991, 9]::bigint[]) v)";
    await expect(sumOf(large)).rejects.toThrow("more than can be counted exactly");
    expect(await sumOf("1")).toBe(1);
  });

  describe("transactions", () => {
    test("two that lock each other out are both done, and counted as writes once each", async () => {
      const { database } = await withPurses();
      const other = open();
      writes = 0;
      const met = Promise.withResolvers<void>();
      let here = 0;
      // The first time both have locked one purse before they ask for the other.
      const meet = async () => {
        if (++here === 2) met.resolve();
        if (here <= 2) await met.promise;
      };
      await Promise.all([add(database, ["a", "b"], meet), add(other, ["b", "a"], meet)]);
      expect(here).toBeGreaterThan(2);
      expect(await coins(database)).toEqual([2, 2]);
      expect(writes).toBe(2);
    });

    test("one that throws leaves nothing, and is not repeated", async () => {
      const { database } = await withPurses();
      writes = 0;
      let runs = 0;
      const failing = add(database, ["a", "b"], async () => {
        runs++;
        throw new Error("no further");
      });
      await expect(failing).rejects.toThrow("no further");
      expect([runs, writes, await coins(database)]).toEqual([1, 0, [0, 0]]);
    });

    test("one whose connection breaks before the commit is done again", async () => {
      const { database } = await withPurses();
      let runs = 0;
      await add(database, ["a", "b"], async () => {
        if (++runs > 1) return;
        await asked(
          url,
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'molecart money'",
        );
        // Between two statements the client hears of it without anybody asking.
        await eventually(() => pause(5).then(() => true));
      });
      expect([runs, await coins(database)]).toEqual([2, [1, 1]]);
    });

    test("one whose commit is not answered is not done again: the caller hears that it may try", async () => {
      const { database, db } = await withPurses();
      await sql`create function leave() returns trigger language plpgsql as
        $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`.execute(db);
      await sql`create constraint trigger leave after update on purses deferrable initially deferred
        for each row execute function leave()`.execute(db);
      let runs = 0;
      const asking = add(database, ["a", "b"], async () => runs++);
      await expect(asking).rejects.toMatchObject({ type: "STORAGE_UNAVAILABLE", code: 503, retryable: true });
      expect(runs).toBe(1);
      const statement = database.atOnce<Tables, unknown>((one) => {
        runs++;
        return one.updateTable("purses").set({ coins: 9 }).execute();
      });
      await expect(statement).rejects.toMatchObject({ type: "STORAGE_UNAVAILABLE" });
      expect(runs).toBe(2);
    });

    test("a table that another release has changed meanwhile is read as it is now", async () => {
      const { database, db } = await withPurses();
      const reading = db.selectFrom("purses").selectAll().where("id", "=", "a");
      const inTransaction = () =>
        database.transaction<Tables, object[]>((tx) =>
          tx.selectFrom("purses").selectAll().where("id", "=", "b").execute(),
        );
      await reading.execute();
      await inTransaction();
      await asked(url, "alter table money.purses add column owner text default 'nobody'");
      expect(await reading.execute()).toEqual([{ id: "a", coins: 0, owner: "nobody" }]);
      await asked(url, "alter table money.purses add column place text default 'here'");
      expect(await inTransaction()).toEqual([{ id: "b", coins: 0, owner: "nobody", place: "here" }]);
    });

    test("a lock that is held too long is an error that may be tried again, and the connection stays", async () => {
      const { database, db } = await withPurses();
      const held = Promise.withResolvers<void>();
      const locked = Promise.withResolvers<void>();
      const holding = add(open(), ["a", "b"], () => {
        locked.resolve();
        return held.promise;
      });
      await locked.promise;
      const waiting = db.updateTable("purses").set({ coins: 9 }).where("id", "=", "a").execute();
      await expect(waiting).rejects.toMatchObject({ type: "STORAGE_UNAVAILABLE", code: 503 });
      expect(database.healthy()).toBe(true);
      held.resolve();
      await holding;
      expect(await coins(database)).toEqual([1, 1]);
    });
  });

  describe("a server that goes away", () => {
    test("is told once, whoever asks meanwhile hears 503, and idle connections do not end the process", async () => {
      const { database } = await withPurses();
      await Promise.all(Array.from({ length: 5 }, () => coins(database)));
      lines = [];
      await server().kill();
      await eventually(() => !database.healthy());
      expect(database.problem()).toMatch(/^PostgreSQL at .+ is away: /);
      for (const asking of [coins(database), add(database, ["a"])]) {
        await expect(asking).rejects.toMatchObject({ type: "STORAGE_UNAVAILABLE", code: 503, retryable: true });
      }
      await server().restart();
      // Nobody asks: it notices by itself.
      await eventually(() => database.healthy());
      expect(await coins(database)).toEqual([0, 0]);
      expect(lines).toEqual([expect.stringMatching(/ is away: /), expect.stringMatching(/ answers after \d+\.\d s$/)]);
    });

    test("one that is back within a second is hardly noticed: transactions are done again", async () => {
      const { database } = await withPurses();
      const adding = add(database, ["a", "b"], async () => {
        if (++runs === 1) await server().restart();
      });
      let runs = 0;
      await adding;
      expect([runs, await coins(database)]).toEqual([2, [1, 1]]);
    });

    test("one that is silent is given up after some seconds, and used again when it speaks", async () => {
      const { database } = await withPurses();
      server().pause();
      try {
        await expect(coins(database)).rejects.toMatchObject({ type: "STORAGE_UNAVAILABLE" });
        expect(database.healthy()).toBe(false);
      } finally {
        server().resume();
      }
      await eventually(() => database.healthy());
      expect(await coins(database)).toEqual([0, 0]);
    });
  });
});
