import { address, CHECKOUT } from "../support/checkout.ts";
import { type HttpShop, startHttpShop } from "../support/http-shop.ts";

let http: HttpShop;
let staff: Record<string, string>;
let keys = 0;

beforeAll(async () => {
  http = await startHttpShop(`api,${CHECKOUT}`);
  const credentials = { email: "admin@example.com", password: "correct horse battery" };
  const { json } = await http.ask("/auth/login", { json: credentials });
  staff = { Authorization: `Bearer ${json.accessToken}` };
});
afterAll(() => http.stop());

const key = () => ({ "Idempotency-Key": `attack-${++keys}` });
const create = (sku: string, amount = 1_000) =>
  http.ask("/admin/products", {
    json: { name: "Thing", variants: [{ sku, price: { amount, currency: "USD" } }] },
    headers: { ...staff, ...key() },
  });
const deliver = (sku: string, delta: number) =>
  http.ask(`/inventory/${encodeURIComponent(sku)}/adjustments`, {
    json: { delta, reason: "delivery" },
    headers: { ...staff, ...key() },
  });
const order = (cartId: string, more: object = {}) =>
  http.ask("/orders", {
    json: { cartId, email: "eve@example.com", shippingAddress: address, paymentToken: "tok_ok", ...more },
    headers: key(),
  });

test("a cart that comes to more than numbers can count is refused, and one just below is sold exactly", async () => {
  const skus = Array.from({ length: 10 }, (_, at) => `DEAR-${at}`);
  for (const sku of skus) {
    await create(sku, 100_000_000_000);
    await deliver(sku, 10_000);
  }
  const lines = skus.map((sku) => ({ sku, quantity: 10_000 }));
  expect((await http.ask("/carts", { json: { lines } })).json).toMatchObject({ status: 422, code: "TOTAL_TOO_LARGE" });
  const { json: cart } = await http.ask("/carts", { json: { lines: lines.slice(1) } });
  const more = await http.ask(`/carts/${cart.id}/lines`, { json: lines[0] });
  expect(more.json).toMatchObject({ status: 422, code: "TOTAL_TOO_LARGE" });
  const { json: sold } = await order(cart.id);
  expect(sold).toMatchObject({ status: "confirmed", total: { amount: 9_000_000_000_000_490 } });
  expect((await http.shop.inside.call("payments.audit")).findings).toEqual([]);
});

test("a SKU with characters that nobody sees is refused", async () => {
  for (const sku of ["A\u0000B", "A\u001b[31m", "A\ud800", "\u202eA", "A\u200bB"]) {
    expect((await create(sku)).json).toMatchObject({ status: 422, errors: [{ path: "variants.0.sku" }] });
  }
  expect((await create("Jäcke-é-夹克")).status).toBe(201);
});

test("a SKU that every object answers to is imported like any other", async () => {
  const rows = ["constructor", "toString", "PLAIN"].map((sku) =>
    JSON.stringify({ sku, name: sku, priceCents: 100, currency: "USD" }),
  );
  const report = await http.ask("/admin/products/import", { body: rows.join("\n"), headers: staff });
  expect(report.json).toMatchObject({ read: 3, created: 3, refused: 0, withoutStock: 3, complete: true });
  const { json: cart } = await http.ask("/carts", { json: { lines: [{ sku: "constructor", quantity: 1 }] } });
  expect((await order(cart.id)).json).toMatchObject({ status: 409, code: "STOCK_INSUFFICIENT" });
  expect((await deliver("constructor", 1)).status).toBe(201);
  expect((await order(cart.id)).status).toBe(201);
});

test("an address is made of lines: what would break out of one is refused by its field", async () => {
  const { json: cart } = await http.ask("/carts", { json: {} });
  for (const name of ["Eve\r\nBcc: all@example.com", "E\u0000ve", "E\ud800ve", "Eve\u2028Eve"]) {
    const told = await http.ask(`/carts/${cart.id}`, {
      method: "PATCH",
      json: { shippingAddress: { ...address, name } },
    });
    expect(told.json).toMatchObject({ status: 422, errors: [{ path: "shippingAddress.name" }] });
  }
  const name = "$email Çağla O’Neil-夹克 👩‍🚀";
  const told = await http.ask(`/carts/${cart.id}`, {
    method: "PATCH",
    json: { shippingAddress: { ...address, name } },
  });
  expect(told.json.shippingAddress.name).toBe(name);
});
