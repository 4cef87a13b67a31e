import type { BookedOrder, Books, Charge, Failed, Observations, Purchase } from "../../chaos/observations.ts";
import { type Outcome, passes } from "../../chaos/report.ts";
import { verdicts } from "../../chaos/verdicts.ts";
import type { ViolationKind } from "../../chaos/violations.ts";
import type { Findings } from "../../services/shared/shapes.ts";
import { anOrder } from "../support/orders.ts";

const PRICE = { amount: 1_000, currency: "USD" };
const SKU = "SCARCE-1";
const line = (quantity = 1): BookedOrder["lines"][number] => {
  const total = { ...PRICE, amount: PRICE.amount * quantity };
  const none = { ...PRICE, amount: 0 };
  return { sku: SKU, productId: "p", name: "Thing", quantity, unitPrice: PRICE, total, tax: none };
};
const order = (id: string, changes: Partial<BookedOrder> = {}): BookedOrder =>
  anOrder({ id, email: `${id}@chaos.example`, lines: [line()], total: PRICE, ...changes });
const canceled = { status: "canceled", reason: { type: "CANCELED_BY_REQUEST", message: "" } } as const;
const charge = (orderId: string, changes: Partial<Charge> = {}): Charge => ({
  key: `${orderId}:authorize`,
  status: "captured",
  amount: 1_000,
  captured: 1_000,
  refunded: 0,
  ...changes,
});
const voided: Partial<Charge> = { status: "voided", captured: 0 };
const purchase = (id: string, changes: Partial<Purchase> = {}): Purchase => ({
  buyer: 1,
  key: `key of ${id}`,
  email: `${id}@chaos.example`,
  cartId: `cart of ${id}`,
  token: "tok_ok",
  answers: [{ at: 9_000, status: 201, orderId: id, state: "confirmed", total: 1_000 }],
  unanswered: 0,
  seen: [],
  ...changes,
});
const part = (name: string, findings: Findings["findings"] = [], figures: Record<string, number> = {}) => ({
  part: name,
  findings,
  figures,
});
const audit = (...parts: ReturnType<typeof part>[]): Books["audit"] => ({ parts, missing: [] });
const finding = (rule: string, detail = "so it is") => [{ rule, subject: "7K3F-92QD", detail }];

/** A run in which all is well: A was bought, B declined, C canceled on request. */
function good(): Observations & { books: Books } {
  return {
    purchases: [
      purchase("A"),
      purchase("B", { answers: [{ at: 9_000, status: 402, code: "PAYMENT_DECLINED", orderId: "B" }] }),
      purchase("C", { cancel: { at: 9_500, status: 200 } }),
      purchase("D", { answers: [{ at: 9_000, status: 409, code: "CART_LOCKED" }] }),
    ],
    failed: [],
    rolling: [],
    stuck: [],
    books: {
      orders: [
        order("A"),
        order("B", { status: "canceled", reason: { type: "PAYMENT_DECLINED", message: "" } }),
        order("C", canceled),
      ],
      charges: [
        charge("A"),
        charge("B", { status: "declined", captured: 0 }),
        charge("C", { status: "refunded", refunded: 1_000 }),
      ],
      mails: [
        { orderId: "A", kind: "confirmed" },
        { orderId: "C", kind: "confirmed" },
        { orderId: "C", kind: "canceled" },
      ],
      stock: [{ sku: SKU, onHand: 2, reserved: 0, available: 2 }],
      locked: [],
      delivered: new Map([[SKU, 3]]),
      audit: audit(part("orders"), part("events", [], { waiting: 0, dead: 0 })),
    },
  };
}

const kinds = (seen: Observations): ViolationKind[] => [...new Set(verdicts(seen).map(({ kind }) => kind))];
const withBooks = (books: Partial<Books>, more: Partial<Observations> = {}): Observations => {
  const seen = good();
  return { ...seen, ...more, books: { ...seen.books, ...books } };
};
const orders = (...more: BookedOrder[]) => [
  ...good().books.orders.filter(({ id }) => more.every((o) => o.id !== id)),
  ...more,
];
const charges = (...more: Charge[]) => [
  ...good().books.charges.filter(({ key }) => more.every((c) => c.key !== key)),
  ...more,
];
const purchases = (one: Purchase) => [...good().purchases.filter(({ key }) => key !== one.key), one];

test("a run in which all is well breaks no promise", () => {
  expect(verdicts(good())).toEqual([]);
});

