import { decode } from "jsonwebtoken";
import service from "../../services/users/users.service.ts";
import { type HttpShop, startHttpShop } from "../support/http-shop.ts";

let http: HttpShop;
beforeAll(async () => {
  // The lowest cost that bcrypt knows: nothing here is about how long a hash takes.
  Object.assign(service.settings as object, { passwordCost: 4 });
  http = await startHttpShop("users,products,inventory,pricing,carts,payments,config,idempotency,api", {
    RATE_LIMITS: "false",
  });
});
afterAll(() => http.stop());

const password = "correct horse battery";
let people = 0;
async function newCustomer() {
  const email = `http-${++people}@example.com`;
  const told = await http.ask("/auth/register", { json: { email, password, name: "Ada" } });
  return { email, told, ...told.json, headers: { Authorization: `Bearer ${told.json.accessToken}` } };
}
const refresh = (refreshToken: string, headers: Record<string, string> = {}) =>
  http.ask("/auth/refresh", { json: { refreshToken }, headers });

test("who registers gets 201 with both tokens, and no cache keeps them", async () => {
  const { told, email, accessToken, refreshToken } = await newCustomer();
  expect(told).toMatchObject({ status: 201, json: { user: { email, roles: [] }, expiresIn: 900 } });
  expect(told.headers.get("cache-control")).toBe("no-store");
  expect(decode(accessToken)).toMatchObject({
    iss: http.url.replace("127.0.0.1", "localhost"),
    sid: expect.any(String),
  });
  expect(refreshToken).not.toBe(accessToken);
});

test("a taken address is 409, a weak password 422 with its field", async () => {
  const { email } = await newCustomer();
  const taken = await http.ask("/auth/register", { json: { email, password, name: "Eve" } });
  expect(taken).toMatchObject({ status: 409, json: { code: "EMAIL_TAKEN" } });
  const weak = await http.ask("/auth/register", {
    json: { email: "x@example.com", password: "qwerty12345", name: "Eve" },
  });
  expect(weak).toMatchObject({ status: 422, json: { errors: [{ path: "password" }] } });
  expect(weak.text).not.toContain("qwerty12345");
});

test("a refresh token used twice is 401, and its session has ended", async () => {
  const { refreshToken, headers } = await newCustomer();
  const next = await refresh(refreshToken);
  expect(next.status).toBe(200);
  expect(await refresh(refreshToken)).toMatchObject({ status: 401, json: { code: "REFRESH_TOKEN_REUSED" } });
  expect(await refresh(next.json.refreshToken)).toMatchObject({ status: 401, json: { code: "REFRESH_TOKEN_INVALID" } });
  expect((await http.ask("/me", { headers })).status).toBe(401);
});

test("under an Idempotency-Key the same refresh gives the same refresh token, and a good access token", async () => {
  const { refreshToken } = await newCustomer();
  const headers = { "Idempotency-Key": "tab-1 7f3a" };
  const first = await refresh(refreshToken, headers);
  const again = await refresh(refreshToken, headers);
  expect(again.status).toBe(200);
  expect(again.json.refreshToken).toBe(first.json.refreshToken);
  const me = await http.ask("/me", { headers: { Authorization: `Bearer ${again.json.accessToken}` } });
  expect(me.status).toBe(200);
  expect(await refresh(refreshToken, { "Idempotency-Key": "another" })).toMatchObject({ status: 401 });
});

test("an ended session has no way to what is one's own", async () => {
  const { refreshToken, headers } = await newCustomer();
  const out = await http.ask("/auth/logout", { json: { refreshToken } });
  expect({ status: out.status, text: out.text }).toEqual({ status: 204, text: "" });
  expect(await http.ask("/me/addresses", { headers })).toMatchObject({ status: 401, json: { code: "SESSION_ENDED" } });
});

test("addresses, sessions and the password by their paths", async () => {
  const { headers } = await newCustomer();
  const home = { name: "Ada", line1: "1 High Street", city: "London", postalCode: "N1", country: "GB" };
  const made = await http.ask("/me/addresses", { json: home, headers });
  expect(made).toMatchObject({ status: 201, json: home });
  const at = `/me/addresses/${made.json.id}`;
  expect(await http.ask(at, { method: "PATCH", json: { city: "Bath" }, headers })).toMatchObject({
    json: { city: "Bath" },
  });
  expect((await http.ask(at, { method: "DELETE", headers })).status).toBe(204);
  expect((await http.ask("/me/addresses", { headers })).json).toEqual({ items: [], nextCursor: null, total: 0 });
  expect((await http.ask("/me/sessions", { headers })).json.items).toMatchObject([{ current: true }]);
  const change = { current: password, new: "a wholly different one" };
  expect((await http.ask("/me/password", { json: change, headers })).status).toBe(204);
});

test("people and roles are the administrator's business", async () => {
  const { headers, user } = await newCustomer();
  const login = await http.ask("/auth/login", { json: { email: "admin@example.com", password } });
  const admin = { Authorization: `Bearer ${login.json.accessToken}` };
  for (const path of ["/admin/users", "/admin/roles", `/admin/users/${user.id}`]) {
    expect((await http.ask(path)).status).toBe(401);
    expect((await http.ask(path, { headers })).status).toBe(403);
    expect((await http.ask(path, { headers: admin })).status).toBe(200);
  }
  const role = { method: "PUT", json: { permissions: ["orders:read"] } };
  expect((await http.ask("/admin/roles/reader", { ...role, headers })).status).toBe(403);
  expect(await http.ask("/admin/roles/reader", { ...role, headers: admin })).toMatchObject({ status: 200 });
  const wish = { method: "PATCH", json: { roles: ["reader"] }, headers: admin };
  expect(await http.ask(`/admin/users/${user.id}`, wish)).toMatchObject({ json: { permissions: ["orders:read"] } });
  expect((await http.ask("/admin/roles/reader", { method: "DELETE", headers: admin })).status).toBe(204);
});
