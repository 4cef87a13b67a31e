import { sql } from "kysely";
import { migrate } from "../../services/payments/migrate.ts";
import { PaymentStore } from "../../services/payments/payment-store.ts";
import type { SandboxTables } from "../../services/payments/sandbox/sandbox.tables.ts";
import { SandboxBank } from "../../services/payments/sandbox/sandbox-bank.ts";
import { WebhookSender } from "../../services/payments/sandbox/webhook-sender.ts";
import { newId } from "../../services/shared/ids.ts";
import { eventually } from "../support/eventually.ts";
import { connected, type MoneyPlace, postgresForAll, postgresPlace } from "../support/money-databases.ts";
import { openDesk, price, type TestDesk } from "../support/money-desks.ts";
import { describeWithServer } from "../support/servers.ts";

describeWithServer("postgres", "payments on two nodes", () => {
  const server = postgresForAll();
  let place: MoneyPlace;
  let nodes: [TestDesk, TestDesk];
  const [first, second] = [() => nodes[0], () => nodes[1]];

  beforeAll(async () => {
    place = await postgresPlace(server());
    nodes = [await openDesk(place.node()), await openDesk(place.node())];
  });
  afterAll(async () => {
    await Promise.all(nodes.map(({ desk }) => desk.stop()));
    await place.close();
  });
  afterEach(() => jest.restoreAllMocks());

  const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
  const either = (i: number) => nodes[i % 2] as TestDesk;
  const draft = (orderId = newId()) => ({ orderId, provider: "sandbox", ...price, token: "tok_ok" });
  const settled = (orderId: string) =>
    eventually(async () => {
      const payment = await first().desk.store.ofOrder(orderId);
      return payment && payment.dueAt === null && !payment.voidRequested && payment;
    });

  test("an order that both authorize at once is charged once, and both know", async () => {
    const authorize = jest.spyOn(SandboxBank.prototype, "authorize");
    const orders = many(20, () => newId());
    const answers = await Promise.all(orders.flatMap((order) => many(6, (i) => either(i).authorize("tok_ok", order))));
    expect(authorize.mock.calls.map(([{ key }]) => key).sort()).toEqual(orders.map((id) => `${id}:authorize`).sort());
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(["authorized"]));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(20);
  });

  test("fifty captures at once take the money once", async () => {
    const { orderId } = await first().authorize("tok_ok");
    const captured = await Promise.all(many(50, (i) => either(i).desk.capture(orderId)));
    expect(new Set(captured.map(({ status }) => status))).toEqual(new Set(["captured"]));
    expect(await first().movements(orderId)).toEqual([{ kind: "capture", amount: price.amount }]);
    expect(await first().paidFor(orderId)).toBe(price.amount);
  });

  test("a capture on one and an undo on the other end not charged", async () => {
    for (let round = 0; round < 10; round++) {
      const { orderId } = await first().authorize("tok_ok");
      await Promise.allSettled([either(round).desk.capture(orderId), either(round + 1).desk.undo(orderId)]);
      expect(["voided", "refunded"]).toContain((await settled(orderId)).status);
      expect(await first().paidFor(orderId)).toBe(0);
      const moved = await first().movements(orderId);
      expect(moved.reduce((sum, { kind, amount }) => sum + (kind === "capture" ? amount : -amount), 0)).toBe(0);
    }
  });

  test("an authorization on one and an undo on the other end not charged", async () => {
    for (let round = 0; round < 10; round++) {
      const orderId = newId();
      await Promise.allSettled([either(round).authorize("tok_ok", orderId), either(round + 1).desk.undo(orderId)]);
      expect((await settled(orderId)).status).toBe("voided");
    }
  });

  test("trap 24: while a provider is asked, no transaction is open and the payment is not locked", async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const { bank } = first().desk;
    const real = bank.authorize.bind(bank);
    jest.spyOn(SandboxBank.prototype, "authorize").mockImplementation(async (request) => {
      asked.resolve();
      await answer.promise;
      return real(request);
    });
    const orderId = newId();
    const asking = first().authorize("tok_ok", orderId);
    await asked.promise;
    const { db } = second().desk.store;
    const open = sql<{ n: number }>`select count(*) as n from pg_stat_activity
      where datname = current_database() and state like 'idle in transaction%'`;
    await eventually(async () => (await open.execute(db)).rows[0]?.n === 0);
    const row = db.selectFrom("payments").select("leased").where("order_id", "=", orderId);
    expect(await row.forUpdate().noWait().execute()).toEqual([{ leased: 1 }]);
    answer.resolve();
    expect(await asking).toMatchObject({ status: "authorized" });
  });

  test("due work is claimed by one of them", async () => {
    const waiting = await postgresPlace(server());
    const databases = [waiting.node()("money"), waiting.node()("money")];
    for (const database of databases) await connected(database);
    await migrate(databases[0] as (typeof databases)[0], { info: () => undefined });
    const stores = databases.map((database) => new PaymentStore(database, () => undefined));
    const [one] = stores as [PaymentStore];
    await Promise.all(many(120, () => one.open(draft())));
    await one.db.updateTable("payments").set({ due_at: 1, leased: 0 }).execute();
    const claims = (await Promise.all(many(30, (i) => stores[i % 2]?.claimDue(10) ?? []))).flat();
    const ids = claims.map(({ payment }) => payment.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (let some = claims; some.length; ) {
      some = await one.claimDue(10);
      ids.push(...some.map(({ payment }) => payment.id));
    }
    expect([ids.length, new Set(ids).size]).toEqual([120, 120]);
    expect(claims.every(({ payment }) => payment.leased && payment.fence === 2)).toBe(true);
    await waiting.close();
  });

  test("what one leaves half done, because it died, the other ends when the lease is over", async () => {
    const { desk } = second();
    const opened = await desk.store.open(draft());
    const orderId = opened?.payment.orderId as string;
    await desk.store.db.updateTable("payments").set({ due_at: 1 }).where("order_id", "=", orderId).execute();
    expect(await settled(orderId)).toMatchObject({ status: "authorized", fence: 2 });
  });

  test("trap 18: an event that the bank tells three times, to both, settles once", async () => {
    const { orderId } = await first().authorize("tok_requires_action");
    const id = newId();
    const word = { orderId, status: "captured", captured: price.amount } as const;
    await Promise.all([first().tell(word, id), second().tell(word, id), first().tell(word, id)]);
    await second().tell(word, id);
    const inbox = first().desk.store.db.selectFrom("inbox").select("outcome").where("event_id", "=", id);
    expect(await inbox.execute()).toEqual([{ outcome: "moved" }]);
    expect(await first().paidFor(orderId)).toBe(price.amount);
    const told = await eventually(() => {
      const events = nodes
        .flatMap(({ told }) => told)
        .filter(({ payload }) => (payload as { orderId: string }).orderId === orderId);
      return events.length > 0 && events;
    });
    expect(new Set(told.map(({ name }) => name))).toEqual(new Set(["payment.captured"]));
  });

  test("words of the bank that reach both in any order move a payment forward only", async () => {
    for (let round = 0; round < 10; round++) {
      const { orderId } = await either(round).authorize("tok_requires_action");
      const words = [
        { orderId, status: "authorized" },
        { orderId, status: "captured", captured: price.amount },
        { orderId, status: "refunded", captured: price.amount, refunded: price.amount },
      ] as const;
      await Promise.all(words.map((word, i) => either(round + i).tell(word)));
      expect((await settled(orderId)).status).toBe("refunded");
      expect(await first().paidFor(orderId)).toBe(0);
    }
  });

  test("the bank gives one answer, whichever node asks it, and never authorizes what it has voided", async () => {
    const banks = nodes.map(({ desk }) => desk.bank);
    for (let round = 0; round < 20; round++) {
      const key = `${newId()}:authorize`;
      const request = { key, charge: key, ...price };
      const [a, b] = [banks[round % 2], banks[(round + 1) % 2]] as [SandboxBank, SandboxBank];
      const [one, other] = await Promise.all([
        a.authorize({ ...request, token: "tok_ok" }),
        b.authorize({ ...request, token: "tok_ok" }),
        round % 2 ? b.void(request) : undefined,
      ]);
      expect(one.reference).toBe(other.reference);
      const after = await a.inquire(key);
      expect([after?.reference, after?.status]).toEqual([one.reference, round % 2 ? "voided" : "authorized"]);
    }
  });

  test("the bank's webhooks are posted by one node each", async () => {
    const databases = many(4, () => place.node()("sandbox"));
    for (const database of databases) await connected(database);
    const posted: string[] = [];
    jest.spyOn(globalThis, "fetch").mockImplementation(async (_, init) => {
      posted.push(String(init?.body));
      return new Response(null, { status: 200 });
    });
    for (const { desk } of nodes) await desk.stop();
    const [bank] = databases as [(typeof databases)[0]];
    await bank.db<SandboxTables>().deleteFrom("webhooks").execute();
    const rows = many(200, (i) => ({ id: `evt_${i}`, body: String(i), attempts: 0, due_at: i }));
    await bank.db<SandboxTables>().insertInto("webhooks").values(rows).execute();
    const options = { url: "http://127.0.0.1:1", key: "key", log: { warn: () => undefined } };
    await Promise.all(databases.map((database) => new WebhookSender(database.db(), options).sendDue()));
    expect(posted.map(Number).sort((a, b) => a - b)).toEqual(many(200, (i) => i));
    for (const { desk } of nodes) desk.start();
  });

  test("two that start at once on an empty database make its tables once, and say so", async () => {
    const empty = await postgresPlace(server());
    const started = await Promise.all([openDesk(empty.node()), openDesk(empty.node())]);
    expect(started.map(({ said }) => said[0]).sort()).toEqual([
      "The database of money is up to date at 003-messages",
      "The database of money was migrated: 001-payments, 002-ledger, 003-messages",
    ]);
    expect(await started[1].authorize("tok_ok")).toMatchObject({ status: "authorized" });
    for (const { desk } of started) await desk.stop();
    await empty.close();
  });

  test("trap 25: a database that a newer release has changed is refused", async () => {
    const newer = await postgresPlace(server());
    const node = newer.node();
    const { desk } = await openDesk(node, { start: false });
    await node("money").db().insertInto("kysely_migration").values({ name: "009-later", timestamp: "" }).execute();
    await expect(openDesk(newer.node(), { start: false })).rejects.toThrow(
      "The payments were written by a newer release (009-later is not known to this one): use that one",
    );
    await desk.stop();
    await newer.close();
  });
});

