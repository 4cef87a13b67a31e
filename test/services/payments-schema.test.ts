import { type Kysely, type RawBuilder, sql } from "kysely";
import type { SqlDatabase } from "../../mixins/sql/sql-database.ts";
import { migrate } from "../../services/payments/migrate.ts";
import type { MoneyDb } from "../../services/payments/payment.tables.ts";
import { newId } from "../../services/shared/ids.ts";
import { connected, type MoneyPlace, onEachDatabase } from "../support/money-databases.ts";

const quiet = { info: () => undefined };

onEachDatabase((newPlace) => {
  let place: MoneyPlace;
  let money: SqlDatabase;
  let db: MoneyDb;

  beforeAll(async () => {
    place = await newPlace();
    money = place.node()("money");
    await connected(money);
    await migrate(money, quiet);
    db = money.db();
  });
  afterAll(() => place?.close());

  describe("migrations", () => {
    test("trap 25: they say what they did, once", async () => {
      const said: unknown[] = [];
      const log = { info: (...words: unknown[]) => void said.push(...words) };
      const trial = place.node()("trial");
      await connected(trial);
      await migrate(trial, log);
      await migrate(trial, log);
      expect(said).toEqual([
        "The database of money was migrated: 001-payments, 002-ledger, 003-messages",
        "The database of money is up to date at 003-messages",
      ]);
    });

    test("one that fails leaves nothing behind", async () => {
      const fails = {
        "001-half": {
          async up(db: Kysely<unknown>) {
            await sql`create table half (id text)`.execute(db);
            throw new Error("no further");
          },
        },
      };
      const half = place.node()("half");
      await connected(half);
      await expect(migrate(half, quiet, fails)).rejects.toThrow("no further");
      expect((await half.db().introspection.getTables()).map(({ name }) => name)).not.toContain("half");
      // Nor a lock: who comes next can go on.
      await migrate(half, quiet);
    });
  });

  const payment = async (change: object = {}) => {
    const id = newId();
    const row = {
      ...{ id, order_id: newId(), provider: "sandbox", status: "authorized", version: 1, currency: "USD" },
      ...{ amount: 500, captured: 0, refunded: 0, capture_requested: 0, void_requested: 0, leased: 0, fence: 0 },
      ...{ failures: 0, created_at: "", updated_at: "", ...change },
    };
    await money.db().insertInto("payments").values(row).execute();
    return row;
  };
  const post = (paymentId: string, legs: unknown, id = newId()) =>
    sql`insert into ledger_transactions (id, payment_id, kind, currency, legs, at)
      values (${id}, ${paymentId}, 'capture', 'USD', ${JSON.stringify(legs)}, '')`.execute(db);
  const leg = (amount: unknown, account = "sales") => ({ account, amount });
  const entries = () => db.selectFrom("ledger_entries").selectAll().orderBy("transaction_id").orderBy("line").execute();

  describe("the ledger", () => {
    test("a transaction that sums to zero becomes its entries, line by line", async () => {
      const { id } = await payment();
      const posted = newId();
      await post(id, [leg(700, "receivable:sandbox"), leg(-500), leg(-200, "tax")], posted);
      const rows = await db.selectFrom("ledger_entries").selectAll().where("transaction_id", "=", posted).execute();
      expect(rows.sort((a, b) => a.line - b.line)).toEqual([
        { transaction_id: posted, line: 0, account: "receivable:sandbox", amount: 700 },
        { transaction_id: posted, line: 1, account: "sales", amount: -500 },
        { transaction_id: posted, line: 2, account: "tax", amount: -200 },
      ]);
    });

    test.each([
      ["does not sum to zero", [leg(5), leg(-4)]],
      ["has one leg", [leg(0)]],
      ["has no legs", []],
      ["has parts of a cent", [leg(1.5), leg(-1.5)]],
      ["has a leg of nothing", [leg(0), leg(0)]],
      ["has a leg without an amount", [leg(5), leg(-5), { account: "sales" }]],
      ["has a leg without an account", [{ amount: 5 }, leg(-5)]],
      ["is no list", "nothing"],
    ])("what %s is refused, and leaves nothing", async (_, legs) => {
      const { id } = await payment();
      const before = (await entries()).length;
      await expect(post(id, legs)).rejects.toThrow();
      expect((await entries()).length).toBe(before);
    });

    test("money of a payment that does not exist is refused", async () => {
      await expect(post(newId(), [leg(5), leg(-5)])).rejects.toThrow(/foreign key/i);
    });

    test("nothing in it is changed, removed, replaced, added to or emptied", async () => {
      const { id } = await payment();
      const posted = newId();
      await post(id, [leg(5, "receivable:sandbox"), leg(-5)], posted);
      const before = await entries();
      const changes: RawBuilder<unknown>[] = [
        sql`update ledger_entries set amount = 1`,
        sql`delete from ledger_entries`,
        sql`update ledger_transactions set kind = 'refund'`,
        sql`delete from ledger_transactions`,
        sql`delete from payments`,
        sql`insert into ledger_entries select ${posted}, 9, 'sales', 1`,
        sql`insert into ledger_entries select ${posted}, 1, 'sales', -5`,
        sql`insert into ledger_transactions select * from ledger_transactions
          where true on conflict (id) do update set kind = 'refund'`,
        ...(money.dialect === "sqlite"
          ? [
              sql`insert or replace into ledger_transactions select * from ledger_transactions`,
              sql`insert or replace into ledger_entries select * from ledger_entries`,
            ]
          : [
              sql`truncate ledger_entries`,
              sql`truncate ledger_transactions cascade`,
              sql`truncate payments cascade`,
              sql`merge into ledger_entries e using ledger_transactions t on e.transaction_id = t.id
                when matched then update set amount = 1`,
            ]),
      ];
      for (const change of changes) await expect(change.execute(db)).rejects.toThrow(/ledger|constraint/);
      expect(await entries()).toEqual(before);
      await expect(post(id, [leg(7), leg(-7)], posted)).rejects.toThrow();
      expect(await entries()).toEqual(before);
    });
  });

  describe("a payment", () => {
    test.each([
      ["an unknown status", { status: "paid" }],
      ["a currency that is none", { currency: "US" }],
      ["less than nothing", { amount: -1 }],
      ["more captured than the amount", { status: "captured", captured: 501 }],
      ["more refunded than captured", { status: "refunded", captured: 400, refunded: 401 }],
      ["less than nothing refunded", { status: "captured", captured: 400, refunded: -1 }],
      ["captured of nothing", { status: "captured", captured: 0 }],
      ["refunded in part only", { status: "refunded", captured: 500, refunded: 400 }],
      ["a lease that is neither there nor not", { leased: 2 }],
      ["a part of a cent", { amount: 1.5 }],
    ])("with %s is refused", async (_, change) => {
      await expect(payment(change)).rejects.toThrow(/check|bigint|real/i);
    });

    test("an order has one", async () => {
      const { order_id } = await payment();
      await expect(payment({ order_id })).rejects.toThrow(/unique/i);
    });

    test("what it has come to is a whole number of any size that counts exactly", async () => {
      const amount = Number.MAX_SAFE_INTEGER;
      const { id } = await payment({ status: "captured", amount, captured: amount, due_at: 4_102_444_800_000 });
      const [row] = await db.selectFrom("payments").selectAll().where("id", "=", id).execute();
      expect(row).toMatchObject({ amount, captured: amount, due_at: 4_102_444_800_000 });
      const summed = db
        .selectFrom("payments")
        .where("id", "=", id)
        .select(({ fn }) => fn.sum<number>("captured").as("sum"));
      expect(await summed.execute()).toEqual([{ sum: amount }]);
    });
  });

  test("an operation is of a payment, and of a kind and state that there is", async () => {
    const { id } = await payment();
    const operation = { id: newId(), payment_id: id, kind: "capture", state: "started", attempts: 1, started_at: 1 };
    const add = (change: object) =>
      money
        .db()
        .insertInto("operations")
        .values({ ...operation, ...change })
        .execute();
    for (const wrong of [{ kind: "gift" }, { state: "done" }, { payment_id: newId() }]) {
      await expect(add(wrong)).rejects.toThrow(/check|foreign key/i);
    }
    await add({});
    await expect(add({})).rejects.toThrow(/unique/i);
  });

  test("an event is told and heard once by its id", async () => {
    const heard = { provider: "sandbox", event_id: "evt", type: "t", body: "{}", received_at: 1 };
    const told = { id: newId(), name: "payment.captured", payload: "{}", at: 1 };
    for (const [table, row] of [["inbox", heard] as const, ["outbox", told] as const]) {
      await money.db().insertInto(table).values(row).execute();
      await expect(money.db().insertInto(table).values(row).execute()).rejects.toThrow(/unique/i);
    }
  });
});
