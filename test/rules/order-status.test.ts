import { assertCancelable, move } from "../../services/orders/order-status.ts";

const order = (status: "pending" | "confirmed" | "completed" | "canceled", fulfilment = "unfulfilled" as const) => ({
  id: "o-1",
  status,
  fulfilment: { status: fulfilment as "unfulfilled" | "fulfilled" },
});

test("a pending order becomes confirmed or canceled", () => {
  expect(move(order("pending"), "confirmed")).toBe("confirmed");
  expect(move(order("pending"), "canceled")).toBe("canceled");
});

test("a completed order cannot be canceled", () => {
  expect(() => move(order("completed"), "canceled")).toThrow("A completed order cannot become canceled");
});

test("a canceled order stays canceled", () => {
  for (const to of ["pending", "confirmed", "completed"] as const) {
    expect(() => move(order("canceled"), to)).toThrow(expect.objectContaining({ type: "ORDER_STATUS_CONFLICT" }));
  }
});

test("goods that were handed over are returned, not canceled", () => {
  const handedOver = { ...order("confirmed"), fulfilment: { status: "fulfilled" as const } };
  expect(() => assertCancelable(handedOver)).toThrow(expect.objectContaining({ type: "ORDER_FULFILLED" }));
  expect(() => assertCancelable(order("confirmed"))).not.toThrow();
});

test("canceling twice is a repeat, not an error", () => {
  expect(() => assertCancelable(order("canceled"))).not.toThrow();
});
