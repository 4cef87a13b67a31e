import type { Draft } from "../../mixins/store/collection.ts";
import type { Cart } from "../carts/carts.contract.ts";
import type { Quote } from "../pricing/pricing.contract.ts";
import type { Offer } from "../products/products.contract.ts";
import { conflict, type FieldProblem, invalid, unprocessable } from "../shared/errors.ts";
import type { Money } from "../shared/money.ts";
import type { Address } from "../shared/shapes.ts";
import type { OrderDocument } from "./order.documents.ts";

/** What the request to place an order says beside the cart. */
export interface Wishes {
  email?: string | undefined;
  shippingAddress?: Address | undefined;
  billingAddress?: Address | undefined;
  shippingMethod?: string | undefined;
  paymentToken: string;
  expectedTotal?: Money | undefined;
}

export interface Details {
  email: string;
  shippingAddress: Address;
  billingAddress: Address | null;
}

/** Throws unless the cart is open and has lines. */
export function assertOrderable(cart: Cart): void {
  if (cart.status === "ordered")
    throw conflict("CART_ORDERED", "This cart has been ordered already", { cartId: cart.id });
  if (cart.status === "locked")
    throw conflict("CART_LOCKED", "An order is being made of this cart", { cartId: cart.id });
  if (cart.lines.length === 0) throw unprocessable("CART_EMPTY", "There is nothing in this cart", { cartId: cart.id });
}

/** Whom and where, from the request or else from the cart; what neither says is told field by field. */
export function details(cart: Cart, wishes: Wishes): Details {
  const { email = cart.email, shippingAddress = cart.shippingAddress } = wishes;
  const missing: FieldProblem[] = [];
  if (!email) missing.push({ path: ["email"], message: "Needed: neither the cart nor the order names one" });
  if (!shippingAddress) {
    missing.push({ path: ["shippingAddress"], message: "Needed: neither the cart nor the order names one" });
  }
  if (!email || !shippingAddress) throw invalid(missing);
  return { email, shippingAddress, billingAddress: wishes.billingAddress ?? cart.billingAddress };
}

/** The cart's lines at today's prices; throws where something is no longer offered. */
export function offered(cart: Cart, offers: readonly Offer[]): (Cart["lines"][number] & { unitPrice: Money })[] {
  const bySku = new Map(offers.map((offer) => [offer.sku, offer]));
  const gone = cart.lines.filter(({ sku }) => !bySku.get(sku)?.sellable).map(({ sku }) => sku);
  if (gone.length) {
    throw conflict("PRODUCT_UNAVAILABLE", `No longer on offer: ${gone.join(", ")}`, { cartId: cart.id, skus: gone });
  }
  return cart.lines.map((line) => {
    const { price, name, productId } = bySku.get(line.sku) as Offer;
    return { ...line, name, productId, unitPrice: price };
  });
}

/**
 * Throws when the total is not the one that the shopper saw: `expectedTotal`, or else the cart's last priced total; a
 * shipping method that only this request chooses is added to that.
 */
export function assertTotal(cart: Cart, quote: Quote, expected: Money | undefined): void {
  const chosenNow =
    cart.shippingMethod === quote.shippingMethod ? 0 : quote.shippingTotal.amount - cart.shippingTotal.amount;
  const seen = expected ?? { ...cart.total, amount: cart.total.amount + chosenNow };
  if (seen.amount === quote.total.amount && seen.currency === quote.total.currency) return;
  throw conflict("TOTAL_CHANGED", "The total is not the one that was shown", {
    cartId: cart.id,
    expectedTotal: seen,
    total: quote.total,
  });
}

interface Parts {
  id: string;
  number: string;
  key: string;
  customerId: string | null;
  cart: Cart;
  lines: readonly Cart["lines"][number][];
  quote: Quote;
  details: Details;
  token: string;
  at: Date;
  /** Milliseconds that the placing node keeps the order to itself. */
  lease: number;
}

/** A pending order as the snapshot of its cart, leased to the node that places it. */
export function draft({ id, number, key, customerId, cart, lines, quote, details, token, at, lease }: Parts) {
  const { subtotal, discountTotal, shippingTotal, taxTotal, total } = quote;
  return {
    id,
    number,
    key,
    cartId: cart.id,
    cartVersion: cart.version,
    customerId,
    status: "pending",
    payment: { status: "pending", provider: "sandbox" },
    fulfilment: { status: "unfulfilled" },
    reason: null,
    lines: lines.map(({ sku, productId, name, quantity, unitPrice }, at) => {
      const priced = quote.lines[at] as Quote["lines"][number];
      return { sku, productId, name, quantity, unitPrice, total: priced.total, tax: priced.tax };
    }),
    subtotal,
    discountTotal,
    shippingTotal,
    taxTotal,
    total,
    ...details,
    shippingMethod: quote.shippingMethod ?? "",
    placedAt: at.toISOString(),
    cancelRequestedAt: null,
    nextAction: null,
    timeline: [],
    checkout: { next: "lock", direction: "forward", attempts: 0, deadline: null, token },
    dueAt: new Date(at.getTime() + lease).toISOString(),
    leased: true,
    fence: 1,
  } satisfies Draft<OrderDocument>;
}
