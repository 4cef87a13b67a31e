import type { Context, ServiceSchema } from "moleculer";
import { type HttpShop, startHttpShop } from "../support/http-shop.ts";
import { standIn } from "../support/stand-ins.ts";

let http: HttpShop;
let seen: unknown[];

beforeAll(async () => {
  http = await startHttpShop("api,idempotency");
  const carts: ServiceSchema = {
    name: "carts",
    actions: {
      create: (ctx) => seen.push(ctx.params) && { id: "cart" },
      setLine: (ctx) => seen.push(ctx.params) && { id: "cart" },
      get() {
        throw new Error("connection to 10.0.0.7 refused: password=secret");
      },
    },
  };
  const list = (ctx: Context) => seen.push(ctx.params) && { items: [], nextCursor: null, total: 0 };
  await standIn(http.shop, carts, ...["inventory", "products"].map((name) => ({ name, actions: { list } })));
});
afterAll(() => http.stop());
beforeEach(() => {
  seen = [];
});

const json = { "Content-Type": "application/json" };

test("a body that is no JSON is told as such", async () => {
  const answer = await http.ask("/carts", { body: '{"lines": [', headers: json });
  expect(answer.status).toBe(400);
  expect(answer.json).toMatchObject({ code: "BODY_MALFORMED", status: 400, title: "Bad Request" });
  expect(answer.headers.get("content-type")).toMatch("application/problem+json");
});

test("bytes that are no UTF-8 are refused", async () => {
  const answer = await http.ask("/carts", { body: new Uint8Array([0x22, 0xff, 0x22]), headers: json });
  expect(answer.json).toMatchObject({ status: 400, code: "BODY_MALFORMED" });
});

test("a body that is no object is refused", async () => {
  for (const body of [[], "text", 7, null]) {
    expect((await http.ask("/carts", { json: body })).json).toMatchObject({ status: 422, code: "VALIDATION_ERROR" });
  }
  expect(seen).toEqual([]);
});

test("another type of body is refused", async () => {
  const answer = await http.ask("/carts", { body: "lines=1", headers: { "Content-Type": "text/plain" } });
  expect(answer.json).toMatchObject({ status: 415, code: "CONTENT_TYPE_UNSUPPORTED" });
});

test("a compressed body is refused", async () => {
  const answer = await http.ask("/carts", { body: "{}", headers: { ...json, "Content-Encoding": "gzip" } });
  expect(answer.json).toMatchObject({ status: 415, code: "CONTENT_ENCODING_UNSUPPORTED" });
});

test("a body over a megabyte is refused, told by its length or not", async () => {
  const huge = JSON.stringify({ lines: "x".repeat(1_000_001) });
  expect((await http.ask("/carts", { body: huge, headers: json })).json).toMatchObject({
    status: 413,
    code: "BODY_TOO_LARGE",
    limit: 1_000_000,
  });
  const streamed = await fetch(`${http.url}/api/v1/carts`, {
    method: "POST",
    headers: json,
    body: new Blob([huge]).stream(),
    duplex: "half",
  } as RequestInit);
  expect(streamed.status).toBe(413);
});

test("a body nested deeper than anything that is sold is refused", async () => {
  const nested = `${"[".repeat(40)}${"]".repeat(40)}`;
  const answer = await http.ask("/carts", { body: `{"lines": ${nested}}`, headers: json });
  expect(answer.json).toMatchObject({ status: 400, code: "BODY_TOO_DEEP" });
  const abyss = `${"[".repeat(400_000)}${"]".repeat(400_000)}`;
  expect((await http.ask("/carts", { body: `{"lines": ${abyss}}`, headers: json })).status).toBe(400);
});

test("an object with fields named for its prototype reaches the service as plain data", async () => {
  await http.ask("/carts", { body: '{"__proto__": {"admin": true}}', headers: json });
  expect(Object.keys(seen[0] as object)).toEqual(["__proto__"]);
  expect((seen[0] as { admin?: boolean }).admin).toBeUndefined();
});

test("a path that nobody serves is a problem too", async () => {
  expect((await http.ask("/nothing")).json).toMatchObject({ status: 404, code: "ROUTE_NOT_FOUND" });
  expect((await http.ask("//nothing")).json).toMatchObject({ status: 404, code: "ROUTE_NOT_FOUND" });
  expect((await http.ask("/%E0%A4%A")).status).toBe(404);
  expect((await http.ask("/products/%E0%A4%A")).json).toMatchObject({ status: 400, code: "PATH_MALFORMED" });
});

