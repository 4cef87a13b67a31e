import { z } from "zod";
import { defineContract } from "../contract.ts";
import { Money } from "../shared/money.ts";
import { Address, Quantity, Sku } from "../shared/shapes.ts";

export const ShippingMethod = z.object({ code: z.string(), name: z.string(), price: Money });
export type ShippingMethod = z.output<typeof ShippingMethod>;

const PricedLine = z.object({ sku: Sku, quantity: z.int(), unitPrice: Money, total: Money, tax: Money });

export const Quote = z.object({
  lines: z.array(PricedLine),
  shippingMethod: z.string().nullable(),
  subtotal: Money,
  discountTotal: Money,
  shippingTotal: Money,
  taxTotal: Money,
  total: Money,
});
export type Quote = z.output<typeof Quote>;

const goods = {
  lines: z.array(z.strictObject({ sku: Sku, quantity: Quantity, unitPrice: Money })).max(1_000),
  shippingAddress: Address.nullish(),
};

export const pricingContract = defineContract({
  name: "pricing",
  actions: {
    quote: {
      summary:
        "What these lines cost with tax and shipping; a method that does not exist is refused. `choose` takes the cheapest method where none is named.",
      params: z.strictObject({ ...goods, shippingMethod: z.string().nullish(), choose: z.boolean().default(false) }),
      returns: Quote,
      access: "internal",
      idempotency: "read",
    },
    shippingMethods: {
      summary: "The shipping methods that fit these lines, cheapest first.",
      params: z.strictObject(goods),
      returns: z.array(ShippingMethod),
      access: "internal",
      idempotency: "read",
    },
  },
});
