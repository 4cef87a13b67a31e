import { conflict } from "../shared/errors.ts";
import type { Order, OrderStatus } from "./orders.contract.ts";

/** Where an order may go from each status. Payment and fulfilment have tables of their own. */
const next = {
  pending: ["confirmed", "canceled"],
  confirmed: ["completed", "canceled"],
  completed: [],
  canceled: [],
} as const satisfies Record<OrderStatus, readonly OrderStatus[]>;

/** The status `to`; throws when the order's own does not lead there. */
export function move(order: Pick<Order, "id" | "status">, to: OrderStatus): OrderStatus {
  const allowed: readonly OrderStatus[] = next[order.status];
  if (allowed.includes(to)) return to;
  throw conflict("ORDER_STATUS_CONFLICT", `A ${order.status} order cannot become ${to}`, { orderId: order.id });
}

/** Throws where goods have been handed over or the order has ended: then it is a return, not a cancellation. */
export function assertCancelable(order: Pick<Order, "id" | "status" | "fulfilment">): void {
  if (order.fulfilment.status !== "unfulfilled") {
    throw conflict("ORDER_FULFILLED", "Goods of this order have been handed over already", { orderId: order.id });
  }
  if (order.status !== "canceled") move(order, "canceled");
}
