import type { ServiceSchema } from "moleculer";
import { conflict, paymentRequired, unavailable } from "../../services/shared/errors.ts";
import { eventually } from "../support/eventually.ts";
import { type HttpShop, startHttpShop } from "../support/http-shop.ts";
import { standIn } from "../support/stand-ins.ts";

const cartA = "a".repeat(24);
const cartB = "b".repeat(24);

let http: HttpShop;
/** What the orders and products of this test do, and with which keys they were asked. */
let place: (params: { cartId: string }) => unknown;
let create: () => unknown;
let keys: string[];

beforeAll(async () => {
  http = await startHttpShop("api,idempotency,users");
  const orders: ServiceSchema = {
    name: "orders",
    actions: {
      place(ctx) {
        keys.push(ctx.meta.idempotencyKey);
        return place(ctx.params);
      },
    },
  };
  const inventory: ServiceSchema = {
    name: "inventory",
    actions: {
      adjust(ctx) {
        keys.push(ctx.meta.idempotencyKey);
        return create();
      },
    },
  };
  await standIn(http.shop, orders, inventory);
});
afterAll(() => http.stop());
beforeEach(() => {
  keys = [];
  place = () => ({ id: "order", status: "confirmed" });
  create = () => ({ sku: "TJ-S", onHand: 3 });
});

const order = (key: string | undefined, body: object = {}) =>
  http.ask("/orders", {
    json: { cartId: cartA, paymentToken: "tok_ok", ...body },
    headers: key === undefined ? {} : { "Idempotency-Key": key },
  });

let token: Promise<string> | undefined;
const signIn = () => {
  token ??= http
    .ask("/auth/login", { json: { email: "admin@example.com", password: "correct horse battery" } })
    .then(({ json }) => json.accessToken);
  return token;
};
const adjust = async (key: string | undefined, { sku = "TJ-S", delta = 3 } = {}) =>
  http.ask(`/inventory/${sku}/adjustments`, {
    json: { delta, reason: "counted" },
    headers: { Authorization: `Bearer ${await signIn()}`, ...(key === undefined ? {} : { "Idempotency-Key": key }) },
  });

/** Runs until it is let go. */
function gate<T>(result: T) {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { wait: () => promise, open: () => resolve(result) };
}

test("trap 29: the same idempotency key at the same moment runs once, and errors are not kept", async () => {
  const { wait, open } = gate({ id: "order", status: "confirmed" });
  place = wait;
  let refused = 0;
  const asked = Array.from({ length: 50 }, async () => {
    const answer = await order("trap-29");
    if (answer.status === 409) refused++;
    return answer;
  });
  await eventually(() => refused === 49);
  open();
  const answers = await Promise.all(asked);
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.filter(({ json }) => json.code === "IDEMPOTENCY_IN_PROGRESS")).toHaveLength(49);
  expect(keys).toHaveLength(1);

  place = () => {
    throw unavailable("PROVIDER_AWAY", "The payment provider is away");
  };
  expect((await order("trap-29-error")).status).toBe(503);
  place = () => ({ id: "order", status: "confirmed" });
  expect((await order("trap-29-error")).status).toBe(201);
});

test("an order needs a key", async () => {
  expect((await order(undefined)).json).toMatchObject({ status: 400, code: "IDEMPOTENCY_KEY_REQUIRED" });
  expect((await order("")).json).toMatchObject({ status: 400, code: "IDEMPOTENCY_KEY_INVALID" });
  expect((await order("x".repeat(201))).json).toMatchObject({ status: 400, code: "IDEMPOTENCY_KEY_INVALID" });
  expect(keys).toEqual([]);
});

test("the same key with another body is refused", async () => {
  await order("reused");
  expect((await order("reused", { paymentToken: "tok_declined" })).json).toMatchObject({
    status: 422,
    code: "IDEMPOTENCY_KEY_REUSED",
  });
  expect(keys).toHaveLength(1);
});

test("the same body with its fields in another order is the same body", async () => {
  await order("reordered", { shippingMethod: "express", email: "a@example.com" });
  expect((await order("reordered", { email: "a@example.com", shippingMethod: "express" })).status).toBe(201);
});

test("a repeated order is told as it stands, under the same key", async () => {
  place = () => ({ id: "order", status: "pending" });
  expect((await order("repeat")).status).toBe(202);
  place = () => ({ id: "order", status: "confirmed" });
  const again = await order("repeat");
  expect([again.status, again.json.status]).toEqual([201, "confirmed"]);
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(new Set(keys).size).toBe(1);
});

test("two guests with the same key text never meet", async () => {
  expect((await order("same-text")).status).toBe(201);
  expect((await order("same-text", { cartId: cartB })).status).toBe(201);
  expect(new Set(keys).size).toBe(2);
});

test("a decline that ended in an order is final, one that did not is not", async () => {
  place = () => {
    throw paymentRequired("PAYMENT_DECLINED", "The card was declined", { orderId: "order" });
  };
  expect((await order("declined")).json).toMatchObject({ status: 402, code: "PAYMENT_DECLINED", orderId: "order" });
  expect((await order("declined", { email: "b@example.com" })).json).toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });

  place = () => {
    throw conflict("TOTAL_CHANGED", "The total has changed");
  };
  expect((await order("changed")).status).toBe(409);
  place = () => ({ id: "order", status: "confirmed" });
  expect((await order("changed", { email: "b@example.com" })).status).toBe(201);
});

test("a repeat of other requests gets the first answer byte for byte, without another effect", async () => {
  const first = await adjust("adjust");
  create = () => ({ sku: "TJ-S", onHand: 99 });
  const again = await adjust("adjust");
  expect([first.status, again.status, again.text]).toEqual([201, 201, first.text]);
  expect(first.headers.get("idempotent-replayed")).toBeNull();
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(again.headers.get("content-type")).toBe(first.headers.get("content-type"));
  expect(keys).toHaveLength(1);
});

test("the same key at another path is another request", async () => {
  await adjust("paths");
  expect((await adjust("paths", { sku: "TJ-M" })).headers.get("idempotent-replayed")).toBeNull();
  expect(new Set(keys).size).toBe(2);
});

test("where a key is optional, each request without one is its own", async () => {
  await adjust(undefined);
  await adjust(undefined);
  expect(new Set(keys).size).toBe(2);
});

test("without permission no key is taken", async () => {
  const before = http.shop.platform.writes().claims ?? 0;
  const answer = await http.ask("/inventory/TJ-S/adjustments", {
    json: { delta: 1, reason: "mine" },
    headers: { "Idempotency-Key": "guest" },
  });
  expect([answer.status, http.shop.platform.writes().claims ?? 0]).toEqual([401, before]);
});

test("a request under a key costs two writes", async () => {
  const before = http.shop.platform.writes().claims ?? 0;
  await order("counted");
  expect((http.shop.platform.writes().claims ?? 0) - before).toBe(2);
});
