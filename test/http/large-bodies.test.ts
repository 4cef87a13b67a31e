import { type HttpShop, startHttpShop } from "../support/http-shop.ts";

let http: HttpShop;
beforeAll(async () => {
  http = await startHttpShop("api,config,products,inventory,pricing,carts,payments,orders,notifications,idempotency");
});
afterAll(() => http.stop());

const MEGABYTE = 1_000_000;
const headers = { "Content-Type": "application/json" };
/** So often that body and rest make up a megabyte. */
const filled = (part: string, { begin = "", end = "" } = {}) =>
  begin + part.repeat(Math.floor((MEGABYTE - begin.length - end.length) / part.length)) + end;
const alive = async () => expect((await http.ask("/carts", { json: {} })).status).toBe(201);

test("a megabyte of lines that are none is refused in few words, and whoever refused it goes on", async () => {
  const body = filled("1e20,", { begin: '{"lines":[', end: "1]}" });
  const { status, json, text } = await http.ask("/carts", { body, headers });
  expect({ status, code: json.code }).toEqual({ status: 422, code: "VALIDATION_ERROR" });
  expect(text.length).toBeLessThan(20_000);
  await alive();
});

test("a megabyte of fields that nobody knows is refused in few words", async () => {
  const fields = Array.from({ length: 80_000 }, (_, at) => `"f${at}":1`).join();
  const { status, json, text } = await http.ask("/carts", { body: `{${fields}}`, headers });
  expect({ status, code: json.code }).toEqual({ status: 422, code: "VALIDATION_ERROR" });
  expect(json.errors).toHaveLength(100);
  expect(text.length).toBeLessThan(20_000);
  await alive();
});

test("a provider's event of a megabyte reaches who checks it, however many quotes are in it", async () => {
  const { json } = await http.ask("/payments/webhooks/sandbox", { body: filled('"'), headers });
  expect(json.status).toBe(401);
  await alive();
});
