import { rmSync } from "node:fs";
import { sql } from "kysely";
import type { MoneyTables } from "../../services/payments/payment.tables.ts";
import { SandboxBank } from "../../services/payments/sandbox/sandbox-bank.ts";
import { newId } from "../../services/shared/ids.ts";
import { eventually } from "../support/eventually.ts";
import { price, startMoney } from "../support/money.ts";
import { temporaryFolder } from "../support/services.ts";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

test("a bank's webhook that the shop could not take arrives after the restart", async () => {
  const before = await startMoney({ DATA_DIR: folder }, { refuseWebhooks: true });
  const { orderId } = await before.authorize("tok_delayed");
  await eventually(() => before.received.length > 0);
  await before.stop();
  const after = await startMoney({ DATA_DIR: folder });
  await after.becomes(orderId, "authorized");
  await after.stop();
});

test("an authorization that was recorded and never sent is sent after the restart, once", async () => {
  const before = await startMoney({ DATA_DIR: folder });
  const orderId = newId();
  await before.desk.store.open({ orderId, provider: "sandbox", ...price, token: "tok_ok" });
  await before.stop();
  const after = await startMoney({ DATA_DIR: folder });
  await after.becomes(orderId, "authorized");
  expect(await after.inside.call("payments.capture", { orderId })).toMatchObject({ status: "captured" });
  expect((await after.inside.call("payments.audit")).findings).toEqual([]);
  await after.stop();
});

test("a wish to undo survives, whether the bank saw the charge or not", async () => {
  const before = await startMoney({ DATA_DIR: folder });
  const [never, sent] = [newId(), newId()];
  for (const orderId of [never, sent]) {
    await before.desk.store.open({ orderId, provider: "sandbox", ...price, token: "tok_ok" });
  }
  const key = `${sent}:authorize`;
  await before.desk.bank.authorize({ key, charge: key, ...price, token: "tok_ok" });
  for (const orderId of [never, sent]) {
    await before.desk.store.claim(orderId, (payment) => ({ ...payment, voidRequested: true }));
  }
  await before.stop();
  const after = await startMoney({ DATA_DIR: folder });
  for (const orderId of [never, sent]) {
    await after.becomes(orderId, "voided");
    expect(await after.desk.bank.inquire(`${orderId}:authorize`)).toMatchObject({ status: "voided" });
  }
  await after.stop();
});

test("trap 25: a newer schema stops the start", async () => {
  const first = await startMoney({ DATA_DIR: folder });
  const db = first.money.db<unknown>();
  const applied = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  expect(applied.rows.map(({ name }) => name)).toEqual(["001-payments", "002-ledger", "003-messages"]);
  await sql`insert into kysely_migration (name, timestamp) values ('009-later', '')`.execute(db);
  await first.stop();
  await expect(startMoney({ DATA_DIR: folder })).rejects.toThrow(
    "The payments were written by a newer release (009-later is not known to this one): use that one",
  );
});

test("who lost its lease does not end the work of who holds it now", async () => {
  const shop = await startMoney({ DATA_DIR: folder }, { answerWithin: 5_000 });
  const db = shop.money.db<MoneyTables>();
  const { bank } = shop.desk;
  const authorize = bank.authorize.bind(bank);
  const { promise: late, resolve: answer } = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  jest.spyOn(SandboxBank.prototype, "inquire").mockImplementation(() => held.promise.then(() => null));
  jest.spyOn(SandboxBank.prototype, "authorize").mockImplementationOnce(async (request) => {
    const charge = await authorize(request);
    await db.updateTable("payments").set({ due_at: 0 }).execute();
    await late;
    return charge;
  });
  const first = shop.authorize("tok_ok");
  await eventually(async () => (await shop.tables()).payments[0]?.fence === 2);
  answer();
  expect(await first).toMatchObject({ status: "authorized" });
  expect((await shop.tables()).payments[0]).toMatchObject({ status: "authorized", leased: 1, fence: 2 });
  held.resolve();
  await eventually(async () => (await shop.tables()).payments[0]?.leased === 0);
  expect((await shop.tables()).payments[0]).toMatchObject({ status: "authorized", due_at: null });
  await shop.stop();
});
