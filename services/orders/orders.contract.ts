import { z } from "zod";
import { CartId } from "../carts/carts.contract.ts";
import { defineContract } from "../contract.ts";
import { NextAction, PaymentStatus } from "../payments/payments.contract.ts";
import { Money } from "../shared/money.ts";
import { Address, Email, Findings, Id, Invariants, page, paging, Repairs, Sku, Time } from "../shared/shapes.ts";

export const OrderStatus = z.enum(["pending", "confirmed", "completed", "canceled"]);
export type OrderStatus = z.output<typeof OrderStatus>;

export const OrderLine = z.object({
  sku: Sku,
  productId: Id,
  name: z.string(),
  quantity: z.int(),
  unitPrice: Money,
  total: Money,
  tax: Money,
});
export type OrderLine = z.output<typeof OrderLine>;

/** Why an order was canceled: a machine's word and a sentence for people. */
export const Reason = z.object({ type: z.string(), message: z.string() });

export const Order = z.object({
  id: Id,
  number: z.string(),
  status: OrderStatus,
  payment: z.object({ status: PaymentStatus, provider: z.string() }),
  fulfilment: z.object({
    status: z.enum(["unfulfilled", "partially_fulfilled", "fulfilled", "delivered", "returned"]),
  }),
  reason: Reason.nullable(),
  lines: z.array(OrderLine),
  subtotal: Money,
  discountTotal: Money,
  shippingTotal: Money,
  taxTotal: Money,
  total: Money,
  email: Email,
  shippingAddress: Address,
  billingAddress: Address.nullable(),
  shippingMethod: z.string(),
  placedAt: Time,
  cancelRequestedAt: Time.nullable(),
  /** Only in a guest's answer to `POST /orders`: what the guest shows to see the order again. */
  guestToken: z.string().optional(),
  nextAction: NextAction.nullable(),
});
export type Order = z.output<typeof Order>;

export const TimelineEntry = z.object({
  at: Time,
  step: z.string(),
  outcome: z.enum(["done", "failed", "waiting", "compensated"]),
  attempt: z.int(),
  node: z.string(),
  ms: z.int(),
  detail: z.string(),
});
export type TimelineEntry = z.output<typeof TimelineEntry>;

export const StepName = z.enum(["lock", "hold", "authorize", "commit", "confirm", "close", "capture"]);
export type StepName = z.output<typeof StepName>;

const one = { id: Id };
const ownerOr = { owner: true, or: "orders:read" } as const;
const fact = z.object({ orderId: Id, number: z.string(), email: Email, total: Money });

export const ordersContract = defineContract({
  name: "orders",
  actions: {
    place: {
      summary:
        "Turns a cart into an order: prices it, locks it, holds the stock, authorizes, commits, confirms and captures; the same key gives one order. A customer's mail goes to the account's address where neither cart nor order names one.",
      params: z.strictObject({
        cartId: CartId,
        email: Email.optional(),
        shippingAddress: Address.optional(),
        billingAddress: Address.optional(),
        shippingMethod: z.string().max(60).optional(),
        paymentToken: z.string().min(1).max(200),
        expectedTotal: Money.optional(),
      }),
      returns: Order,
      access: "public",
      idempotency: { keyedBy: "meta.idempotencyKey" },
      rest: {
        route: "POST /orders",
        status: 201,
        acceptedWhile: { field: "status", value: "pending" },
        repeats: "as-it-stands",
        needsKey: true,
      },
      timeout: 30_000,
    },
    get: {
      summary: "One order as it stands; guests show the token of the first answer as `X-Order-Token`.",
      params: z.strictObject(one),
      returns: Order,
      access: ownerOr,
      idempotency: "read",
      rest: "GET /orders/:id",
    },
    timeline: {
      summary: "What was done for the order, step by step, with attempt, node and duration.",
      params: z.strictObject(one),
      returns: z.object({ items: z.array(TimelineEntry) }),
      access: ownerOr,
      idempotency: "read",
      rest: "GET /orders/:id/timeline",
    },
    cancel: {
      summary: "Asks for the order to be canceled; whoever moves the order does it, until it is handed over.",
      params: z.strictObject(one),
      returns: Order,
      access: { owner: true, or: "orders:write" },
      idempotency: "natural",
      rest: "POST /orders/:id/cancel",
    },
    mine: {
      summary: "The customer's own orders, newest first.",
      params: z.strictObject({ status: OrderStatus.optional(), ...paging }),
      returns: page(Order),
      access: "customer",
      idempotency: "read",
      rest: "GET /orders",
    },
    search: {
      summary: "Orders for staff, newest first; `q` is a number or an e-mail address.",
      params: z.strictObject({
        status: OrderStatus.optional(),
        q: z.string().trim().max(254).optional(),
        from: Time.optional(),
        to: Time.optional(),
        ...paging,
      }),
      returns: page(Order),
      access: "orders:read",
      idempotency: "read",
      rest: "GET /admin/orders",
    },
    retryStep: {
      summary: "Has the order's next step tried now instead of when it is due.",
      params: z.strictObject({ ...one, step: StepName }),
      returns: Order,
      access: "orders:write",
      idempotency: "natural",
      rest: "POST /admin/orders/:id/steps/:step/retry",
    },
    compensateStep: {
      summary: "Gives a pending order up from this step backwards: its compensations run, newest first.",
      params: z.strictObject({ ...one, step: StepName }),
      returns: Order,
      access: "orders:write",
      idempotency: "natural",
      rest: "POST /admin/orders/:id/steps/:step/compensate",
    },
    audit: {
      summary:
        "No captured payment without an order, no confirmed order without stock and payment, paid = Σ ledger, a mail for every confirmed order, no work overdue.",
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
    repair: {
      summary:
        "Brings forward what is stuck, gives a canceled order's stock and money back, sends a missing mail; the rest is for staff.",
      returns: Repairs,
      access: "internal",
      idempotency: "natural",
      timeout: 0,
    },
  },
  events: {
    "order.confirmed": fact,
    /** `answered`: the shopper heard of it as the answer to the request, and needs no mail. */
    "order.canceled": fact.extend({ reason: Reason, answered: z.boolean() }),
  },
});
