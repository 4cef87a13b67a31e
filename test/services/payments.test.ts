import { ProviderUnavailable } from "../../services/payments/provider.ts";
import { SandboxBank } from "../../services/payments/sandbox/sandbox-bank.ts";
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

describe("each token of the sandbox bank", () => {
  test("tok_ok sets the money aside, and a capture takes it", async () => {
    const { orderId, ...authorized } = await shop.authorize("tok_ok");
    expect(authorized).toMatchObject({ status: "authorized", amount: price, captured: { amount: 0 } });
    expect(await capture(orderId)).toMatchObject({ status: "captured", captured: price, refunded: { amount: 0 } });
    expect(await paidFor(orderId)).toBe(price.amount);
    await eventually(() => shop.eventsOf(orderId).length === 2);
    expect(shop.eventsOf(orderId)).toEqual(["payment.authorized", "payment.captured"]);
  });

  test.each([
    ["tok_declined", "PAYMENT_DECLINED"],
    ["tok_insufficient_funds", "PAYMENT_DECLINED"],
    ["tok_of_another_shop", "PAYMENT_TOKEN_INVALID"],
  ])("%s is refused with a reason", async (token, type) => {
    const payment = await shop.authorize(token);
    expect(payment).toMatchObject({ status: "failed", failure: { type } });
    await expect(capture(payment.orderId)).rejects.toMatchObject({ code: 409, type: "PAYMENT_NOT_AUTHORIZED" });
  });

  test("tok_requires_action waits for the shopper, who confirms on the bank's page", async () => {
    const { orderId, status, nextAction } = await shop.authorize("tok_requires_action");
    expect([status, nextAction?.type]).toEqual(["requires_action", "redirect"]);
    expect(nextAction?.url).toMatch(/\/sandbox\/payments\/[\w-]{24}$/);
    const reference = nextAction?.url.split("/").at(-1) as string;
    const page = await shop.as({}).call("payments.sandboxPage", { reference });
    expect(page).toContain("$129.00");
    expect(page).not.toMatch(/<script|<style|style=|\son\w+=/);
    await shop.as({}).call("payments.sandboxDecide", { reference, decision: "approve" });
    expect(await shop.becomes(orderId, "authorized")).toMatchObject({ nextAction: null });
    expect(await shop.as({}).call("payments.sandboxDecide", { reference, decision: "refuse" })).toEqual({
      status: "authorized",
    });
    expect(await shop.as({}).call("payments.sandboxPage", { reference })).not.toContain("<form");
  });

  test("tok_requires_action that the shopper refuses is failed", async () => {
    const { orderId, nextAction } = await shop.authorize("tok_requires_action");
    const reference = nextAction?.url.split("/").at(-1) as string;
    await shop.as({}).call("payments.sandboxDecide", { reference, decision: "refuse" });
    expect(await shop.becomes(orderId, "failed")).toMatchObject({ failure: { type: "PAYMENT_DECLINED" } });
  });

  test("tok_timeout is unknown until the provider has been asked, and charged once", async () => {
    const authorize = jest.spyOn(SandboxBank.prototype, "authorize");
    const { orderId, status } = await shop.authorize("tok_timeout");
    expect(status).toBe("unknown");
    await shop.becomes(orderId, "authorized");
    expect(authorize).toHaveBeenCalledTimes(1);
    expect(await capture(orderId)).toMatchObject({ status: "captured" });
  });

  test("tok_error works at the third attempt, under the same key", async () => {
    const authorize = jest.spyOn(SandboxBank.prototype, "authorize");
    expect(await shop.authorize("tok_error")).toMatchObject({ status: "authorized" });
    expect(new Set(authorize.mock.calls.map(([{ key }]) => key)).size).toBe(1);
    expect(authorize).toHaveBeenCalledTimes(3);
  });

  test("tok_delayed is pending until the webhook comes", async () => {
    const { orderId, status } = await shop.authorize("tok_delayed");
    expect(status).toBe("pending");
    await shop.becomes(orderId, "authorized");
    expect(shop.received.some(({ body }) => body.includes(orderId))).toBe(true);
  });
});