describeWithServer("postgres", "payments whose server dies", () => {
  const server = postgresForAll();

  test("nothing that was answered is lost, nobody is charged twice, and the rest is brought to its end", async () => {
    const place = await postgresPlace(server());
    const nodes = [await openDesk(place.node()), await openDesk(place.node())];
    const [node] = nodes as [TestDesk];
    const authorized: string[] = [];
    const captured: string[] = [];
    const orders: string[] = [];
    const problems: { type?: string; code?: number; retryable?: boolean }[] = [];
    let running = true;
    const buyer = async (i: number) => {
      while (running) {
        const { desk } = nodes[i % 2] as TestDesk;
        const orderId = newId();
        orders.push(orderId);
        try {
          const { status } = await desk.authorize(orderId, price, "tok_ok");
          if (status === "authorized") authorized.push(orderId);
          if ((await desk.capture(orderId)).status === "captured") captured.push(orderId);
        } catch (error) {
          problems.push(error as { type?: string });
          await new Promise((resume) => setTimeout(resume, 50));
        }
      }
    };
    const buyers = Promise.all(Array.from({ length: 8 }, (_, i) => buyer(i)));
    for (let round = 0; round < 2; round++) {
      const before = captured.length;
      await eventually(() => captured.length > before + 20);
      await server().kill();
      await eventually(() => problems.length > round * 8);
      await server().restart();
    }
    const before = captured.length;
    await eventually(() => captured.length > before + 20);
    running = false;
    await buyers;

    expect(problems.filter(({ type }) => type !== "STORAGE_UNAVAILABLE" && type !== "PAYMENT_UNKNOWN")).toEqual([]);
    // Leases of what was cut off are over sooner here.
    await node.desk.store.db.updateTable("payments").set({ due_at: 1 }).where("leased", "=", 1).execute();
    const payments = node.desk.store.db.selectFrom("payments").select(["order_id", "status", "due_at"]);
    const rows = await eventually(async () => {
      const all = await payments.execute();
      return all.every(({ due_at }) => due_at === null) && all;
    });
    const status = new Map(rows.map((row) => [row.order_id, row.status]));
    expect(authorized.filter((id) => !["authorized", "captured"].includes(status.get(id) ?? "gone"))).toEqual([]);
    expect(captured.filter((id) => status.get(id) !== "captured")).toEqual([]);
    expect([...status.keys()].filter((id) => !orders.includes(id))).toEqual([]);
    for (const id of captured) expect((await node.movements(id)).length).toBe(1);
    await eventually(async () => (await node.findings()).length === 0);
    for (const { desk } of nodes) await desk.stop();
    await place.close();
  }, 60_000);
});
