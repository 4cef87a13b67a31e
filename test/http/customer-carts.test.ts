import { address, CHECKOUT, product } from "../support/checkout.ts";
import { type HttpShop, startHttpShop } from "../support/http-shop.ts";

let http: HttpShop;
beforeAll(async () => {
  http = await startHttpShop(`${CHECKOUT},config,api`, { RATE_LIMITS: "false" });
});
afterAll(() => http.stop());

const password = "a lovely long password";
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

test("a guest fills a cart, signs up with it, orders, and finds the order among the own ones", async () => {
  const sku = await product(http.shop, 5);
  const guest = await http.ask("/carts", { json: { lines: [{ sku, quantity: 2 }] } });
  const registered = await http.ask("/auth/register", {
    json: { email: "ada@example.com", password, name: "Ada", cartId: guest.json.id },
  });
  expect(registered.status).toBe(201);
  const headers = bearer(registered.json.accessToken);

  const cart = await http.ask("/me/cart", { headers });
  expect(cart).toMatchObject({ status: 200, json: { status: "open", lines: [{ sku, quantity: 2 }], setAside: [] } });
  expect(await http.ask(`/carts/${guest.json.id}`)).toMatchObject({ status: 404, json: { code: "CART_NOT_FOUND" } });
  expect((await http.ask(`/carts/${cart.json.id}`)).status).toBe(404);
  expect((await http.ask("/me/cart")).status).toBe(401);

  const placed = await http.ask("/orders", {
    json: { cartId: cart.json.id, shippingAddress: address, paymentToken: "tok_ok" },
    headers: { ...headers, "Idempotency-Key": "first" },
  });
  expect(placed).toMatchObject({ status: 201, json: { status: "confirmed", email: "ada@example.com" } });
  const own = await http.ask("/orders?limit=5", { headers });
  expect(own).toMatchObject({ status: 200, json: { items: [{ id: placed.json.id }], total: 1, nextCursor: null } });
  expect((await http.ask("/orders")).status).toBe(401);
  expect((await http.ask(`/orders/${placed.json.id}`)).status).toBe(404);
  expect((await http.ask("/me/cart", { headers })).json).toMatchObject({ status: "open", lines: [] });
});

test("trap 16: two sign-ins at once with one guest's cart, and a third later, count its lines once", async () => {
  const sku = await product(http.shop, 5);
  await http.ask("/auth/register", { json: { email: "bob@example.com", password, name: "Bob" } });
  const guest = await http.ask("/carts", { json: { lines: [{ sku, quantity: 3 }] } });
  const signIn = () => http.ask("/auth/login", { json: { email: "bob@example.com", password, cartId: guest.json.id } });
  const both = await Promise.all([signIn(), signIn()]);
  const third = await signIn();
  expect([...both, third].map(({ status }) => status)).toEqual([200, 200, 200]);
  const cart = await http.ask("/me/cart", { headers: bearer(third.json.accessToken) });
  expect(cart.json).toMatchObject({ lines: [{ sku, quantity: 3 }] });
});
