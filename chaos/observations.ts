import type { Audit } from "../services/control/audit.ts";
import type { MailKind } from "../services/notifications/notifications.contract.ts";
import type { Order } from "../services/orders/orders.contract.ts";

/** What a gateway said to a buyer's request for an order. */
export interface Told {
  /** Milliseconds since the start. */
  at: number;
  status: number;
  /** The machine's word of a refusal. */
  code?: string;
  /** The order that the answer shows or names. */
  orderId?: string;
  /** As the answer shows it. */
  state?: Order["status"];
  total?: number;
}

/** One wish of one buyer under one key. */
export interface Purchase {
  buyer: number;
  key: string;
  /** Nobody else orders with this address, so that orders nobody heard of are found by it. */
  email: string;
  cartId: string;
  token: string;
  /** What was answered to `POST /orders`, as it came. */
  answers: Told[];
  /** Requests for it that were not answered: hung up, broken off, or nobody was there. */
  unanswered: number;
  /** What later looks at the order showed. */
  seen: Told[];
  /** The answer to the wish to cancel; status 0 where none came. */
  cancel?: { at: number; status: number };
}

/** One request that did not go as it should, whoever made it. */
export interface Failed {
  at: number;
  /** When it was over. */
  until: number;
  request: string;
  /** `503 SERVICE_UNAVAILABLE`, `ECONNRESET` and the like. */
  what: string;
  gateway: string;
  /** Nobody took it, and another gateway was asked: the shopper noticed nothing. */
  sentOn: boolean;
}

/** The sandbox bank's row of a charge. */
export interface Charge {
  key: string;
  status: string;
  amount: number;
  captured: number;
  refunded: number;
}

export type BookedOrder = Pick<
  Order,
  "id" | "number" | "status" | "payment" | "total" | "lines" | "email" | "reason" | "placedAt"
>;

/** What everybody's books say in the end. */
export interface Books {
  orders: readonly BookedOrder[];
  charges: readonly Charge[];
  mails: readonly { orderId: string | null; kind: MailKind }[];
  stock: readonly { sku: string; onHand: number; reserved: number; available: number }[];
  /** Carts that an order has locked, and which. */
  locked: readonly { cartId: string; orderId: string }[];
  /** What was put on the shelves, by SKU. */
  delivered: ReadonlyMap<string, number>;
  audit: Audit;
}

/** Everything that a run saw. */
export interface Observations {
  purchases: readonly Purchase[];
  failed: readonly Failed[];
  /** Rolling restarts, as they really were. */
  rolling: readonly { number: number; start: number; end: number }[];
  /** What did not come back after a fault, or never became quiet. */
  stuck: readonly string[];
  books: Books;
}
