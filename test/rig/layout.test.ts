import { isWhole, nodesOf, readLayout, SMALL, WIDE } from "../../rig/layout.ts";

const servicesOf = (layout: string) =>
  nodesOf(readLayout(layout))
    .flatMap(({ services }) => services)
    .sort();

test("a layout says which services share a process, and how many processes there are of each kind", () => {
  expect(readLayout("api=2, carts+orders=3,config")).toEqual([
    { services: ["api"], count: 2 },
    { services: ["carts", "orders"], count: 3 },
    { services: ["config"], count: 1 },
  ]);
});

test("nodes are called by their first service and a count that goes on over groups", () => {
  expect(nodesOf(readLayout("api=1,orders+carts=1,orders=2")).map(({ id }) => id)).toEqual([
    "api-1",
    "orders-1",
    "orders-2",
    "orders-3",
  ]);
});

test("the small layout runs what the wide one runs, each service twice", () => {
  expect(servicesOf(SMALL)).toEqual(servicesOf(WIDE));
  expect(servicesOf(WIDE)).toHaveLength(22);
  expect(isWhole(readLayout(SMALL))).toBe(true);
  expect(isWhole(readLayout(SMALL.replace("+pricing", "")))).toBe(false);
});

test.each(["", "api=", "api=0", "api=two", "+api", "api,,orders", "api;orders"])("%j is refused", (text) => {
  expect(() => readLayout(text)).toThrow(/is no part of a layout/);
});
