import { createHash, generateKeyPairSync } from "node:crypto";
import { rmSync } from "node:fs";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import jwt from "jsonwebtoken";
import { type Context, ServiceBroker, type ServiceSchema } from "moleculer";
import { EmbeddedPlatform } from "../../mixins/embedded/embedded-platform.ts";
import { brokerOptions } from "../../moleculer.config.ts";
import { freePort } from "../../rig/ports.ts";
import api from "../../services/api/api.service.ts";
import { readEnvironment } from "../../services/shared/environment.ts";
import { eventually } from "../support/eventually.ts";
import { asking, type HttpShop, startHttpShop } from "../support/http-shop.ts";
import { startServices, temporaryFolder } from "../support/services.ts";
import { testEmbedded } from "../support/shape.ts";
import { standIn } from "../support/stand-ins.ts";

const cart = "c".repeat(24);
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = { ...publicKey.export({ format: "jwk" }), kid: "one", alg: "ES256", use: "sig" };

const sha256 = (bytes: string) => createHash("sha256").update(bytes).digest("hex");

let http: HttpShop;
let metas: Record<string, unknown>[];
let callers: (string | null)[];
let webhooks: { provider: string; body: string; headers: Record<string, string> }[];

beforeAll(async () => {
  const port = String(await freePort());
  http = await startHttpShop("api,idempotency,pricing,config", { PORT: port, PUBLIC_URL: "https://shop.example" });
  const doubles = {
    users: { keys: () => ({ keys: [jwk] }) },
    carts: {
      get(ctx: { meta: object; caller: string | null; params: object }) {
        metas.push({ ...ctx.meta });
        callers.push(ctx.caller);
        return ctx.params;
      },
    },
    orders: { place: () => ({ id: "order", status: "pending" }) },
    products: {
      list: () => ({ items: [], nextCursor: null, total: 0 }),
      archive: () => undefined,
      import: async (ctx: { stream: Readable; params: object }) => ({
        got: sha256(await text(ctx.stream)),
        ...ctx.params,
      }),
      export: () => Readable.from(['{"a":1}\n', '{"a":2}\n']),
    },
    payments: {
      webhook(ctx: { params: (typeof webhooks)[number] }) {
        webhooks.push(ctx.params);
        return { received: true };
      },
      sandboxPage: () => "<!doctype html><title>Bank</title>",
      sandboxDecide: (ctx: { params: { decision: string } }) => ({ status: `<b>${ctx.params.decision}</b>` }),
    },
  };
  await standIn(http.shop, ...Object.entries(doubles).map(([name, actions]) => ({ name, actions }) as ServiceSchema));
});
afterAll(() => http.stop());
beforeEach(() => {
  metas = [];
  callers = [];
  webhooks = [];
});

const sid = "0198c0de-0000-7000-8000-000000000002";
const sign = (claims: object, { key = privateKey, ...options }: jwt.SignOptions & { key?: typeof privateKey } = {}) =>
  jwt.sign({ sid, roles: [], permissions: [], ...claims }, key, {
    algorithm: "ES256",
    keyid: "one",
    issuer: "https://shop.example",
    audience: "molecart",
    expiresIn: 60,
    ...options,
  });
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const sub = "0198c0de-0000-7000-8000-000000000001";
const staff = () => bearer(sign({ sub, permissions: ["products:read", "products:write"] }));

test("what a service learns of a request comes from the token and two headers, nothing else", async () => {
  const token = sign({ sub, permissions: ["orders:read"], admin: true });
  const headers = { ...bearer(token), "X-Order-Token": "shown", "X-User-Id": "root", "X-Meta": '{"userId":"root"}' };
  await http.ask(`/carts/${cart}`, { headers });
  await http.ask(`/carts/${cart}?meta=x`);
  expect(metas).toEqual([{ userId: sub, sessionId: sid, permissions: ["orders:read"], orderToken: "shown" }, {}]);
  expect(callers).toEqual(["api", "api"]);
});

test("a token of another signer, issuer, audience, algorithm or time is refused", async () => {
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const unsigned = `${Buffer.from('{"alg":"none","kid":"one"}').toString("base64url")}.${Buffer.from(JSON.stringify({ sub })).toString("base64url")}.x`;
  const bad = [
    sign({ sub }, { key: other }),
    sign({ sub }, { issuer: "https://other.example" }),
    sign({ sub }, { audience: "other" }),
    jwt.sign({ sub }, createHash("sha256").update("x").digest(), { algorithm: "HS256", keyid: "one" }),
    unsigned,
  ];
  for (const token of bad) {
    expect((await http.ask(`/carts/${cart}`, { headers: bearer(token) })).json).toMatchObject({
      status: 401,
      code: "TOKEN_INVALID",
    });
  }
  const expired = await http.ask(`/carts/${cart}`, { headers: bearer(sign({ sub }, { expiresIn: -1 })) });
  expect(expired.json).toMatchObject({ status: 401, code: "TOKEN_EXPIRED" });
  expect(metas).toEqual([]);
});

test("who lacks a permission is told which", async () => {
  const answer = await http.ask("/admin/products/export", { headers: bearer(sign({ sub })) });
  expect(answer.json).toMatchObject({ status: 403, code: "PERMISSION_MISSING", permission: "products:read" });
});

test("an order that is not decided yet is accepted, not made", async () => {
  const asked = { json: { cartId: cart, paymentToken: "tok_ok" }, headers: { "Idempotency-Key": "accepted" } };
  expect((await http.ask("/orders", asked)).status).toBe(202);
});

test("an answer without content has none", async () => {
  const answer = await http.ask("/admin/products/1", { method: "DELETE", headers: staff() });
  expect([answer.status, answer.text, answer.headers.get("content-type")]).toEqual([204, "", null]);
});

