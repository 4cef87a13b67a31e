import fc from "fast-check";
import { type Leg, paid, postings } from "../../services/payments/ledger.ts";
import { ends, nextStep } from "../../services/payments/next-step.ts";
import {
  isEnded,
  learn,
  next,
  requestCapture,
  requestUndo,
  type Standing,
  unanswered,
} from "../../services/payments/payment-status.ts";
import { type PaymentStatus, PaymentStatus as Statuses } from "../../services/payments/payments.contract.ts";
import type { Charge } from "../../services/payments/provider.ts";
import { behaviourOf } from "../../services/payments/sandbox/tokens.ts";

const orderId = "0198c0de-0000-7000-8000-000000000001";
const payment = (change: Partial<Standing> = {}) => ({
  id: "p1",
  provider: "sandbox",
  orderId,
  status: "pending" as PaymentStatus,
  amount: 1_000,
  currency: "USD",
  captured: 0,
  refunded: 0,
  reference: null,
  redirectUrl: null,
  failure: null,
  captureRequested: false,
  voidRequested: false,
  ...change,
});
const charge = (change: Partial<Charge> = {}): Charge => ({
  key: `${orderId}:authorize`,
  reference: "ref",
  status: "authorized",
  amount: 1_000,
  currency: "USD",
  captured: 0,
  refunded: 0,
  failure: null,
  redirectUrl: null,
  ...change,
});
const captured = { status: "captured", captured: 1_000 } as const;

describe("what a provider says", () => {
  test("an authorization is learned, and the same again changes nothing", () => {
    const first = learn(payment(), charge(), "answer");
    expect(first).toMatchObject({ outcome: "moved", payment: { status: "authorized", reference: "ref" } });
    expect(learn(first.payment, charge(), "webhook")).toEqual({ outcome: "known", payment: first.payment });
  });

  test("an old word does not bring a captured payment back to authorized", () => {
    expect(learn(payment(captured), charge(), "webhook")).toMatchObject({
      outcome: "known",
      payment: { status: "captured" },
    });
  });

  test("a refusal keeps its reason, and an action its address", () => {
    const failure = { type: "PAYMENT_DECLINED", message: "No" };
    expect(learn(payment(), charge({ status: "failed", failure }), "answer").payment.failure).toEqual(failure);
    const redirectUrl = "https://bank.example/1";
    const waiting = learn(payment(), charge({ status: "requires_action", redirectUrl }), "answer").payment;
    expect(waiting.redirectUrl).toBe(redirectUrl);
    expect(learn(waiting, charge(), "webhook").payment.redirectUrl).toBeNull();
  });

  test("a webhook that speaks of money on a voided payment makes us ask; the provider's answer has it given back", () => {
    const voided = payment({ status: "voided" });
    expect(learn(voided, charge(), "webhook")).toEqual({ outcome: "doubtful", payment: voided });
    expect(learn(voided, charge(), "answer").payment).toMatchObject({ status: "authorized", voidRequested: true });
  });

  test("a charge of another amount or currency is not ours", () => {
    for (const change of [{ amount: 999 }, { currency: "EUR" }]) {
      expect(() => learn(payment(), charge(change), "webhook")).toThrow("The provider speaks of");
    }
  });

  test("the wish to undo outlives the authorization and ends with the void", () => {
    const wished = requestUndo(unanswered(payment()));
    const authorized = learn(wished, charge(), "answer").payment;
    expect(authorized).toMatchObject({ status: "authorized", voidRequested: true });
    expect(learn(authorized, charge({ status: "voided" }), "answer").payment.voidRequested).toBe(false);
  });

  test("only a pending payment becomes unknown when no answer comes", () => {
    expect(unanswered(payment()).status).toBe("unknown");
    expect(unanswered(payment({ status: "authorized" })).status).toBe("authorized");
  });
});

describe("what is asked of the provider", () => {
  test("an unknown outcome is asked for before anything is done about it", () => {
    for (const voidRequested of [true, false]) {
      expect(nextStep(payment({ status: "unknown", voidRequested }), "nothing")).toBe("inquire");
    }
  });

  test("a charge that the provider never saw is authorized under the same key, or voided where nobody wants it", () => {
    expect(nextStep(payment({ status: "unknown" }), "missing")).toBe("authorize");
    expect(nextStep(payment({ status: "unknown", voidRequested: true }), "missing")).toBe("void");
  });

  test("a capture whose outcome is open is asked for before the payment is voided", () => {
    const wished = payment({ status: "authorized", captureRequested: true, voidRequested: true });
    expect(nextStep(wished, "nothing")).toBe("inquire");
    expect(nextStep(wished, "found")).toBe("void");
    expect(nextStep({ ...wished, ...captured }, "found")).toBe("refund");
  });

  test("a delayed result is waited for", () => {
    expect(nextStep(payment({ reference: "ref" }), "found")).toBeNull();
  });

  test("a void that comes after the capture has failed, and the refund is what counts", () => {
    expect(ends(payment(captured))).toEqual({ authorize: "succeeded", capture: "succeeded", void: "failed" });
    expect(ends(payment({ status: "refunded", captured: 1_000, refunded: 1_000 })).refund).toBe("succeeded");
  });
});

test("what is failed, voided, refunded or being undone cannot be captured", () => {
  for (const status of ["failed", "voided", "refunded"] as const) {
    expect(() => requestCapture(payment({ status }))).toThrow(`The payment is ${status}, nothing can be taken`);
  }
  expect(() => requestCapture(payment({ status: "authorized", voidRequested: true }))).toThrow("is being undone");
  expect(requestCapture(payment({ status: "authorized" })).captureRequested).toBe(true);
});

test("an unknown token is declined", () => {
  expect(behaviourOf("4111 1111 1111 1111")).toMatchObject({
    status: "declined",
    failure: { type: "PAYMENT_TOKEN_INVALID" },
  });
});

describe("whatever the provider says in whatever order", () => {
  const status = fc.constantFrom(...Statuses.options.filter((one) => one !== "unknown"));
  const word = fc.record({
    charge: fc
      .record({ status, captured: fc.integer({ min: 0, max: 1_000 }), refunded: fc.integer({ min: 0, max: 1_000 }) })
      .map((one) => charge({ ...one, refunded: Math.min(one.captured, one.refunded) })),
    source: fc.constantFrom("answer" as const, "webhook" as const),
    wish: fc.constantFrom("none", "undo"),
  });

  test("payments go only where the table leads, the ledger sums to zero, and paid is captured less refunded", () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        let standing: ReturnType<typeof payment> = payment();
        const legs: Leg[] = [];
        const ids = new Set<string>();
        for (const { charge, source, wish } of words) {
          const before = wish === "undo" ? requestUndo(standing) : standing;
          standing = learn(before, charge, source).payment;
          const allowed: readonly PaymentStatus[] = next[before.status];
          expect(standing.status === before.status || allowed.includes(standing.status)).toBe(true);
          if (isEnded(standing.status)) expect(standing.voidRequested).toBe(false);
          for (const posting of postings(before, standing)) {
            expect(posting.legs.reduce((total, { amount }) => total + amount, 0)).toBe(0);
            expect(ids.has(posting.id)).toBe(false);
            ids.add(posting.id);
            legs.push(...posting.legs);
          }
          expect(paid(legs, "sandbox")).toBe(standing.captured - standing.refunded);
          expect(standing.refunded).toBeLessThanOrEqual(standing.captured);
        }
      }),
    );
  });
});
