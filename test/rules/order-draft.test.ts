import type { Cart } from "../../services/carts/carts.contract.ts";
import { assertOrderable, assertTotal, details, offered } from "../../services/orders/order-draft.ts";
import type { Quote } from "../../services/pricing/pricing.contract.ts";

const usd = (amount: number) => ({ amount, currency: "USD" });
const address = { name: "Ada", line1: "1 Main St", city: "Springfield", postalCode: "12345", country: "US" };
const line = {
  sku: "A",
  productId: "p-1",
  name: "A thing",
  quantity: 2,
  unitPrice: usd(500),
  total: usd(1_000),
  available: 5,
};
const cart: Cart = {
  id: "c".repeat(24),
  version: 3,
  status: "open",
  email: null,
  lines: [line],
  subtotal: usd(1_000),
  discountTotal: usd(0),
  shippingTotal: usd(0),
  taxTotal: usd(0),
  total: usd(1_000),
  shippingAddress: null,
  billingAddress: null,
  shippingMethod: null,
  coupons: [],
  setAside: [],
  pricedAt: "2026-03-01T12:00:00.000Z",
};
const quote = (total: number, shipping = 490): Quote => ({
  lines: [],
  shippingMethod: "standard",
  subtotal: usd(total - shipping),
  discountTotal: usd(0),
  shippingTotal: usd(shipping),
  taxTotal: usd(0),
  total: usd(total),
});
const type = (type: string) => expect.objectContaining({ type });

test("an empty, a locked and an ordered cart cannot be ordered", () => {
  expect(() => assertOrderable({ ...cart, lines: [] })).toThrow(type("CART_EMPTY"));
  expect(() => assertOrderable({ ...cart, status: "locked" })).toThrow(type("CART_LOCKED"));
  expect(() => assertOrderable({ ...cart, status: "ordered" })).toThrow(type("CART_ORDERED"));
});

test("what neither the cart nor the order says is told field by field", () => {
  expect(() => details(cart, { paymentToken: "tok_ok" })).toThrow(
    expect.objectContaining({ data: { errors: [{ path: "email", message: expect.any(String) }, expect.anything()] } }),
  );
});

test("the order's own words come before the cart's", () => {
  const known = { ...cart, email: "cart@example.com", shippingAddress: address };
  expect(details(known, { paymentToken: "tok_ok", email: "order@example.com" })).toMatchObject({
    email: "order@example.com",
    shippingAddress: address,
  });
});

test("a line whose product is no longer sold stops the order and is named", () => {
  const offer = { sku: "A", productId: "p-1", name: "A", price: usd(500), available: 1, sellable: false };
  expect(() => offered(cart, [offer])).toThrow(expect.objectContaining({ data: { cartId: cart.id, skus: ["A"] } }));
});

test("shipping that only the order chooses is not a change of the total", () => {
  expect(() => assertTotal(cart, quote(1_490), undefined)).not.toThrow();
});

test("a price that rose since the shopper looked is a changed total", () => {
  expect(() => assertTotal(cart, quote(1_590), undefined)).toThrow(type("TOTAL_CHANGED"));
});

test("an expected total is compared to the last unit and by currency", () => {
  expect(() => assertTotal(cart, quote(1_490), usd(1_490))).not.toThrow();
  expect(() => assertTotal(cart, quote(1_490), usd(1_489))).toThrow(type("TOTAL_CHANGED"));
  expect(() => assertTotal(cart, quote(1_490), { amount: 1_490, currency: "EUR" })).toThrow(type("TOTAL_CHANGED"));
});