test("an import goes through as it arrives, with its query as params", async () => {
  const rows = '{"sku":"A"}\n'.repeat(200_000);
  const headers = { ...staff(), "Content-Type": "application/x-ndjson" };
  const answer = await http.ask("/admin/products/import?stock=5", { body: rows, headers });
  expect(answer.json).toEqual({ stock: 5, got: sha256(rows) });
});

test("an export leaves as lines of JSON", async () => {
  const answer = await http.ask("/admin/products/export", { headers: staff() });
  expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
  expect(answer.text).toBe('{"a":1}\n{"a":2}\n');
});

test("a webhook's body reaches the service byte for byte, whatever it is", async () => {
  const body = '{ "b" : 1.0,\n "a": "ü" }';
  const headers = { "Content-Type": "text/plain", "X-Signature": "s" };
  expect((await http.ask("/payments/webhooks/sandbox", { body, headers })).status).toBe(200);
  expect(webhooks).toMatchObject([{ provider: "sandbox", body, headers: { "x-signature": "s" } }]);
});

test("the bank's page is HTML that may run no script", async () => {
  const answer = await http.ask("//sandbox/payments/ref");
  expect(answer.headers.get("content-type")).toMatch("text/html");
  expect(answer.headers.get("content-security-policy")).toMatch("default-src 'none'");
  expect(answer.text).toContain("Bank");
});

test("a form is answered with a page, JSON with JSON", async () => {
  const body = new URLSearchParams({ decision: "approve" }).toString();
  const form = await http.ask("//sandbox/payments/ref", {
    body,
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  });
  expect(form.headers.get("content-type")).toMatch("text/html");
  expect(form.text).toContain("&lt;b&gt;approve&lt;/b&gt;");
  const data = await http.ask("//sandbox/payments/ref", { json: { decision: "refuse" } });
  expect(data.json).toEqual({ status: "<b>refuse</b>" });
});

test("a HEAD is a GET without its body", async () => {
  const answer = await http.ask(`/carts/${cart}`, { method: "HEAD" });
  expect([answer.status, answer.text]).toEqual([200, ""]);
  expect(Number(answer.headers.get("content-length"))).toBeGreaterThan(0);
});

test("what is somebody's own is not kept by caches", async () => {
  const answer = await http.ask(`/carts/${cart}`);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
});

test("a node is alive at once, and ready when every service of the cluster is there", async () => {
  expect((await http.ask("//health/live")).json).toEqual({ status: "live" });
  const waiting = await http.ask("//health/ready");
  expect(waiting.json).toMatchObject({
    status: 503,
    code: "NOT_READY",
    missing: ["inventory", "notifications"],
  });
  await standIn(http.shop, ...waiting.json.missing.map((name: string) => ({ name, actions: {} })));
  expect((await http.ask("//health/ready")).json).toEqual({ status: "ready" });
});

test("the pages come with a policy that allows no script of somebody else", async () => {
  for (const path of ["//", "//docs"]) {
    const page = await http.ask(path);
    expect([path, page.status]).toEqual([path, 200]);
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self';");
    expect(page.text).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|style=/);
    for (const [, file] of page.text.matchAll(/(?:src|href)="(\/[^"]*)"/g)) {
      expect([file, (await http.ask(`/${file}`)).status]).toEqual([file, 200]);
    }
  }
  expect((await http.ask("//../package.json")).status).toBe(404);
  expect((await http.ask("//docs/ui/..%2f..%2fmoleculer%2fpackage.json")).status).toBe(404);
});

test("the API document is served", async () => {
  expect((await http.ask("/openapi.json")).json).toMatchObject({ openapi: "3.1.0" });
});

testEmbedded(
  "before every service of the node has started, nothing but its health is answered",
  "it makes a node of its own without servers",
  async () => {
    const DATA_DIR = temporaryFolder();
    const port = await freePort();
    const environment = readEnvironment({ DATA_DIR, HOST: "127.0.0.1", PORT: String(port), LOG_LEVEL: "fatal" });
    const broker = new ServiceBroker(brokerOptions(new EmbeddedPlatform(environment)));
    const { promise: slow, resolve } = Promise.withResolvers<void>();
    broker.createService(api);
    broker.createService({ name: "slow", started: () => slow });
    const started = broker.start();
    const ask = asking(`http://127.0.0.1:${port}`);
    await eventually(() => ask("//health/live").then(({ status }) => status === 200));
    expect((await ask("//health/ready")).json).toMatchObject({ status: 503, code: "NOT_READY" });
    expect((await ask("/openapi.json")).json).toMatchObject({ status: 503, code: "NOT_READY" });
    resolve();
    await started;
    expect((await ask("/openapi.json")).status).toBe(200);
    await broker.stop();
    rmSync(DATA_DIR, { recursive: true, force: true });
  },
);

test("a port in use fails the start by its own name", async () => {
  const PORT = new URL(http.url).port;
  await expect(startServices("api", { PORT })).rejects.toMatchObject({ code: "EADDRINUSE" });
});

test("who is being answered is answered when the shop stops, and nobody else gets in", async () => {
  const own = await startHttpShop("api");
  const { promise, resolve } = Promise.withResolvers<object>();
  const asked: unknown[] = [];
  await standIn(own.shop, { name: "carts", actions: { get: (ctx: Context) => asked.push(ctx.params) && promise } });
  const answer = own.ask(`/carts/${cart}`);
  await eventually(() => asked.length === 1);
  const stopped = own.stop();
  await eventually(() =>
    own.ask("//health/live").then(
      () => false,
      () => true,
    ),
  );
  resolve({ id: cart });
  expect((await answer).json).toEqual({ id: cart });
  await stopped;
});