describe("repeated and concurrent calls", () => {
  test("fifty authorizations of one order at once ask the provider once", async () => {
    const authorize = jest.spyOn(SandboxBank.prototype, "authorize");
    const orderId = newId();
    const payments = await Promise.all(Array.from({ length: 50 }, () => shop.authorize("tok_ok", orderId)));
    expect(new Set(payments.map(({ id, status }) => `${id} ${status}`)).size).toBe(1);
    expect(payments[0]?.status).toBe("authorized");
    expect(authorize).toHaveBeenCalledTimes(1);
  });

  test("an authorization that is repeated with another token leaves the payment as it stands", async () => {
    const { orderId } = await shop.authorize("tok_ok");
    expect(await shop.authorize("tok_declined", orderId)).toMatchObject({ status: "authorized" });
  });

  test("fifty captures at once take the money once", async () => {
    const { orderId } = await shop.authorize("tok_ok");
    const captured = await Promise.all(Array.from({ length: 50 }, () => capture(orderId)));
    expect(captured.every(({ status }) => status === "captured")).toBe(true);
    expect(await paidFor(orderId)).toBe(price.amount);
  });

  test("a capture and an undo at once end not charged", async () => {
    for (let round = 0; round < 10; round++) {
      const { orderId } = await shop.authorize("tok_ok");
      await Promise.allSettled(round % 2 ? [capture(orderId), undo(orderId)] : [undo(orderId), capture(orderId)]);
      const ended = await eventually(async () => {
        const payment = await shop.inside.call("payments.ofOrder", { orderId });
        return payment && !payment.voidRequested && payment;
      });
      expect(["voided", "refunded"]).toContain(ended.status);
      expect(await paidFor(orderId)).toBe(0);
    }
  });

  test("trap 5: a failed retry does not refund what was captured", async () => {
    const { orderId } = await shop.authorize("tok_ok");
    await capture(orderId);
    const refund = jest.spyOn(SandboxBank.prototype, "refund");
    jest.spyOn(SandboxBank.prototype, "capture").mockRejectedValue(new ProviderUnavailable("away"));
    jest.spyOn(SandboxBank.prototype, "authorize").mockRejectedValue(new ProviderUnavailable("away"));
    expect(await capture(orderId)).toMatchObject({ status: "captured" });
    expect(await shop.authorize("tok_declined", orderId)).toMatchObject({ status: "captured" });
    expect(refund).not.toHaveBeenCalled();
    expect(await paidFor(orderId)).toBe(price.amount);
  });
});

describe("undo", () => {
  test("an authorized payment is voided, a captured one refunded, and again is the same", async () => {
    const held = (await shop.authorize("tok_ok")).orderId;
    expect(await undo(held)).toMatchObject({ status: "voided", voidRequested: false });
    expect(await undo(held)).toMatchObject({ status: "voided" });
    const taken = (await shop.authorize("tok_ok")).orderId;
    await capture(taken);
    const refunded = { status: "refunded", captured: price, refunded: price, voidRequested: false };
    expect(await Promise.all([undo(taken), undo(taken), undo(taken)])).toMatchObject([refunded, refunded, refunded]);
    expect(await paidFor(taken)).toBe(0);
    await eventually(() => shop.eventsOf(taken).includes("payment.refunded"));
  });

  test("an order undone before its payment began cannot be charged any more", async () => {
    const authorize = jest.spyOn(SandboxBank.prototype, "authorize");
    const orderId = newId();
    expect(await undo(orderId)).toMatchObject({ status: "voided" });
    expect(await shop.authorize("tok_ok", orderId)).toMatchObject({
      status: "voided",
      failure: { type: "PAYMENT_VOIDED" },
    });
    expect(authorize).not.toHaveBeenCalled();
  });

  test("an unknown payment is not touched until the answer is known, and then voided", async () => {
    const inquire = jest.spyOn(SandboxBank.prototype, "inquire").mockRejectedValue(new Error("away"));
    const voiding = jest.spyOn(SandboxBank.prototype, "void");
    const { orderId } = await shop.authorize("tok_timeout");
    expect(await undo(orderId)).toMatchObject({ voidRequested: true });
    expect(voiding).not.toHaveBeenCalled();
    inquire.mockRestore();
    expect(await shop.becomes(orderId, "voided")).toMatchObject({ voidRequested: false });
    expect(await paidFor(orderId)).toBe(0);
  });

  test("a payment that waits for the shopper is voided, and a late confirmation changes nothing", async () => {
    const { orderId, nextAction } = await shop.authorize("tok_requires_action");
    expect(await undo(orderId)).toMatchObject({ status: "voided" });
    const reference = nextAction?.url.split("/").at(-1) as string;
    expect(await shop.as({}).call("payments.sandboxDecide", { reference, decision: "approve" })).toEqual({
      status: "voided",
    });
  });

  test("a refund that fails stays due and visible, and is not reported as done", async () => {
    const { orderId } = await shop.authorize("tok_ok");
    await capture(orderId);
    const refund = jest.spyOn(SandboxBank.prototype, "refund").mockRejectedValue(new ProviderUnavailable("away"));
    expect(await undo(orderId)).toMatchObject({ status: "captured", voidRequested: true, refunded: { amount: 0 } });
    const { operations } = await shop.tables();
    expect(operations.find(({ id }) => id === `${orderId}:refund`)).toMatchObject({ state: "unknown", error: "away" });
    refund.mockRestore();
    await shop.becomes(orderId, "refunded");
    expect(await paidFor(orderId)).toBe(0);
  });

  test("a capture whose answer was lost is taken over by the undo, and refunded", async () => {
    const { orderId } = await shop.authorize("tok_ok");
    const bank = shop.desk.bank;
    const real = bank.capture.bind(bank);
    const lost = jest.spyOn(SandboxBank.prototype, "capture").mockImplementation(async (request) => {
      await real(request);
      throw new Error("the connection broke");
    });
    expect(await capture(orderId)).toMatchObject({ status: "authorized" });
    await undo(orderId);
    lost.mockRestore();
    await shop.becomes(orderId, "refunded");
    expect(await paidFor(orderId)).toBe(0);
  });
});
