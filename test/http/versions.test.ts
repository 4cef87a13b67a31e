import { type HttpShop, startHttpShop } from "../support/http-shop.ts";

let http: HttpShop;
let staff: Record<string, string>;
let made = 0;

beforeAll(async () => {
  http = await startHttpShop("api,config,products,inventory,pricing,carts,users,notifications,idempotency");
  const credentials = { email: "admin@example.com", password: "correct horse battery" };
  const { json } = await http.ask("/auth/login", { json: credentials });
  staff = { Authorization: `Bearer ${json.accessToken}` };
});
afterAll(() => http.stop());

async function product() {
  made++;
  const variants = [{ sku: `PAN-${made}`, price: { amount: 2_500, currency: "USD" } }];
  const answer = await http.ask("/admin/products", { json: { name: `Pan ${made}`, variants }, headers: staff });
  return { path: `/admin/products/${answer.json.id}`, etag: answer.headers.get("etag") as string };
}
const patch = (path: string, json: object, ifMatch?: string) =>
  http.ask(path, { method: "PATCH", json, headers: { ...staff, ...(ifMatch ? { "If-Match": ifMatch } : {}) } });

test("the ETag of a product that staff reads or writes is its version", async () => {
  const { path, etag } = await product();
  expect(etag).toBe('"1"');
  expect((await http.ask(path, { headers: staff })).headers.get("etag")).toBe('"1"');
  expect((await patch(path, { name: "Wok" }, etag)).headers.get("etag")).toBe('"2"');
});

test("a write for a version that is no more is refused, with the tag of the one that stands", async () => {
  const { path, etag } = await product();
  await patch(path, { name: "First" }, etag);
  const late = await patch(path, { name: "Second" }, etag);
  expect(late.json).toMatchObject({ status: 412, code: "PRODUCT_CHANGED", rev: 2 });
  expect(late.headers.get("etag")).toBe('"2"');
  const removal = await http.ask(path, { method: "DELETE", headers: { ...staff, "If-Match": etag } });
  expect([removal.status, removal.headers.get("etag")]).toEqual([412, '"2"']);
  expect((await http.ask(path, { headers: staff })).json).toMatchObject({ name: "First", status: "active" });
  expect((await patch(path, { name: "Second" }, late.headers.get("etag") as string)).status).toBe(200);
});

test("any version will do where somebody says so, and a thing that is not there stays not found", async () => {
  const { path } = await product();
  expect((await patch(path, { name: "Any" }, "*")).status).toBe(200);
  expect((await patch("/admin/products/0198c0de-0000-7000-8000-000000000000", { name: "No" }, "*")).status).toBe(404);
});

test("tags that no version of this has are refused: weak ones, words, several, those of other things", async () => {
  const { path } = await product();
  for (const tag of ['W/"1"', '"one"', "1", '"1", "2"', '"1.5"', '""', '"-1"']) {
    const answer = await patch(path, { name: "Never" }, tag);
    expect([tag, answer.status, answer.json.code]).toEqual([tag, 412, "PRECONDITION_FAILED"]);
  }
  const { json: cart } = await http.ask("/carts", { json: {} });
  const answer = await http.ask(`/carts/${cart.id}`, {
    method: "PATCH",
    json: { email: "a@example.com" },
    headers: { "If-Match": '"1"' },
  });
  expect(answer.json).toMatchObject({ status: 412, code: "PRECONDITION_FAILED" });
});

test("a body that names another version than the header is refused", async () => {
  const { path, etag } = await product();
  expect((await patch(path, { name: "Two", rev: 2 }, etag)).json).toMatchObject({
    status: 422,
    errors: [{ path: "rev" }],
  });
  expect((await patch(path, { name: "One", rev: 1 }, etag)).status).toBe(200);
});

test("of two who change the same version at once one gets it and the other is told", async () => {
  const { path, etag } = await product();
  const answers = await Promise.all(["Left", "Right"].map((name) => patch(path, { name }, etag)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
});

test("settings have a version like products", async () => {
  const etag = (await http.ask("/admin/settings", { headers: staff })).headers.get("etag") as string;
  expect(etag).toMatch(/^"\d+"$/);
  expect((await patch("/admin/settings", { values: { "shop.name": "One" } }, etag)).status).toBe(200);
  expect((await patch("/admin/settings", { values: { "shop.name": "Two" } }, etag)).status).toBe(412);
});

test("a cart that did not change is not sent again, and a changed one is", async () => {
  const { json: cart } = await http.ask("/carts", { json: {} });
  const path = `/carts/${cart.id}`;
  // Its time of pricing is part of it.
  const clock = jest.spyOn(Date.prototype, "toISOString").mockReturnValue("2026-01-01T00:00:00.000Z");
  const etag = (await http.ask(path)).headers.get("etag") as string;
  expect(etag).toMatch(/^W\/"/);
  const again = await http.ask(path, { headers: { "If-None-Match": etag } });
  expect([again.status, again.text, again.headers.get("etag")]).toEqual([304, "", etag]);
  clock.mockRestore();
  await http.ask(path, { method: "PATCH", json: { email: "a@example.com" } });
  expect((await http.ask(path, { headers: { "If-None-Match": etag } })).json.email).toBe("a@example.com");
});

test("stock that changed under the same version is read by staff, tag or not", async () => {
  const { path, etag } = await product();
  expect((await http.ask(path, { headers: { ...staff, "If-None-Match": etag } })).status).toBe(200);
});

test("the API document and the public keys are not sent twice", async () => {
  for (const path of ["/openapi.json", "//.well-known/jwks.json"]) {
    const etag = (await http.ask(path)).headers.get("etag") as string;
    expect((await http.ask(path, { headers: { "If-None-Match": etag } })).status).toBe(304);
  }
});

test("a cursor is good for its own question only, and a made-up one for none", async () => {
  for (let count = 0; count < 3; count++) await product();
  const { nextCursor } = (await http.ask("/products?limit=1&sort=price")).json;
  const at = (query: string, cursor = nextCursor) =>
    http.ask(`/products?${query}&cursor=${encodeURIComponent(cursor)}`);
  expect((await at("limit=1&sort=price")).status).toBe(200);
  for (const answer of [
    await at("limit=1&sort=name"),
    await at("limit=1&sort=price", "e30"),
    await at("limit=1", "%"),
  ]) {
    expect(answer.json).toMatchObject({ status: 400, code: "CURSOR_INVALID" });
  }
});