describe("found is", () => {
  test("more sold than there was", () => {
    const more = orders(order("A", { lines: [line(4)] }));
    expect(kinds(withBooks({ orders: more }))).toContain("oversold");
  });

  test("stock below nothing", () => {
    const stock = [{ sku: SKU, onHand: 2, reserved: 3, available: -1 }];
    expect(kinds(withBooks({ stock }))).toContain("oversold");
  });

  test("a unit that is neither sold nor on the shelf, and one that stays reserved for nobody", () => {
    expect(kinds(withBooks({ stock: [{ sku: SKU, onHand: 1, reserved: 0, available: 1 }] }))).toEqual([
      "invariants broken",
    ]);
    expect(kinds(withBooks({ stock: [{ sku: SKU, onHand: 2, reserved: 1, available: 1 }] }))).toEqual([
      "invariants broken",
    ]);
    expect(kinds(withBooks({ stock: [] }))).toEqual(["invariants broken"]);
  });

  test("more taken than the order costs", () => {
    expect(kinds(withBooks({ charges: charges(charge("A", { captured: 2_000 })) }))).toEqual(["charged twice"]);
  });

  test("a second charge for the same order, taken or only set aside", () => {
    for (const status of ["captured", "authorized"]) {
      const second = charge("A", { key: "A:again", status, captured: status === "captured" ? 1_000 : 0 });
      expect(kinds(withBooks({ charges: charges(second) }))).toEqual(["charged twice"]);
    }
  });

  test("one key that made two orders, though nobody heard of the second", () => {
    const second = order("Z", { email: "A@chaos.example", ...canceled });
    expect(kinds(withBooks({ orders: orders(second) }))).toEqual(["charged twice"]);
  });

  test("one cart that was ordered twice under two keys", () => {
    const seen = withBooks(
      {
        orders: orders(order("Z")),
        charges: charges(charge("Z")),
        mails: [...good().books.mails, { orderId: "Z", kind: "confirmed" }],
        stock: [{ sku: SKU, onHand: 1, reserved: 0, available: 1 }],
      },
      { purchases: purchases(purchase("Z", { cartId: "cart of A" })) },
    );
    expect(kinds(seen)).toEqual(["charged twice"]);
  });

  test("money that was taken for a canceled order, or for one that is not there", () => {
    expect(kinds(withBooks({ charges: charges(charge("C")) }))).toEqual(["charged without order"]);
    expect(kinds(withBooks({ charges: charges(charge("nobody")) }))).toEqual(["charged without order"]);
  });

  test("money that a declined shopper cannot use because it is still set aside", () => {
    const left = charge("B", { status: "authorized", captured: 0 });
    expect(kinds(withBooks({ charges: charges(left) }))).toEqual(["charged without order"]);
  });

  test("a confirmed order that nobody paid", () => {
    expect(kinds(withBooks({ charges: charges(charge("A", voided)) }))).toEqual(["invariants broken"]);
  });

  test("an answered order that is not there", () => {
    const seen = good();
    const lost = purchase("Z");
    expect(kinds({ ...seen, purchases: [...seen.purchases, lost] })).toEqual(["answered but lost"]);
  });

  test("a confirmed order that is canceled although nobody asked for it", () => {
    const { cancel: _, ...asked } = purchase("C");
    expect(kinds(withBooks({}, { purchases: purchases(asked) }))).toEqual(["answered but lost"]);
  });

  test("a confirmation that only a later look showed, and that did not last", () => {
    const look = { at: 9_900, status: 200, orderId: "C", state: "confirmed" as const, total: 1_000 };
    const pending = { at: 9_000, status: 202, orderId: "C", state: "pending" as const, total: 1_000 };
    const seen = withBooks({}, { purchases: purchases(purchase("C", { answers: [pending], seen: [look] })) });
    expect(kinds(seen)).toEqual(["answered but lost"]);
  });

  test("a refused order that is confirmed, and a canceled one that is", () => {
    const refused = purchase("A", { answers: [{ at: 1, status: 402, code: "PAYMENT_DECLINED", orderId: "A" }] });
    expect(kinds(withBooks({}, { purchases: purchases(refused) }))).toEqual(["answered but lost"]);
    const undone = purchase("A", { answers: [{ at: 1, status: 201, orderId: "A", state: "canceled", total: 1_000 }] });
    expect(kinds(withBooks({}, { purchases: purchases(undone) }))).toEqual(["answered but lost"]);
  });

  test("a cancellation that was accepted and forgotten", () => {
    const asked = purchase("A", { cancel: { at: 9_500, status: 200 } });
    expect(kinds(withBooks({}, { purchases: purchases(asked) }))).toEqual(["answered but lost"]);
    // Who heard no answer knows that it may not have been heard.
    const unheard = purchase("A", { cancel: { at: 9_500, status: 0 } });
    expect(verdicts(withBooks({}, { purchases: purchases(unheard) }))).toEqual([]);
  });

  test("one key that was answered with two orders", () => {
    const [first] = purchase("A").answers;
    const both = purchase("A", { answers: [{ ...first, orderId: "C" } as never, first as never] });
    expect(kinds(withBooks({}, { purchases: purchases(both) }))).toContain("answered but lost");
  });

  test("an order that costs something else than was said", () => {
    const [told] = purchase("A").answers;
    const dearer = purchase("A", { answers: [{ ...told, total: 900 } as never] });
    expect(kinds(withBooks({}, { purchases: purchases(dearer) }))).toEqual(["answered but lost"]);
  });

  test("an order that is still pending", () => {
    const seen = withBooks({ orders: orders(order("A", { status: "pending" })) });
    expect(kinds(seen)).toContain("answered but lost");
  });

  test("a confirmation without a mail, and one with two", () => {
    const { mails } = good().books;
    expect(kinds(withBooks({ mails: mails.slice(1) }))).toEqual(["events lost"]);
    expect(kinds(withBooks({ mails: [...mails, { orderId: "A", kind: "confirmed" }] }))).toEqual(["events lost"]);
  });

  test("a cancellation that its shopper was not told of, and a mail of one that never was", () => {
    const { mails } = good().books;
    expect(kinds(withBooks({ mails: mails.slice(0, 2) }))).toEqual(["events lost"]);
    expect(kinds(withBooks({ mails: [...mails, { orderId: "A", kind: "canceled" }] }))).toEqual(["events lost"]);
  });

  test.each([
    ["events lost", part("events", [], { waiting: 3, dead: 0 })],
    ["dead letters", part("events", finding("every event is handled"), { waiting: 0, dead: 1 })],
    ["events lost", part("orders", finding("orders.mail"))],
    ["stuck", part("orders", finding("orders.overdue"))],
    ["stuck", part("payments", finding("payments.operation"))],
    ["stuck", part("payments", finding("payments.outbox"))],
    ["charged without order", part("orders", finding("orders.charged", "it is canceled and 1000 was taken"))],
    ["charged without order", part("payments", finding("payments.orphan"))],
    ["invariants broken", part("orders", finding("orders.charged", "900 was taken of 1000"))],
    ["invariants broken", part("inventory", finding("inventory.onHand"))],
    ["invariants broken", part("payments", finding("payments.ledger"))],
  ] as const)("%s, where the shop's own audit says so in %j", (kind, told) => {
    expect(kinds(withBooks({ audit: audit(told) }))).toEqual([kind]);
  });

  test("a part that could not be audited", () => {
    expect(kinds(withBooks({ audit: { parts: [], missing: ["orders"] } }))).toEqual(["invariants broken"]);
  });

  test("a cart that an order keeps locked which needs it no more", () => {
    expect(kinds(withBooks({ locked: [{ cartId: "cart of B", orderId: "B" }] }))).toEqual(["stuck"]);
  });

  test("what did not come back", () => {
    expect(kinds(withBooks({}, { stuck: ["orders-1 does not start"] }))).toEqual(["stuck"]);
  });
});

