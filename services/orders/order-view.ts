import { fromEdge, holds, type Meta } from "../access.ts";
import { conflict, notFound, paymentRequired } from "../shared/errors.ts";
import { sameText } from "../shared/ids.ts";
import type { OrderDocument } from "./order.documents.ts";
import type { Order } from "./orders.contract.ts";

/** An order as the outside sees it: without the key, the lease, the timeline and the payment's token. */
export function view(order: OrderDocument): Order {
  const { id, number, status, payment, fulfilment, reason, lines, email, shippingAddress, billingAddress } = order;
  const { subtotal, discountTotal, shippingTotal, taxTotal, total, shippingMethod, placedAt } = order;
  const { cancelRequestedAt, nextAction } = order;
  const states = { status, payment, fulfilment, reason, cancelRequestedAt, nextAction };
  const totals = { subtotal, discountTotal, shippingTotal, taxTotal, total };
  return { id, number, ...states, lines, ...totals, email, shippingAddress, billingAddress, shippingMethod, placedAt };
}

/** Throws unless the caller may: services, staff with the permission, the customer, a guest who shows the token. */
export function assertReadable(
  order: OrderDocument | null,
  { caller, meta }: { caller: string | null; meta: Meta },
  { id, permission, token }: { id: string; permission: string; token: (orderId: string) => string },
): asserts order is OrderDocument {
  const mine =
    order &&
    (!fromEdge(caller) ||
      caller === "control" ||
      holds(meta, permission) ||
      (order.customerId !== null && order.customerId === meta.userId) ||
      (meta.orderToken !== undefined && sameText(meta.orderToken, token(order.id))));
  if (!mine) throw notFound("ORDER_NOT_FOUND", "There is no such order", { orderId: id });
}

/** The error that a refused checkout is answered with; a repeat of the request gets the same. */
export function refusal(order: Pick<Order, "id">, reason: { type: string; message: string }, detailed?: unknown) {
  const data = { ...(typeof detailed === "object" ? detailed : {}), orderId: order.id, final: true };
  const status = reason.type.startsWith("PAYMENT_") ? paymentRequired : conflict;
  return status(reason.type, reason.message, data);
}

/** Reasons that came out of the checkout itself; an order that was canceled later is answered as it stands. */
export const isRefusal = (reason: Order["reason"]): reason is NonNullable<Order["reason"]> =>
  reason !== null && reason.type !== "CANCELED_BY_REQUEST";
