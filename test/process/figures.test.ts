import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { linesOf } from "../../mixins/observability/prometheus-reporter.ts";
import { findTool } from "../../rig/find.ts";
import { freePort } from "../../rig/ports.ts";
import { address } from "../support/checkout.ts";
import { eventually } from "../support/eventually.ts";
import { asking } from "../support/http-shop.ts";
import { folderOfTest, launch, type ProcessShop, startProcess } from "../support/process-shop.ts";
import { describeWithTool } from "../support/servers.ts";

jest.setTimeout(60_000);

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
const promtool = () => findTool("promtool") as string;

interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[];
}
const dashboard = JSON.parse(readFileSync(join(root, "observability/dashboard.json"), "utf8")) as Dashboard;
const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
const alerts = readFileSync(join(root, "observability/alerts.yml"), "utf8");
const metricsIn = (text: string) => [...new Set(text.match(/\b(molecart|moleculer|process|nodejs)_\w+/g))];

let shop: ProcessShop;
let port: number;
const figures = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

beforeAll(async () => {
  port = await freePort();
  shop = await startProcess({ DATA_DIR: folderOfTest(), METRICS_PORT: String(port), DEMO: "true" });
  const ask = asking(shop.url);
  const { id } = await eventually(async () => (await ask("/products?inStock=true&limit=1")).json.items[0]);
  const [{ sku }] = (await ask(`/products/${id}`)).json.variants;
  const cart = await ask("/carts", { json: { lines: [{ sku, quantity: 1 }] } });
  const body = { cartId: cart.json.id, email: "ada@example.com", shippingAddress: address, paymentToken: "tok_ok" };
  await ask("/orders", { json: body, headers: { "Idempotency-Key": "one-order-of-this-test" } });
  await ask("/orders", { json: {}, headers: { "Idempotency-Key": "no-order-of-this-test" } });
});

test("a node tells how often each action was called, how often it failed and why, and how long it took", async () => {
  const told = await figures();
  expect(told).toMatch(/^moleculer_request_total\{service="orders",action="orders.place",type="local"\} 2$/m);
  expect(told).toMatch(
    /^moleculer_request_error_total\{service="orders",action="orders.place",type="local",error_code="422"\} 1$/m,
  );
  expect(told).toMatch(/^moleculer_request_time_bucket\{service="orders",action="orders.place",.*,le="\+Inf"\} 2$/m);
  expect(told).toMatch(/^molecart_http_answers_total\{method="POST",status="201"\} 2$/m);
  expect(told).toMatch(/^process_resident_memory_bytes \d{8,}$/m);
  expect(told).toMatch(/^molecart_events_dead 0$/m);
  expect(told).not.toContain("ada@");
});

test("probes are not counted among what shoppers were answered", async () => {
  const answers = async () => (await figures()).match(/^molecart_http_answers_total.*$/gm);
  const before = await answers();
  expect(await asking(shop.url)("//health/live")).toMatchObject({ status: 200 });
  expect(await answers()).toEqual(before);
});

test("every figure that the dashboard and the alerts ask for is told", async () => {
  const told = await figures();
  const asked = metricsIn([...queries, alerts].join("\n"));
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((name) => !new RegExp(`^${name}(\\{| )`, "m").test(told))).toEqual([]);
});

test("a label with quotes, strokes and line ends is told as the format wants it, and one without a value not at all", () => {
  expect(linesOf("a.b-c", "counter", "Things", [{ labels: { oneThing: 'say "\\"\n', two: null }, value: 3 }])).toEqual([
    "# HELP a_b_c Things",
    "# TYPE a_b_c counter",
    'a_b_c{one_thing="say \\"\\\\\\"\\n"} 3',
  ]);
});

test("a port that is taken ends the start in one line, before anything is answered", async () => {
  const other = createServer();
  await new Promise<void>((listening) => other.listen(0, "127.0.0.1", listening));
  const { port: taken } = other.address() as { port: number };
  const { exited } = launch("start", [], {
    DATA_DIR: folderOfTest(),
    PORT: String(await freePort()),
    METRICS_PORT: String(taken),
  });
  expect(await exited).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/^METRICS_PORT: .*\n$/) });
  other.close();
});

describeWithTool("promtool", "For Prometheus", () => {
  test("the figures are of its format, and named as it wants them", async () => {
    const file = join(folderOfTest(), "figures");
    writeFileSync(file, await figures());
    const check = run("sh", ["-c", `"${promtool()}" check metrics < "${file}"`]);
    await expect(check).resolves.toMatchObject({ stdout: "", stderr: "" });
  });

  test("the configuration and its alerts are good", async () => {
    await expect(
      run(promtool(), ["check", "config", join(root, "observability/prometheus.yml")]),
    ).resolves.toBeDefined();
  });

  test("every query of the dashboard is one that it understands", async () => {
    const rules = queries.map((expr, at) => ({
      record: `query_${at}`,
      expr: expr.replaceAll("$__rate_interval", "1m"),
    }));
    const file = join(folderOfTest(), "rules.yml");
    // JSON is YAML, too.
    writeFileSync(file, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    await expect(run(promtool(), ["check", "rules", file])).resolves.toMatchObject({
      stdout: expect.stringContaining(`${queries.length} rules found`),
    });
  });
});

test("a node ends in peace while somebody holds the connection on which it asks for figures", async () => {
  const agent = new Agent({ keepAlive: true });
  await new Promise<void>((done, failed) => {
    get({ port, path: "/metrics", agent }, (answer) => answer.resume().on("end", done)).on("error", failed);
  });
  const from = Date.now();
  shop.kill("SIGTERM");
  expect(await shop.exited).toMatchObject({ code: 0, stderr: "" });
  expect(Date.now() - from).toBeLessThan(5_000);
  await eventually(() =>
    fetch(`http://127.0.0.1:${port}/metrics`).then(
      () => false,
      () => true,
    ),
  );
  agent.destroy();
});
