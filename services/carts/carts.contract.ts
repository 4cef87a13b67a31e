import { z } from "zod";
import { defineContract } from "../contract.ts";
import { ShippingMethod } from "../pricing/pricing.contract.ts";
import { Money } from "../shared/money.ts";
import { Address, Email, Id, Quantity, Sku, Time } from "../shared/shapes.ts";

/** A guest's cart is known by its unguessable id: who has the id is the owner. A customer's is the customer's alone. */
export const CartId = z.string().regex(/^[A-Za-z0-9_-]{24}$/, "not the id of a cart");

export const CartLine = z.object({
  sku: Sku,
  productId: Id,
  name: z.string(),
  quantity: z.int(),
  unitPrice: Money,
  total: Money,
  available: z.int(),
});

export const Cart = z.object({
  id: CartId,
  version: z.int(),
  status: z.enum(["open", "locked", "ordered"]),
  email: Email.nullable(),
  lines: z.array(CartLine),
  subtotal: Money,
  discountTotal: Money,
  shippingTotal: Money,
  taxTotal: Money,
  total: Money,
  shippingAddress: Address.nullable(),
  billingAddress: Address.nullable(),
  shippingMethod: z.string().nullable(),
  coupons: z.array(z.string()),
  /** What did not fit when a guest's cart was merged into this one; taking the SKU out of the cart takes it out here. */
  setAside: z.array(z.object({ sku: Sku, quantity: z.int() })),
  pricedAt: Time,
});
export type Cart = z.output<typeof Cart>;

const LineInput = z.strictObject({ sku: Sku, quantity: Quantity });
const cartId = { id: CartId };
const owner = { owner: true } as const;

export const cartsContract = defineContract({
  name: "carts",
  actions: {
    create: {
      summary:
        "Opens a guest's cart with these lines; a customer, who has one open cart, gets that one with the lines added.",
      params: z.strictObject({ lines: z.array(LineInput).max(1_000).default([]) }),
      returns: Cart,
      access: "public",
      idempotency: "none",
      rest: { route: "POST /carts", status: 201 },
    },
    mine: {
      summary: "The customer's one open cart, priced as of now; there is always one.",
      returns: Cart,
      access: "customer",
      idempotency: "read",
      rest: "GET /me/cart",
    },
    get: {
      summary: "The cart, priced as of now.",
      params: z.strictObject(cartId),
      returns: Cart,
      access: owner,
      idempotency: "read",
      rest: "GET /carts/:id",
    },
    update: {
      summary: "Sets what the order will need: mail, addresses, shipping method; null takes a field away.",
      params: z.strictObject({
        ...cartId,
        email: Email.nullable().optional(),
        shippingAddress: Address.nullable().optional(),
        billingAddress: Address.nullable().optional(),
        shippingMethod: z.string().max(60).nullable().optional(),
      }),
      returns: Cart,
      access: owner,
      idempotency: "natural",
      rest: "PATCH /carts/:id",
    },
    addLine: {
      summary: "Adds to the quantity of a SKU; parallel additions all count.",
      params: z.strictObject({ ...cartId, ...LineInput.shape }),
      returns: Cart,
      access: owner,
      idempotency: "none",
      rest: "POST /carts/:id/lines",
    },
    setLine: {
      summary: "Sets the quantity of a SKU that is in the cart.",
      params: z.strictObject({ ...cartId, ...LineInput.shape }),
      returns: Cart,
      access: owner,
      idempotency: "natural",
      rest: "PATCH /carts/:id/lines/:sku",
    },
    removeLine: {
      summary: "Takes a SKU out of the cart.",
      params: z.strictObject({ ...cartId, sku: Sku }),
      returns: Cart,
      access: owner,
      idempotency: "natural",
      rest: "DELETE /carts/:id/lines/:sku",
    },
    shippingMethods: {
      summary: "The shipping methods that fit the cart, cheapest first.",
      params: z.strictObject(cartId),
      returns: z.array(ShippingMethod),
      access: owner,
      idempotency: "read",
      rest: "GET /carts/:id/shipping-methods",
    },
    paymentMethods: {
      summary: "The payment methods that fit the cart.",
      params: z.strictObject(cartId),
      returns: z.array(z.object({ provider: z.string(), name: z.string() })),
      access: owner,
      idempotency: "read",
      rest: "GET /carts/:id/payment-methods",
    },
    merge: {
      summary:
        "Puts a guest's lines into the customer's cart, once, however often it is asked for; the guest's id is dead then. Where an order is being made of the customer's cart, they follow when it is done.",
      params: z.strictObject({ cartId: CartId, customerId: Id }),
      access: "internal",
      idempotency: "natural",
    },
    snapshot: {
      summary: "The cart as it is stored, with the prices that the shopper last saw.",
      params: z.strictObject(cartId),
      returns: Cart,
      access: "internal",
      idempotency: "read",
    },
    lock: {
      summary: "Locks the cart for an order if it is still at this version; the order's own lock is given again.",
      params: z.strictObject({ ...cartId, version: z.int(), orderId: Id }),
      access: "internal",
      idempotency: { keyedBy: "orderId" },
    },
    unlock: {
      summary:
        "Opens the cart that this order had locked, at a higher version; with the version that the order is of, a lock that comes late finds another one.",
      params: z.strictObject({ ...cartId, version: z.int().optional(), orderId: Id }),
      access: "internal",
      idempotency: { keyedBy: "orderId" },
    },
    close: {
      summary: "Marks the cart that this order had locked as ordered.",
      params: z.strictObject({ ...cartId, orderId: Id }),
      access: "internal",
      idempotency: { keyedBy: "orderId" },
    },
  },
});
