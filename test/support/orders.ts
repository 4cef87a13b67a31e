import type { Order } from "../../services/orders/orders.contract.ts";

const usd = (amount: number) => ({ amount, currency: "USD" });

/** An order of two jackets and a mug, confirmed and paid; `changes` says what is different. */
export const anOrder = (changes: Partial<Order> = {}): Order => ({
  id: "0198c0de-0000-7000-8000-000000000001",
  number: "7K3F-92QD",
  status: "confirmed",
  payment: { status: "captured", provider: "sandbox" },
  fulfilment: { status: "unfulfilled" },
  reason: null,
  lines: [line("TJ-S", "Trail jacket, S", 2, 12_900), line("MUG-1", "Enamel mug", 1, 1_499)],
  subtotal: usd(27_299),
  discountTotal: usd(0),
  shippingTotal: usd(490),
  taxTotal: usd(0),
  total: usd(27_789),
  email: "ada@example.com",
  shippingAddress: {
    name: "Ada Lovelace",
    line1: "12 St James's Square",
    city: "London",
    postalCode: "SW1Y 4JH",
    country: "GB",
  },
  billingAddress: null,
  shippingMethod: "standard",
  placedAt: "2026-01-05T10:00:00.000Z",
  cancelRequestedAt: null,
  nextAction: null,
  ...changes,
});

const line = (sku: string, name: string, quantity: number, amount: number): Order["lines"][number] => ({
  sku,
  productId: "0198c0de-0000-7000-8000-00000000000a",
  name,
  quantity,
  unitPrice: usd(amount),
  total: usd(amount * quantity),
  tax: usd(0),
});
