import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import type { Collection } from "../../mixins/store/collection.ts";
import { type Ctx, event } from "../cluster.ts";
import { named } from "../shared/findings.ts";
import type { Repairs } from "../shared/shapes.ts";
import { checkOrders } from "./audit.ts";
import { fact } from "./checkout-steps.ts";
import type { OrderDocument } from "./order.documents.ts";

type Repair = Repairs["repairs"][number];
/** Does what is safe about one broken rule and says what it did; null: staff must decide. */
type Remedy = (order: OrderDocument, tools: Tools) => Promise<string | null>;

interface Tools {
  ctx: Ctx;
  publish(events: DurableEvent[]): Promise<void>;
  bringForward(id: string): Promise<unknown>;
}

const broughtForward: Remedy = async ({ id }, { bringForward }) => {
  await bringForward(id);
  return "its work is due now";
};

/** Only what any repeat of the shop's own work would do: nothing here decides over money or goods. */
const remedies: { [rule: string]: Remedy } = {
  "orders.overdue": broughtForward,
  "orders.cancel": broughtForward,
  "orders.payment": broughtForward,
  "orders.charged": async ({ id, status }, { ctx }) => {
    if (status === "canceled") {
      await ctx.call("payments.undo", { orderId: id });
      return "its money goes back";
    }
    const payment = await ctx.call("payments.capture", { orderId: id });
    return payment.status === "captured" ? "its money is taken" : null;
  },
  "orders.stock": async ({ id, status, lines }, { ctx }) => {
    if (status !== "canceled") return null;
    const demand = lines.map(({ sku, quantity }) => ({ sku, quantity }));
    await ctx.call("inventory.release", { orderId: id, lines: demand });
    return "its stock is given back";
  },
  "orders.mail": async (order, { publish }) => {
    // Under an id of its own, because the first telling is remembered; the mail's id makes sure of one mail.
    await publish([event("order.confirmed", `${order.id}:confirmed:${Date.now()}`, fact(order))]);
    return "its confirmation was told again";
  },
};

/** Mends what is safe in every order, rule by rule. */
export async function repairOrders(orders: Collection<OrderDocument>, tools: Tools): Promise<Repairs> {
  const repairs: Repair[] = [];
  for await (const batch of orders.all(200)) {
    const broken = await checkOrders(batch, tools.ctx);
    for (const order of batch) {
      for (const { rule, subject } of broken.get(order.id) ?? []) {
        const detail = await remedies[rule]?.(order, tools);
        if (detail) repairs.push({ rule, subject, detail });
      }
    }
  }
  return { repairs: named(repairs) };
}
