import { eventually } from "../support/eventually.ts";
import { type HttpShop, startHttpShop } from "../support/http-shop.ts";
import { settingsReach } from "../support/settings.ts";

let http: HttpShop;
let administrator: { Authorization: string };
beforeAll(async () => {
  http = await startHttpShop("config,products,inventory,pricing,carts,users,api,idempotency", { RATE_LIMITS: "true" });
  const credentials = { email: "admin@example.com", password: "correct horse battery" };
  const { json } = await http.ask("/auth/login", { json: credentials });
  administrator = { Authorization: `Bearer ${json.accessToken}` };
});
afterAll(() => http.stop());

const read = () => http.ask("/admin/settings", { headers: administrator });
async function patch(values: object, more: Record<string, string> = {}) {
  const headers = { ...administrator, ...more };
  const answer = await http.ask("/admin/settings", { method: "PATCH", json: { values }, headers });
  if (answer.status === 200) await settingsReach(http.shop, answer.json.values);
  return answer;
}

test("an administrator reads the settings with what a form needs, and nobody else does", async () => {
  const { status, json, headers } = await read();
  expect(status).toBe(200);
  expect(headers.get("etag")).toBe(`"${json.rev}"`);
  expect(json.values).toEqual(json.defaults);
  expect(json.schema.properties["tax.rate"]).toMatchObject({ type: "integer", default: 0 });
  expect((await http.ask("/admin/settings")).status).toBe(401);
});

test("a changed tax is in the next answer of the running shop", async () => {
  const product = { name: "Mug", variants: [{ sku: "MUG", price: { amount: 10_000, currency: "USD" } }] };
  expect((await http.ask("/admin/products", { json: product, headers: administrator })).status).toBe(201);
  const lines = [{ sku: "MUG", quantity: 1 }];
  const { json: cart } = await eventually(async () => {
    const answer = await http.ask("/carts", { json: { lines } });
    return answer.status === 201 && answer;
  });
  expect(cart.taxTotal.amount).toBe(0);
  expect((await patch({ "tax.rate": 825 })).json).toMatchObject({ values: { "tax.rate": 825 } });
  expect((await http.ask(`/carts/${cart.id}`)).json.taxTotal.amount).toBe(825);
});

test("a stale If-Match is refused, the present one is not", async () => {
  const etag = (await read()).headers.get("etag") as string;
  expect((await patch({ "cart.maxLines": 7 }, { "If-Match": etag })).status).toBe(200);
  const stale = await patch({ "cart.maxLines": 8 }, { "If-Match": etag });
  expect([stale.status, stale.json.code]).toEqual([412, "SETTINGS_CHANGED"]);
  expect((await read()).json.values["cart.maxLines"]).toBe(7);
});

test("a wrong type is told by its path", async () => {
  const { status, json } = await patch({ "tax.rate": "8 %" });
  expect(status).toBe(422);
  expect(json.errors).toMatchObject([{ path: "values.tax.rate" }]);
});

test("the gateway's own limits apply to the next request", async () => {
  await patch({ "gateway.requestsPerSecond": 7 });
  const { headers } = await http.ask("/products");
  expect(headers.get("ratelimit-policy")).toBe('"requests";q=7;w=1');
  await eventually(async () => (await patch({ "gateway.requestsPerSecond": null })).status === 200);
});

test("a rollback is asked for by its revision and shows in the history, with who did it", async () => {
  const { json: me } = await http.ask("/me", { headers: administrator });
  const back = await http.ask("/admin/settings/rollback", { json: { to: 1 }, headers: administrator });
  expect(back.status).toBe(200);
  expect(back.json.values).toEqual((await read()).json.defaults);
  const { json } = await http.ask("/admin/settings/history?limit=1", { headers: administrator });
  expect(json.items).toMatchObject([{ rev: back.json.rev, restored: 1, by: me.id }]);
  expect(json.items[0].changed["tax.rate"]).toEqual({ from: 825, to: 0 });
});
