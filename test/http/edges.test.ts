import type { ServiceSchema } from "moleculer";
import { Errors } from "moleculer";
import { type HttpShop, startHttpShop } from "../support/http-shop.ts";
import { standIn } from "../support/stand-ins.ts";

let http: HttpShop;
let open: HttpShop;
let metas: Record<string, unknown>[];
const cart = "c".repeat(24);
const ours = "https://shop.example";

beforeAll(async () => {
  const doubles: ServiceSchema[] = [
    {
      name: "carts",
      actions: {
        get(ctx: { meta: object; requestID: string }) {
          metas.push({ ...ctx.meta, requestId: ctx.requestID });
          return { id: cart };
        },
        create() {
          throw new Errors.MoleculerRetryableError("Many sign in at the moment", 503, "SIGN_IN_BUSY", {
            retryAfter: 2,
          });
        },
      },
    },
    { name: "products", actions: { list: () => ({ items: [], nextCursor: null, total: 0 }) } },
  ] as unknown as ServiceSchema[];
  const start = async (env: Record<string, string>) => {
    const shop = await startHttpShop("api", env);
    await standIn(shop.shop, ...doubles);
    return shop;
  };
  http = await start({ CORS_ORIGINS: `${ours},http://localhost:5173`, PUBLIC_URL: ours });
  open = await start({ CORS_ORIGINS: "*" });
});
afterAll(() => Promise.all([http.stop(), open.stop()]));
beforeEach(() => {
  metas = [];
});

const paths = [`/carts/${cart}`, "/products", "/products", "/nothing", "//health/live", "/openapi.json"];

describe("scripts of other origins", () => {
  test("read answers where their origin is listed, kept ones too, and no others", async () => {
    for (const path of paths) {
      const own = await http.ask(path, { headers: { Origin: ours } });
      expect([path, own.headers.get("access-control-allow-origin")]).toEqual([path, ours]);
      expect(own.headers.get("access-control-expose-headers")).toContain("ETag");
      const other = await http.ask(path, { headers: { Origin: "https://evil.example" } });
      expect([path, other.headers.get("access-control-allow-origin")]).toEqual([path, null]);
      for (const answer of [own, other, await http.ask(path)]) expect(answer.headers.get("vary")).toBe("Origin");
    }
  });

  test("ask first, and are told how this path may be asked", async () => {
    const headers = { Origin: ours, "Access-Control-Request-Method": "PATCH" };
    const answer = await http.ask(`/carts/${cart}`, { method: "OPTIONS", headers });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe(ours);
    expect(answer.headers.get("access-control-allow-methods")).toBe("GET, HEAD, PATCH");
    for (const name of ["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "X-Order-Token"]) {
      expect(answer.headers.get("access-control-allow-headers")).toContain(name);
    }
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
    const evil = { ...headers, Origin: "https://evil.example" };
    const refused = await http.ask(`/carts/${cart}`, { method: "OPTIONS", headers: evil });
    expect(refused.headers.get("access-control-allow-methods")).toBeNull();
    expect(metas).toEqual([]);
  });

  test("of any origin may read where the shop says so", async () => {
    for (const path of paths) {
      const answer = await open.ask(path, { headers: { Origin: "https://any.example" } });
      expect([path, answer.headers.get("access-control-allow-origin")]).toEqual([path, "*"]);
    }
  });
});

test("every answer says that nothing in it may run, and a shop behind HTTPS that it stays there", async () => {
  for (const path of paths) {
    const { headers } = await http.ask(path);
    expect([path, headers.get("x-content-type-options")]).toEqual([path, "nosniff"]);
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get("strict-transport-security")).toMatch(/^max-age=/);
    expect(headers.get("x-powered-by")).toBeNull();
  }
  expect((await open.ask("/products")).headers.get("strict-transport-security")).toBeNull();
  const page = await http.ask("//");
  expect(page.headers.get("x-frame-options")).toBe("DENY");
  expect(page.headers.get("content-security-policy")).not.toContain("unsafe");
});

test("a trace that began elsewhere goes on under a span of our own", async () => {
  const trace = "0af7651916cd43dd8448eb211c80319c";
  const headers = { traceparent: `00-${trace}-b7ad6b7169203331-01`, tracestate: "vendor=1", "X-Request-Id": "mine" };
  const answer = await http.ask(`/carts/${cart}`, { headers });
  const own = answer.headers.get("traceparent");
  expect(own).toMatch(new RegExp(`^00-${trace}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`));
  expect(metas).toEqual([{ traceparent: own, tracestate: "vendor=1", requestId: "mine" }]);
  expect(answer.headers.get("x-request-id")).toBe("mine");
  for (let time = 0; time < 2; time++) {
    expect((await http.ask("/products", { headers })).headers.get("traceparent")).toContain(trace);
  }
});

test("what is no trace context is ignored", async () => {
  const zeros = "0".repeat(32);
  const bad = ["x", `00-${zeros}-b7ad6b7169203331-01`, `00-${"a".repeat(32)}-${"0".repeat(16)}-01`, "ff-a-b-c"];
  for (const traceparent of [...bad, `00-${"A".repeat(32)}-b7ad6b7169203331-01`]) {
    const answer = await http.ask(`/carts/${cart}`, { headers: { traceparent, tracestate: "a=1" } });
    expect([answer.status, answer.headers.get("traceparent")]).toEqual([200, null]);
  }
  for (const meta of metas) expect(Object.keys(meta)).toEqual(["requestId"]);
});

test("every request has an id of its own, or the one that it came with", async () => {
  const ids = await Promise.all([1, 2, 3].map(async () => (await http.ask("/products")).headers.get("x-request-id")));
  expect(new Set(ids).size).toBe(3);
  const given = { "X-Request-Id": "shelf-7" };
  expect((await http.ask("/products", { headers: given })).headers.get("x-request-id")).toBe("shelf-7");
  const bad = { "X-Request-Id": "a b" };
  expect((await http.ask("/nothing", { headers: bad })).json.requestId).not.toBe("a b");
});

test("a service that is busy says when to come back", async () => {
  const answer = await http.ask("/carts", { json: {} });
  expect(answer.json).toMatchObject({ status: 503, code: "SIGN_IN_BUSY" });
  expect(answer.headers.get("retry-after")).toBe("2");
});
