import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Shop } from "../../bin/shop.ts";
import type { Order } from "../../services/orders/orders.contract.ts";
import type { MoneyTables } from "../../services/payments/payment.tables.ts";
import type { SandboxTables } from "../../services/payments/sandbox/sandbox.tables.ts";
import { SIGNATURE_HEADER } from "../../services/payments/sandbox/signature.ts";
import { newId } from "../../services/shared/ids.ts";
import { address, CHECKOUT, product } from "../support/checkout.ts";
import { eventually } from "../support/eventually.ts";
import { type HttpShop, startHttpShop, type Told } from "../support/http-shop.ts";

jest.setTimeout(60_000);

/** Between the bank and the shop: posts what the bank tells so often at once. */
let post: Server;
let copies = 1;
let told: { body: string; statuses: number[] }[];
let http: HttpShop;
beforeAll(async () => {
  told = [];
  post = createServer(async (request, response) => {
    const body = await text(request);
    const headers = {
      "Content-Type": "application/json",
      [SIGNATURE_HEADER]: String(request.headers[SIGNATURE_HEADER]),
    };
    const path = (request.url as string).replace("/api/v1", "");
    const answers = await Promise.all(Array.from({ length: copies }, () => http.ask(path, { body, headers })));
    const statuses = answers.map(({ status }) => status);
    told.push({ body, statuses });
    response.writeHead(Math.max(...statuses)).end();
  });
  await new Promise<void>((listening) => post.listen(0, "127.0.0.1", listening));
  const GATEWAY_URL = `http://127.0.0.1:${(post.address() as AddressInfo).port}`;
  http = await startHttpShop(`${CHECKOUT},config,api`, { GATEWAY_URL });
});
afterAll(async () => {
  await http?.stop();
  post.closeAllConnections();
  await new Promise((closed) => post.close(closed));
});

const database = <T>(name: string) => (http.shop.nodes[0] as Shop).platform.sql(name).db<T>();
const chargeOf = (orderId: string) =>
  database<SandboxTables>("sandbox").selectFrom("charges").selectAll().where("key", "like", `${orderId}:%`).execute();
const movementsOf = async (orderId: string) =>
  (await database<SandboxTables>("sandbox").selectFrom("movements").selectAll().execute()).filter(({ charge }) =>
    charge.startsWith(orderId),
  );
const findings = async () =>
  (
    await Promise.all([
      http.shop.inside.call("orders.audit"),
      http.shop.inside.call("payments.audit"),
      http.shop.inside.call("inventory.audit"),
    ])
  ).flatMap(({ findings }) => findings);

const cartWith = async (sku: string): Promise<string> =>
  (await http.ask("/carts", { json: { lines: [{ sku, quantity: 1 }] } })).json.id;
interface Wish {
  cartId: string;
  email?: string;
  token?: string;
  key?: string;
}
const order = ({ cartId, email = "ada@example.com", token = "tok_ok", key = newId() }: Wish): Promise<Told> =>
  http.ask("/orders", {
    json: { cartId, email, shippingAddress: address, paymentToken: token },
    headers: { "Idempotency-Key": key },
  });
/** The order as its guest sees it when the money is taken. */
const paid = ({ id, guestToken }: Order) =>
  eventually(async () => {
    const { json } = await http.ask(`/orders/${id}`, { headers: { "X-Order-Token": guestToken ?? "" } });
    return json.payment.status === "captured" && (json as Order);
  });
const approve = ({ nextAction }: Order) =>
  http.ask(`/${new URL(nextAction?.url as string).pathname}`, {
    body: "decision=approve",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  });

test("trap 1: 60 guests at once for 20 units make exactly 20 orders", async () => {
  const sku = await product(http.shop, 20);
  const carts = await Promise.all(Array.from({ length: 60 }, () => cartWith(sku)));
  const answers = await Promise.all(carts.map((cartId) => order({ cartId })));
  const refused = answers.filter(({ status }) => status === 409);
  expect(refused.map(({ json }) => json.code)).toEqual(Array(40).fill("STOCK_INSUFFICIENT"));
  const got = answers.filter(({ status }) => status === 201 || status === 202);
  const orders = await Promise.all(got.map(({ json }) => paid(json)));
  expect(orders.map(({ status }) => status)).toEqual(Array(20).fill("confirmed"));
  expect(await http.shop.inside.call("inventory.get", { sku })).toMatchObject({ onHand: 0, reserved: 0, available: 0 });
});

