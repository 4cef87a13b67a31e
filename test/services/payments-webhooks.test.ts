import { sandboxWebhookKey } from "../../services/payments/payment-desk.ts";
import { SandboxBank } from "../../services/payments/sandbox/sandbox-bank.ts";
import { signatureOf } from "../../services/payments/sandbox/signature.ts";
import { newId } from "../../services/shared/ids.ts";
import { eventually } from "../support/eventually.ts";
import { type MoneyShop, price, startMoney } from "../support/money.ts";

let shop: MoneyShop;
beforeAll(async () => {
  shop = await startMoney();
});
afterAll(() => shop.stop());
afterEach(() => jest.restoreAllMocks());

const capture = (orderId: string) => shop.inside.call("payments.capture", { orderId });
const undo = (orderId: string) => shop.inside.call("payments.undo", { orderId });
const paidFor = (orderId: string) => shop.paidFor(orderId);

describe("webhooks", () => {
  test("a signature that is missing, wrong, old or of other bytes is refused before anything is stored", async () => {
    const { orderId } = await shop.authorize("tok_requires_action");
    const body = JSON.stringify({
      id: "evt_forged",
      type: "charge.authorized",
      charge: { key: `${orderId}:authorize` },
    });
    const key = sandboxWebhookKey(shop.platform.environment);
    const signatures = [
      undefined,
      "t=1,v1=x",
      signatureOf("another key", body, Date.now()),
      signatureOf(key, body, Date.now() - 6 * 60_000),
      signatureOf(key, `${body} `, Date.now()),
    ];
    for (const signature of signatures) {
      const headers: Record<string, string> = signature ? { "sandbox-signature": signature } : {};
      await expect(shop.as({}).call("payments.webhook", { provider: "sandbox", body, headers })).rejects.toMatchObject({
        code: 401,
        type: "WEBHOOK_SIGNATURE_INVALID",
      });
    }
    expect((await shop.tables()).inbox.some(({ event_id }) => event_id === "evt_forged")).toBe(false);
  });

  test("a webhook that comes before the answer wins, and the answer changes nothing", async () => {
    const bank = shop.desk.bank;
    const real = bank.authorize.bind(bank);
    const orderId = newId();
    jest.spyOn(SandboxBank.prototype, "authorize").mockImplementation(async (request) => {
      const charge = await real(request);
      await shop.tell({ orderId, reference: charge.reference });
      expect(await shop.inside.call("payments.ofOrder", { orderId })).toMatchObject({ status: "authorized" });
      return charge;
    });
    expect(await shop.authorize("tok_ok", orderId)).toMatchObject({ status: "authorized" });
    const { payments, inbox } = await shop.tables();
    expect(payments.find((one) => one.order_id === orderId)).toMatchObject({ due_at: null, leased: 0, token: null });
    expect(inbox.at(-1)?.processed_at).not.toBeNull();
  });

  test("trap 4: confirmation and webhook race, and the payment is captured once", async () => {
    for (let round = 0; round < 10; round++) {
      const { orderId } = await shop.authorize("tok_ok");
      const charge = { orderId, status: "captured", captured: price.amount } as const;
      await Promise.all([capture(orderId), shop.tell(charge), capture(orderId), shop.tell(charge)]);
      expect(await capture(orderId)).toMatchObject({ status: "captured", captured: price });
      expect(await paidFor(orderId)).toBe(price.amount);
    }
  });

  test("trap 18: a webhook delivered three times settles once", async () => {
    const { orderId } = await shop.authorize("tok_ok");
    const id = newId();
    const charge = { orderId, status: "captured", captured: price.amount } as const;
    const settle = () => shop.tell(charge, { id });
    await Promise.all([settle(), settle(), settle()]);
    await settle();
    const { inbox } = await shop.tables();
    expect(inbox.filter(({ event_id }) => event_id === id)).toMatchObject([{ outcome: "moved" }]);
    expect(await paidFor(orderId)).toBe(price.amount);
    await eventually(() => shop.eventsOf(orderId).length === 2);
    expect(shop.eventsOf(orderId)).toEqual(["payment.authorized", "payment.captured"]);
  });

  test("an old webhook on a voided payment has the provider asked, and changes nothing", async () => {
    const { orderId } = await shop.authorize("tok_ok");
    await undo(orderId);
    const inquire = jest.spyOn(SandboxBank.prototype, "inquire");
    await shop.tell({ orderId });
    await eventually(() => inquire.mock.calls.length > 0);
    await eventually(async () => (await shop.tables()).payments.find((one) => one.order_id === orderId)?.leased === 0);
    expect(await shop.inside.call("payments.ofOrder", { orderId })).toMatchObject({ status: "voided" });
  });

  test("events of an unknown type or of an unknown payment are kept for staff", async () => {
    const { orderId } = await shop.authorize("tok_ok");
    await shop.tell({ orderId }, { id: "evt_dispute", type: "charge.disputed" });
    await shop.tell({ orderId: newId() }, { id: "evt_stranger" });
    const { inbox } = await shop.tables();
    const kept = inbox.filter(({ outcome }) => outcome === "unmatched").map(({ event_id }) => event_id);
    expect(kept.sort()).toEqual(["evt_dispute", "evt_stranger"]);
    const { findings } = await shop.inside.call("payments.audit");
    expect(findings.map(({ rule, subject }) => `${rule} ${subject}`).sort()).toEqual([
      "payments.unmatched sandbox/evt_dispute",
      "payments.unmatched sandbox/evt_stranger",
    ]);
  });

  test("an event that cannot be handled is stored, answered, and shown by the audit", async () => {
    const { orderId } = await shop.authorize("tok_ok");
    await shop.tell({ orderId, amount: 1, status: "captured", captured: 1 }, { id: "evt_wrong_amount" });
    expect(await shop.inside.call("payments.ofOrder", { orderId })).toMatchObject({ status: "authorized" });
    const { findings } = await shop.inside.call("payments.audit");
    expect(findings).toContainEqual(
      expect.objectContaining({ rule: "payments.inbox", subject: "sandbox/evt_wrong_amount" }),
    );
  });
});
