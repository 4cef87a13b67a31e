import { z } from "zod";
import { defineContract } from "../contract.ts";
import { Money } from "../shared/money.ts";
import { Findings, Id, Invariants } from "../shared/shapes.ts";

/** `unknown`: the provider did not answer in time and is being asked; nothing acts on such a payment but the asking. */
export const PaymentStatus = z.enum([
  "pending",
  "requires_action",
  "authorized",
  "captured",
  "partially_refunded",
  "refunded",
  "voided",
  "failed",
  "unknown",
]);
export type PaymentStatus = z.output<typeof PaymentStatus>;

/** What the shopper must do next, and where. */
export const NextAction = z.object({ type: z.literal("redirect"), url: z.string() });

export const Payment = z.object({
  id: Id,
  orderId: Id,
  status: PaymentStatus,
  provider: z.string(),
  amount: Money,
  captured: Money,
  refunded: Money,
  /** Why it was refused or failed, in a sentence for the shopper; `type` as in `PAYMENT_DECLINED`. */
  failure: z.object({ type: z.string(), message: z.string() }).nullable(),
  nextAction: NextAction.nullable(),
  /** True while somebody wants this payment undone and the provider has not yet confirmed it. */
  voidRequested: z.boolean(),
});
export type Payment = z.output<typeof Payment>;

const ofOrder = z.strictObject({ orderId: Id });
const fact = z.object({ paymentId: Id, orderId: Id, status: PaymentStatus, amount: Money });

export const paymentsContract = defineContract({
  name: "payments",
  actions: {
    authorize: {
      summary:
        "Asks the provider once to set the amount aside and tells how the payment stands; a decline is a `failed` payment, a time-out an `unknown` one.",
      params: ofOrder.extend({ amount: Money, token: z.string().min(1).max(200) }),
      returns: Payment,
      access: "internal",
      idempotency: { keyedBy: "orderId" },
    },
    capture: {
      summary: "Takes the money that was authorized, once, whoever asks how often.",
      params: ofOrder,
      returns: Payment,
      access: "internal",
      idempotency: { keyedBy: "orderId" },
    },
    undo: {
      summary:
        "Sees to it that the order ends up not charged: voids, refunds, or records the wish until the provider's answer is known; without a payment a later authorize is refused.",
      params: ofOrder,
      returns: Payment.nullable(),
      access: "internal",
      idempotency: { keyedBy: "orderId" },
    },
    ofOrder: {
      summary: "The payment of an order, or null.",
      params: ofOrder,
      returns: Payment.nullable(),
      access: "internal",
      idempotency: "read",
    },
    methods: {
      summary: "The payment methods on offer.",
      returns: z.array(z.object({ provider: z.string(), name: z.string() })),
      access: "internal",
      idempotency: "read",
    },
    webhook: {
      summary:
        "Takes a provider's event: its signature is checked first, on the raw bytes; 200 once it is stored; a repeat changes nothing.",
      params: z.strictObject({
        provider: z.string().max(40),
        body: z.string().max(1_000_000),
        headers: z.record(z.string(), z.string()),
      }),
      returns: z.object({ received: z.literal(true) }),
      access: "public",
      idempotency: "natural",
      rest: { route: "POST /payments/webhooks/:provider", rawBody: true },
    },
    sandboxPage: {
      summary: "The sandbox bank's page where a shopper confirms or refuses a payment that needs it; HTML.",
      params: z.strictObject({ reference: z.string().max(100) }),
      returns: z.string(),
      access: "public",
      idempotency: "read",
      rest: { route: "GET /sandbox/payments/:reference", atRoot: true },
    },
    sandboxDecide: {
      summary: "The shopper's decision on the sandbox bank's page; the shop learns of it by webhook.",
      params: z.strictObject({ reference: z.string().max(100), decision: z.enum(["approve", "refuse"]) }),
      returns: z.object({ status: z.string() }),
      access: "public",
      idempotency: "natural",
      rest: { route: "POST /sandbox/payments/:reference", atRoot: true, form: true },
    },
    audit: {
      summary:
        "Every ledger transaction sums to zero, each payment's captured and refunded sums equal its ledger, no operation is older than a minute without an end.",
      returns: Findings,
      access: "internal",
      idempotency: "read",
      timeout: 0,
    },
    invariants: {
      summary: "The same rules, kept incrementally: what is broken now, without reading everything.",
      returns: Invariants,
      access: "internal",
      idempotency: "read",
    },
    charged: {
      summary: "Payments that hold or took money, after this id, for the audit.",
      params: z.strictObject({ after: z.string().default(""), limit: z.int().max(1_000).default(1_000) }),
      returns: z.array(Payment),
      access: "internal",
      idempotency: "read",
    },
  },
  events: {
    "payment.authorized": fact,
    "payment.failed": fact,
    "payment.captured": fact,
    "payment.voided": fact,
    "payment.refunded": fact,
  },
});
