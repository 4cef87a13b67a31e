import { z } from "zod";
import { defineContract } from "../contract.ts";
import { Findings, Id, Invariants, page, paging, Quantity, Repairs, Sku } from "../shared/shapes.ts";

export const StockLine = z.strictObject({ sku: Sku, quantity: Quantity });
export type StockLine = z.output<typeof StockLine>;

/** How much there is of a SKU: `available` is what may still be promised, `onHand − reserved`. */
export const StockLevel = z.object({
  sku: Sku,
  onHand: z.int(),
  reserved: z.int(),
  available: z.int(),
  locations: z.array(z.object({ location: z.string(), onHand: z.int(), reserved: z.int(), available: z.int() })),
});
export type StockLevel = z.output<typeof StockLevel>;

/** `held` is open; the others are how a hold ended, kept for a week so that a repeat is told from a conflict. */
/** Refused: there was not enough, and nothing was held. */
export const HoldState = z.enum(["held", "committed", "released", "restocked", "expired", "refused"]);
export type HoldState = z.output<typeof HoldState>;

const ofOrder = z.strictObject({ orderId: Id, lines: z.array(StockLine).min(1).max(1_000) });

export const inventoryContract = defineContract({
  name: "inventory",
  actions: {
    list: {
      summary: "Stock levels by SKU; `low` leaves only those at or under the shop's threshold.",
      params: z.strictObject({ low: z.boolean().default(false), ...paging }),
      returns: page(StockLevel),
      access: "inventory:read",
      idempotency: "read",
      rest: "GET /inventory",
    },
    get: {
      summary: "The stock level of one SKU.",
      params: z.strictObject({ sku: Sku }),
      returns: StockLevel,
      access: "inventory:read",
      idempotency: "read",
      rest: "GET /inventory/:sku",
    },
    adjust: {
      summary: "Raises or lowers what is on hand; never below what is reserved.",
      params: z.strictObject({
        sku: Sku,
        delta: z
          .int()
          .min(-1_000_000)
          .max(1_000_000)
          .refine((delta) => delta !== 0, "not zero"),
        reason: z.string().trim().min(1).max(200),
      }),
      returns: StockLevel,
      access: "inventory:write",
      idempotency: { keyedBy: "meta.idempotencyKey" },
      rest: { route: "POST /inventory/:sku/adjustments", status: 201 },
    },
    levels: {
      summary: "What is available of each SKU; an unknown SKU is left out.",
      params: z.strictObject({ skus: z.array(z.string()).max(1_000) }),
      returns: z.array(z.object({ sku: z.string(), available: z.int(), rev: z.int() })),
      access: "internal",
      idempotency: "read",
    },
    open: {
      summary: "Starts keeping stock of SKUs; one that is kept already stays as it is.",
      params: z.strictObject({
        items: z.array(z.strictObject({ sku: Sku, onHand: z.int().min(0).max(1_000_000) })).max(1_000),
      }),
      returns: z.object({ opened: z.int(), known: z.int() }),
      access: "internal",
      idempotency: "natural",
    },
    hold: {
      summary:
        "Holds stock of all lines for an order, or of none; without `expiresAt` the hold is pinned and ends only by commit or release.",
      params: ofOrder.extend({ expiresAt: z.iso.datetime().optional() }),
      returns: ofOrder,
      access: "internal",
      idempotency: { keyedBy: "orderId" },
    },
    commit: {
      summary: "Turns an order's holds into stock that has left: on hand and reserved both fall.",
      params: ofOrder,
      access: "internal",
      idempotency: { keyedBy: "orderId" },
    },
    release: {
      summary:
        "Gives back what an order holds or has taken; what it never held is marked, so that a late hold takes nothing.",
      params: ofOrder,
      access: "internal",
      idempotency: { keyedBy: "orderId" },
    },
    held: {
      summary: "What an order holds or has committed of each line's SKU, for the audit.",
      params: z.strictObject({ orderId: Id, skus: z.array(Sku).max(1_000) }),
      returns: z.array(
        z.object({
          sku: Sku,
          quantity: z.int(),
          state: HoldState,
        }),
      ),
      access: "internal",
      idempotency: "read",
    },
    audit: {
      summary: "available = onHand − reserved, reserved = Σ open holds, onHand = Σ movements, for each SKU.",
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
        "Counts reserved and available anew from the open holds, and writes the movement that explains what is on hand.",
      returns: Repairs,
      access: "internal",
      idempotency: "natural",
      timeout: 0,
    },
  },
  events: {
    /** What may be promised of a SKU changed; `rev` tells the newer of two. */
    "stock.changed": z.object({ sku: Sku, location: z.string(), available: z.int(), rev: z.int() }),
    /** Goods came or went: `delta` is what it did to `onHand`. */
    "stock.moved": z.object({
      id: z.string(),
      sku: Sku,
      location: z.string(),
      kind: z.enum(["open", "adjust", "commit", "restock"]),
      delta: z.int(),
      orderId: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  },
});
