import type { Collection } from "../../mixins/store/collection.ts";
import type { Ctx } from "../cluster.ts";
import type { Payment } from "../payments/payments.contract.ts";
import { named, untoldFindings } from "../shared/findings.ts";
import { settled } from "../shared/settle.ts";
import type { Findings } from "../shared/shapes.ts";
import type { OrderDocument } from "./order.documents.ts";

type Finding = Findings["findings"][number];
type HoldState = { sku: string; quantity: number; state: string };

/** Due work that waits longer than this after its time is stuck. */
const OVERDUE = 60_000;

/** What is wrong with one order, its stock and its payment together; nothing where it is still moving. */
export function faults(order: OrderDocument, held: readonly HoldState[], payment: Payment | null, now = Date.now()) {
  const found: Finding[] = [];
  const say = (rule: string, detail: string) => found.push({ rule: `orders.${rule}`, subject: order.number, detail });
  const { status, total, dueAt, checkout, cancelRequestedAt } = order;
  if (dueAt && Date.parse(dueAt) < now - OVERDUE) say("overdue", `work has been due since ${dueAt}`);
  if (cancelRequestedAt && !dueAt && status !== "canceled") {
    say("cancel", `it is ${status} and nobody works on the cancellation that was asked for at ${cancelRequestedAt}`);
  }
  const charged = payment ? payment.captured.amount - payment.refunded.amount : 0;

  if (status === "confirmed" || status === "completed") {
    const demand = new Map<string, number>();
    for (const { sku, quantity } of order.lines) demand.set(sku, (demand.get(sku) ?? 0) + quantity);
    for (const [sku, quantity] of demand) {
      const hold = held.find((one) => one.sku === sku);
      // The end of a hold is remembered for a week; after that only the movements know.
      if (hold ? hold.state !== "committed" || hold.quantity !== quantity : isRecent(order, now)) {
        say(
          "stock",
          `${quantity} of ${sku} should be committed; ${hold ? `${hold.quantity} ${hold.state}` : "nothing is"}`,
        );
      }
    }
    if (!payment) say("unpaid", "it is confirmed and has no payment");
    else if (checkout.next === null && checkout.direction === "forward" && charged !== total.amount) {
      say("charged", `${charged} was taken of ${total.amount}`);
    }
  }
  if (status === "canceled") {
    for (const { sku, quantity, state } of held) {
      if (state === "held" || state === "committed")
        say("stock", `it is canceled and has ${quantity} of ${sku} ${state}`);
    }
    if (charged !== 0 && !payment?.voidRequested) say("charged", `it is canceled and ${charged} was taken`);
  }
  if (payment && order.payment.status !== payment.status && !order.dueAt) {
    say("payment", `it says ${order.payment.status}, the payment is ${payment.status}`);
  }
  return found;
}

const isRecent = (order: OrderDocument, now: number): boolean => Date.parse(order.placedAt) > now - 6 * 24 * 3600_000;

/** What is wrong with these orders, by id. */
export async function checkOrders(batch: readonly OrderDocument[], ctx: Ctx): Promise<Map<string, Finding[]>> {
  const confirmed = batch.filter(({ status }) => status === "confirmed" || status === "completed");
  const [mailed, ...found] = await Promise.all([
    ctx.call("notifications.mailed", { kind: "confirmed", orderIds: confirmed.map(({ id }) => id) }),
    ...batch.map(async (order) => {
      const skus = [...new Set(order.lines.map(({ sku }) => sku))];
      const [held, payment] = await Promise.all([
        ctx.call("inventory.held", { orderId: order.id, skus }),
        ctx.call("payments.ofOrder", { orderId: order.id }),
      ]);
      return [order.id, faults(order, held, payment)] as const;
    }),
  ]);
  const findings = new Map(found);
  const withMail = new Set(mailed);
  for (const { id, number } of confirmed.filter((order) => !withMail.has(order.id))) {
    findings.get(id)?.push({ rule: "orders.mail", subject: number, detail: "it is confirmed and has no mail" });
  }
  return findings;
}

/** The rules that hold across orders, stock, payments and mails, over every order and every payment. */
export async function auditOrders(orders: Collection<OrderDocument>, ctx: Ctx): Promise<Findings> {
  const figures: Record<string, number> = { orders: 0, pending: 0, confirmed: 0, completed: 0, canceled: 0 };
  const findings: Finding[] = [];
  for await (const batch of orders.all(200)) {
    for (const { status } of batch) {
      figures.orders = (figures.orders ?? 0) + 1;
      figures[status] = (figures[status] ?? 0) + 1;
    }
    const suspects = [...(await checkOrders(batch, ctx))].filter(([, found]) => found.length).map(([id]) => id);
    if (suspects.length === 0) continue;
    // What moves while it is looked at comes right by itself: only what stays wrong is told.
    const again = async () => [...(await checkOrders(await orders.getMany(suspects), ctx)).values()].flat();
    findings.push(...(await settled(again)));
  }
  findings.push(...(await withoutOrder(orders, ctx)), ...(await untoldFindings(orders, "orders")));
  return { findings: named(findings), figures };
}

/** Payments that hold or took money for an order that is not there. */
async function withoutOrder(orders: Collection<OrderDocument>, ctx: Ctx): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (let after = ""; ; ) {
    const payments = await ctx.call("payments.charged", { after, limit: 200 });
    const known = new Set((await orders.getMany(payments.map(({ orderId }) => orderId))).map(({ id }) => id));
    for (const { id, orderId, status } of payments) {
      if (known.has(orderId)) continue;
      findings.push({
        rule: "payments.orphan",
        subject: id,
        detail: `it is ${status} for order ${orderId}, which is not there`,
      });
    }
    const last = payments.at(-1);
    if (!last) return findings;
    after = last.id;
  }
}