describe("during a rolling restart", () => {
  const rolling = [{ number: 4, start: 20_000, end: 32_000 }];
  const failed = (changes: Partial<Failed>): Failed[] => [
    { at: 25_000, until: 25_100, request: "POST /orders", what: "503", gateway: "1", sentOn: false, ...changes },
  ];

  test("a request that failed is one too many", () => {
    expect(kinds(withBooks({}, { rolling, failed: failed({}) }))).toEqual(["failed in rolling restarts"]);
  });

  test("a request that another gateway took is none, nor is one of another time", () => {
    expect(verdicts(withBooks({}, { rolling, failed: failed({ sentOn: true }) }))).toEqual([]);
    expect(verdicts(withBooks({}, { rolling, failed: failed({ at: 19_999 }) }))).toEqual([]);
    expect(verdicts(withBooks({}, { rolling, failed: failed({ at: 32_001 }) }))).toEqual([]);
  });
});

test("a run passes only without a violation and with every recovery in time", () => {
  const clean: Pick<Outcome, "violations" | "longest"> = { violations: [], longest: 15_000 };
  expect(passes(clean)).toBe(true);
  expect(passes({ ...clean, longest: 15_001 })).toBe(false);
  expect(passes({ ...clean, longest: Number.POSITIVE_INFINITY })).toBe(false);
  expect(passes({ ...clean, violations: verdicts(withBooks({}, { stuck: ["it"] })) })).toBe(false);
});
