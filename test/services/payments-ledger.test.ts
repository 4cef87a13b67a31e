import fc from "fast-check";
import { sql } from "kysely";
import type { Payment } from "../../services/payments/payments.contract.ts";
import { newId } from "../../services/shared/ids.ts";
import { type MoneyShop, price, startMoney } from "../support/money.ts";

let shop: MoneyShop;
beforeAll(async () => {
  shop = await startMoney();
});
afterAll(() => shop.stop());
afterEach(() => jest.restoreAllMocks());

const capture = (orderId: string) => shop.inside.call("payments.capture", { orderId });
const paidFor = (orderId: string) => shop.paidFor(orderId);

describe("the ledger", () => {
  const db = () => shop.platform.sql("money").db();

  test("it refuses what does not sum to zero, and whatever would change it", async () => {
    const { orderId } = await shop.authorize("tok_ok");
    const { id } = await capture(orderId);
    const add = (legs: object[]) =>
      sql`insert into ledger_transactions (id, payment_id, kind, currency, legs, at)
      values (${newId()}, ${id}, 'capture', 'USD', ${JSON.stringify(legs)}, '')`.execute(db());
    const leg = (amount: number) => ({ account: "sales", amount });
    for (const legs of [[leg(5), leg(-4)], [leg(0)], [], [leg(1.5), leg(-1.5)]]) {
      await expect(add(legs)).rejects.toThrow();
    }
    const transaction = sql`select transaction_id from ledger_entries limit 1`;
    const changes = [
      sql`update ledger_entries set amount = 1`,
      sql`delete from ledger_entries`,
      sql`update ledger_transactions set kind = 'refund'`,
      sql`delete from ledger_transactions`,
      sql`insert or replace into ledger_transactions select * from ledger_transactions`,
      sql`insert or replace into ledger_entries select * from ledger_entries`,
      sql`insert into ledger_entries select (${transaction}), 9, 'sales', 1`,
    ];
    for (const change of changes) await expect(change.execute(db())).rejects.toThrow(/ledger|constraint/);
    expect(await paidFor(orderId)).toBe(price.amount);
  });

  test("captured never exceeds the amount, nor refunded what was captured", async () => {
    const { orderId } = await shop.authorize("tok_ok");
    for (const column of ["captured", "refunded"]) {
      const change = sql`update payments set ${sql.ref(column)} = ${price.amount + 1} where order_id = ${orderId}`;
      await expect(change.execute(db())).rejects.toThrow("CHECK constraint failed");
    }
  });
});

test("the audit's list of charged payments holds those that hold or took money", async () => {
  const held = await shop.authorize("tok_ok");
  const taken = await shop.authorize("tok_ok");
  await capture(taken.orderId);
  const declined = await shop.authorize("tok_declined");
  const listed: Payment[] = [];
  for (let after = ""; ; ) {
    const page = await shop.inside.call("payments.charged", { after, limit: 2 });
    listed.push(...page);
    const last = page.at(-1);
    if (!last) break;
    after = last.id;
  }
  const ids = listed.map(({ id }) => id);
  expect(ids).toEqual([...ids].sort());
  expect(ids).toEqual(expect.arrayContaining([held.id, taken.id]));
  expect(ids).not.toContain(declined.id);
});

test("whatever is asked in whatever order, the ledger sums to zero and holds what is captured less refunded", async () => {
  const step = fc.constantFrom("authorize", "capture", "undo", "told authorized", "told captured", "told refunded");
  const token = fc.constantFrom("tok_ok", "tok_declined", "tok_requires_action", "tok_error");
  const run = async (orderId: string, what: string, token: string) => {
    if (what === "authorize") return shop.authorize(token, orderId);
    if (what === "capture" || what === "undo") return shop.inside.call(`payments.${what}`, { orderId });
    const status = what.split(" ")[1] as "authorized" | "captured" | "refunded";
    const captured = status === "authorized" ? 0 : price.amount;
    return shop.tell({ orderId, status, captured, refunded: status === "refunded" ? price.amount : 0 });
  };
  await fc.assert(
    fc.asyncProperty(
      token,
      fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 6 }),
      async (token, rounds) => {
        const orderId = newId();
        for (const atOnce of rounds) {
          // A refusal, such as the capture of a voided payment, is an answer too.
          await Promise.allSettled(atOnce.map((what) => run(orderId, what, token)));
          const { findings } = await shop.inside.call("payments.audit");
          expect(findings.filter(({ rule }) => rule === "payments.paid" || rule === "payments.ledger")).toEqual([]);
        }
      },
    ),
    { numRuns: 40 },
  );
}, 30_000);
