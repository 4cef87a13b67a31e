import fc from "fast-check";
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