test("actions are reached by their routes only, never by their names", async () => {
  for (const path of ["/carts/create", "//carts/create", "//carts.create", "//api/listAliases", "//$node/list"]) {
    const answer = await http.ask(path, { json: {} });
    expect([404, 405]).toContain(answer.status);
  }
  expect(seen).toEqual([]);
});

test("a method that a path does not take is answered with those it takes", async () => {
  const answer = await http.ask("/carts", { method: "DELETE" });
  expect(answer.json).toMatchObject({ status: 405, code: "METHOD_NOT_ALLOWED" });
  expect(answer.headers.get("allow")).toBe("POST");
});

test("asking what a path takes runs nothing", async () => {
  const answer = await http.ask("/carts", { method: "OPTIONS", headers: { "Access-Control-Request-Method": "POST" } });
  expect([answer.status, answer.headers.get("allow")]).toEqual([204, "POST"]);
  expect(seen).toEqual([]);
});

test("a service that is away is 503, and says when to ask again", async () => {
  const answer = await http.ask("/categories/");
  expect(answer.json).toMatchObject({ status: 503, code: "SERVICE_UNAVAILABLE" });
  expect(answer.headers.get("retry-after")).toBe("1");
  expect(answer.text).not.toContain("products.categories");
});

test("an error that nobody foresaw tells nothing but the request's id", async () => {
  const answer = await http.ask(`/carts/${"c".repeat(24)}`, { headers: { "X-Request-Id": "mine-1" } });
  expect(answer.json).toMatchObject({ status: 500, code: "INTERNAL_ERROR", requestId: "mine-1" });
  expect(answer.text).not.toMatch(/secret|10\.0\.0\.7|stack/);
  expect(answer.headers.get("x-request-id")).toBe("mine-1");
});

test("a request id that could be something else is replaced", async () => {
  const answer = await http.ask("/nothing", { headers: { "X-Request-Id": "<script>" } });
  expect(answer.json.requestId).toMatch(/^[\w-]{24}\.[0-9a-z]+$/);
  expect(answer.headers.get("x-request-id")).toBe(answer.json.requestId);
});

test("texts of the query become what the action takes, and only those", async () => {
  await http.ask("/products?q=12&minPrice=500&inStock=true&limit=7");
  await http.ask("/products?q=true&minPrice=cheap&inStock=1&brand=a&brand=b");
  expect(seen).toEqual([
    { q: "12", minPrice: 500, inStock: true, limit: 7 },
    { q: "true", minPrice: "cheap", inStock: "1", brand: ["a", "b"] },
  ]);
});

test("a field that path and body both name must have one value", async () => {
  const path = `/carts/${"c".repeat(24)}/lines/TJ-S`;
  const other = await http.ask(path, { method: "PATCH", json: { sku: "TJ-M", quantity: 1 } });
  expect(other.json).toMatchObject({ status: 422, code: "VALIDATION_ERROR", errors: [{ path: "sku" }] });
  expect((await http.ask(path, { method: "PATCH", json: { sku: "TJ-S", quantity: 1 } })).status).toBe(200);
  expect(seen).toEqual([{ id: "c".repeat(24), sku: "TJ-S", quantity: 1 }]);
});

test("a URL without end is refused", async () => {
  const answer = await http.ask(`/products?q=${"x".repeat(9_000)}`);
  expect(answer.json).toMatchObject({ status: 414, code: "URL_TOO_LONG" });
});

test("a token that is none is refused even where none is needed", async () => {
  await standIn(http.shop, { name: "users", actions: { keys: () => ({ keys: [] }) } });
  for (const Authorization of ["Bearer a.b.c", "Bearer", "Basic dXNlcg=="]) {
    const answer = await http.ask("/products", { headers: { Authorization } });
    expect(answer.json).toMatchObject({ status: 401, code: "TOKEN_INVALID" });
    expect(answer.headers.get("www-authenticate")).toContain("Bearer");
  }
});

test("a guest is told to sign in before anything is read or called", async () => {
  const answer = await http.ask("/inventory", { headers: { "X-User-Id": "admin" } });
  expect(answer.json).toMatchObject({ status: 401, code: "SIGN_IN_REQUIRED" });
  const created = await http.ask("/admin/products", { body: "{", headers: json });
  expect(created.json).toMatchObject({ status: 401 });
  expect(seen).toEqual([]);
});
