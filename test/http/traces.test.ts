import { freePort } from "../../rig/ports.ts";
import { newId } from "../../services/shared/ids.ts";
import { address, CHECKOUT, product } from "../support/checkout.ts";
import { eventually } from "../support/eventually.ts";
import { type HttpShop, startHttpShop } from "../support/http-shop.ts";
import { startZipkin } from "../support/zipkin.ts";

const CALLER = { trace: "4bf92f3577b34da6a3ce929d0e0e4736", span: "00f067aa0ba902b7" };
const parent = (trace = CALLER.trace, sampled = true) => `00-${trace}-${CALLER.span}-${sampled ? "01" : "00"}`;
const SERVICES = `${CHECKOUT},config,api`;

/** Orders one piece as a guest, as part of the caller's trace. */
async function order({ ask, shop }: HttpShop, traceparent: string) {
  const sku = await product(shop, 1);
  const cart = await ask("/carts", { json: { lines: [{ sku, quantity: 1 }] } });
  return ask("/orders", {
    json: { cartId: cart.json.id, email: "ada@example.com", shippingAddress: address, paymentToken: "tok_ok" },
    headers: { "Idempotency-Key": newId(), "X-Request-Id": "of-the-caller", traceparent },
  });
}

describe("A shop that sends its spans", () => {
  let zipkin: Awaited<ReturnType<typeof startZipkin>>;
  let http: HttpShop;
  beforeAll(async () => {
    zipkin = await startZipkin();
    http = await startHttpShop(SERVICES, { ZIPKIN_URL: zipkin.url });
  });
  afterAll(async () => {
    await http.stop();
    await zipkin.stop();
  });

  test("shows an order as one trace of the gateway and the services, below the caller's span", async () => {
    const placed = await order(http, parent());
    expect(placed).toMatchObject({ status: 201, json: { status: "confirmed" } });
    const top = await eventually(() => zipkin.of(CALLER.trace).find(({ name }) => name === "POST /api/v1/orders"));
    expect(top).toMatchObject({ parentId: CALLER.span, tags: { requestId: "of-the-caller" } });
    const spans = await eventually(() => {
      const seen = zipkin.of(CALLER.trace);
      const services = new Set(seen.map(({ localEndpoint }) => localEndpoint.serviceName));
      const all = ["api", "orders", "carts", "pricing", "inventory", "payments", "idempotency"];
      return all.every((service) => services.has(service)) && seen;
    });
    expect(spans.map(({ name }) => name)).toContain("orders.place");
    const ids = new Set([CALLER.span, ...spans.map(({ id }) => id)]);
    expect(spans.filter(({ parentId }) => !ids.has(parentId ?? ""))).toEqual([]);
  });

  test("answers with the request's id, not with the trace's", async () => {
    const { headers } = await http.ask("/products", { headers: { "X-Request-Id": "mine", traceparent: parent() } });
    expect(headers.get("X-Request-Id")).toBe("mine");
    const nowhere = await http.ask("/nowhere", { headers: { "X-Request-Id": "lost" } });
    expect(nowhere.headers.get("X-Request-Id")).toBe("lost");
  });

  test("tells Zipkin nothing of who asked for what", async () => {
    const trace = "a".repeat(32);
    await http.ask("/products?q=a+surprise", { headers: { traceparent: parent(trace) } });
    await http.ask("/auth/login", {
      json: { email: "ada@example.com", password: "not the right one" },
      headers: { traceparent: parent(trace) },
    });
    const refused = await eventually(() => zipkin.of(trace).find(({ name }) => name === "users.login"));
    expect(refused.tags).toMatchObject({ error: "CREDENTIALS_INVALID", "error.code": "401" });
    await eventually(() => zipkin.of(trace).some(({ name }) => name === "GET /api/v1/products"));
    for (const secret of ["ada@", "Lovelace", "surprise", "not the right one", "tok_ok"]) {
      expect(JSON.stringify(zipkin.spans)).not.toContain(secret);
    }
  });

  test("sends nothing of probes, nor where the caller keeps nothing", async () => {
    const [probed, unkept, kept] = ["b", "c", "d"].map((sign) => sign.repeat(32)) as [string, string, string];
    await http.ask("//health/ready", { headers: { traceparent: parent(probed) } });
    await http.ask("/products", { headers: { traceparent: parent(unkept, false) } });
    // A product's page is not kept by the gateway when nobody has asked for it before.
    await http.ask("/products/by-slug/nothing-of-that-name", { headers: { traceparent: parent(kept) } });
    await eventually(() => zipkin.of(kept).length);
    expect([...zipkin.of(probed), ...zipkin.of(unkept)]).toEqual([]);
  });
});

describe("A shop whose Zipkin is away", () => {
  test("sells as ever", async () => {
    const http = await startHttpShop(SERVICES, { ZIPKIN_URL: `http://127.0.0.1:${await freePort()}` });
    try {
      expect(await order(http, parent())).toMatchObject({ status: 201, json: { status: "confirmed" } });
    } finally {
      await http.stop();
    }
  });
});