test("trap 4: the approval races the repeated order, and each order is confirmed and charged once", async () => {
  const sku = await product(http.shop, 100);
  const email = "racing@example.com";
  const ROUNDS = 10;
  for (let round = 0; round < ROUNDS; round++) {
    const wish = { cartId: await cartWith(sku), email, token: "tok_requires_action", key: newId() };
    const first = await order(wish);
    expect(first).toMatchObject({ status: 202, json: { nextAction: { type: "redirect" } } });
    const [approved, ...repeated] = await Promise.all([approve(first.json), order(wish), order(wish), order(wish)]);
    expect(approved.status).toBe(200);
    for (const { status, json } of repeated) {
      if (json.code === "IDEMPOTENCY_IN_PROGRESS") continue;
      expect([201, 202]).toContain(status);
      expect(json.id).toBe(first.json.id);
    }
    const { id, total, status } = await paid(first.json);
    expect(status).toBe("confirmed");
    expect(await chargeOf(id)).toMatchObject([{ status: "captured", captured: total.amount, refunded: 0 }]);
    expect(await movementsOf(id)).toMatchObject([{ kind: "capture", amount: total.amount }]);
    expect((await order(wish)).json).toMatchObject({ id, status: "confirmed" });
  }
  const { total } = await http.shop.inside.call("orders.search", { q: email });
  expect(total).toBe(ROUNDS);
  await eventually(async () => (await findings()).length === 0);
});

test("trap 14: the order for which there was no stock left no charge at the bank", async () => {
  const sku = await product(http.shop, 1);
  const carts = [await cartWith(sku), await cartWith(sku)];
  const answers = await Promise.all(carts.map((cartId) => order({ cartId })));
  const [got, refused] = answers.toSorted((a, b) => a.status - b.status) as [Told, Told];
  const { id } = await paid(got.json);
  expect(refused).toMatchObject({ status: 409, json: { code: "STOCK_INSUFFICIENT", orderId: expect.any(String) } });
  expect(await chargeOf(refused.json.orderId)).toEqual([]);
  expect(await chargeOf(id)).toMatchObject([{ status: "captured" }]);
});

test("trap 15: 30 parallel additions to one cart, through all gateways, all count", async () => {
  const skus = await Promise.all([1, 2, 3].map(() => product(http.shop, 100)));
  const { id } = (await http.ask("/carts", { json: {} })).json;
  const add = (at: number) => http.ask(`/carts/${id}/lines`, { json: { sku: skus[at % 3], quantity: 1 } });
  const answers = await Promise.all(Array.from({ length: 30 }, (_, at) => add(at)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const { lines } = (await http.ask(`/carts/${id}`)).json;
  expect(lines.map(({ quantity }: { quantity: number }) => quantity)).toEqual([10, 10, 10]);
});

test("trap 16: two sign-ins at once merge a guest's cart of 65 lines once", async () => {
  const skus: string[] = [];
  for (let line = 0; line < 65; line++) skus.push(await product(http.shop, 5));
  const account = { email: "bob@example.com", password: "a lovely long password" };
  expect((await http.ask("/auth/register", { json: { ...account, name: "Bob" } })).status).toBe(201);
  const guest = await http.ask("/carts", { json: { lines: skus.map((sku) => ({ sku, quantity: 2 })) } });
  const signIn = () => http.ask("/auth/login", { json: { ...account, cartId: guest.json.id } });
  const both = await Promise.all([signIn(), signIn()]);
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  for (const { json } of both) {
    const cart = await http.ask("/me/cart", { headers: { Authorization: `Bearer ${json.accessToken}` } });
    expect(cart.json.lines.map(({ sku }: { sku: string }) => sku).sort()).toEqual(skus.toSorted());
    expect(cart.json.lines.every(({ quantity }: { quantity: number }) => quantity === 2)).toBe(true);
  }
});

test("trap 18: what the bank tells three times at once settles once", async () => {
  const sku = await product(http.shop, 5);
  copies = 3;
  const first = await order({ cartId: await cartWith(sku), token: "tok_requires_action" });
  await approve(first.json);
  const { id, total } = await paid(first.json);
  const words = await eventually(() => {
    const ofOrder = told.filter(({ body }) => body.includes(id));
    return ofOrder.length > 0 && ofOrder;
  });
  copies = 1;
  expect(words.map(({ statuses }) => statuses)).toEqual([[200, 200, 200]]);
  const inbox = database<MoneyTables>("money").selectFrom("inbox").select("outcome").where("body", "like", `%${id}%`);
  expect(await inbox.execute()).toEqual([{ outcome: "moved" }]);
  expect(await movementsOf(id)).toMatchObject([{ kind: "capture", amount: total.amount }]);
  await eventually(async () => (await findings()).length === 0);
});
