import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import { type Ctx, event } from "../cluster.ts";
import type { Payment } from "../payments/payments.contract.ts";
import { typeOf } from "../shared/errors.ts";
import type { OrderDocument } from "./order.documents.ts";
import { move } from "./order-status.ts";
import type { StepName } from "./orders.contract.ts";

export interface Reason {
  type: string;
  message: string;
}

/** What a step came to. `waiting`: somebody else must answer first, until the deadline. `failed`: give the order up. */
export type Outcome = {
  detail: string;
  /** Fields of the order that change with this step. */
  set?: Record<string, unknown>;
  events?: DurableEvent[];
} & (
  | { state: "done" }
  | { state: "waiting"; deadline?: string }
  | { state: "failed"; reason: Reason; detailed?: unknown }
);

export interface Step {
  name: StepName;
  /** Safe to repeat: everything it asks for is keyed by the order. Throws where a later try may do better. */
  run(ctx: Ctx, order: OrderDocument): Promise<Outcome>;
  /** Undoes the step, also where it was never run or its end is not known. */
  compensate?(ctx: Ctx, order: OrderDocument): Promise<{ detail: string; set?: Record<string, unknown> }>;
}

/** How long a shopper may take at the bank, and a provider for its answer. */
export const PATIENCE = 30 * 60_000;

const demand = ({ lines }: OrderDocument) => lines.map(({ sku, quantity }) => ({ sku, quantity }));
const done = (detail: string, more: Partial<Outcome> = {}): Outcome => ({ state: "done", detail, ...more }) as Outcome;

/** Refusals that no later try changes, by the type of the error. */
async function finalRefusals(types: readonly string[], run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    const type = typeOf(error);
    if (!type || !types.includes(type)) throw error;
    const { message, data } = error as Error & { data?: unknown };
    return { state: "failed", detail: message, reason: { type, message }, detailed: data };
  }
}

/** What is known of the payment, as the order tells it. */
export const paid = ({ status, provider }: Payment) => ({ payment: { status, provider } });

export const fact = ({ id, number, email, total }: OrderDocument) => ({ orderId: id, number, email, total });

/** In the order they run; compensations run in the opposite one. */
export const steps: readonly Step[] = [
  {
    name: "lock",
    run: (ctx, { id, cartId, cartVersion }) =>
      finalRefusals(["CART_LOCKED", "CART_ORDERED", "CART_CHANGED", "CART_NOT_FOUND"], async () => {
        await ctx.call("carts.lock", { id: cartId, version: cartVersion, orderId: id });
        return done("The cart is locked for this order");
      }),
    async compensate(ctx, { id, cartId, cartVersion }) {
      await ctx.call("carts.unlock", { id: cartId, version: cartVersion, orderId: id });
      return { detail: "The cart is open again" };
    },
  },
  {
    name: "hold",
    run: (ctx, order) =>
      finalRefusals(["STOCK_INSUFFICIENT", "HOLD_CLOSED"], async () => {
        await ctx.call("inventory.hold", { orderId: order.id, lines: demand(order) });
        return done("The stock is held");
      }),
    async compensate(ctx, order) {
      await ctx.call("inventory.release", { orderId: order.id, lines: demand(order) });
      return { detail: "The stock is given back" };
    },
  },
  {
    name: "authorize",
    async run(ctx, { id, total, checkout }) {
      const payment = await ctx.call("payments.authorize", {
        orderId: id,
        amount: total,
        token: checkout.token ?? "none",
      });
      return authorization(payment);
    },
    async compensate(ctx, { id }) {
      const payment = await ctx.call("payments.undo", { orderId: id });
      return payment
        ? { detail: `The payment is ${payment.status}`, set: paid(payment) }
        : { detail: "There was no payment" };
    },
  },
  {
    // Its compensation is the hold's: `inventory.release` gives back what was taken, too.
    name: "commit",
    async run(ctx, order) {
      await ctx.call("inventory.commit", { orderId: order.id, lines: demand(order) });
      return done("The stock is the shopper's");
    },
  },
  {
    name: "confirm",
    async run(_ctx, order) {
      const confirmed = event("order.confirmed", `${order.id}:confirmed`, fact(order));
      return done("The order is confirmed", { set: { status: move(order, "confirmed") }, events: [confirmed] });
    },
  },
  {
    name: "close",
    async run(ctx, { id, cartId }) {
      await ctx.call("carts.close", { id: cartId, orderId: id });
      return done("The cart is closed");
    },
  },
  {
    name: "capture",
    async run(ctx, { id }) {
      const payment = await ctx.call("payments.capture", { orderId: id });
      if (payment.status === "captured") return done("The money is taken", { set: paid(payment) });
      return { state: "waiting", detail: `The payment is ${payment.status}`, set: paid(payment) };
    },
  },
];

/** What an answer to `authorize` means for the order. */
export function authorization(payment: Payment, now = new Date()): Outcome {
  const set = { ...paid(payment), nextAction: payment.nextAction };
  const deadline = new Date(now.getTime() + PATIENCE).toISOString();
  switch (payment.status) {
    case "authorized":
    case "captured":
      return done("The money is set aside", { set: { ...set, nextAction: null, "checkout.token": null } });
    case "requires_action":
      return { state: "waiting", detail: "The shopper must confirm the payment", deadline, set };
    case "pending":
    case "unknown":
      return {
        state: "waiting",
        detail: `The provider has not decided; the payment is ${payment.status}`,
        deadline,
        set,
      };
    default: {
      const reason = payment.failure ?? { type: "PAYMENT_VOIDED", message: "The payment was withdrawn" };
      return { state: "failed", detail: reason.message, reason, set: { ...set, nextAction: null } };
    }
  }
}
