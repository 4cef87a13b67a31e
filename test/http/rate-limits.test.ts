import { eventually } from "../support/eventually.ts";
import { type HttpShop, startHttpShop } from "../support/http-shop.ts";
import { settingsReach } from "../support/settings.ts";

let http: HttpShop;
let staff: Record<string, string>;
const credentials = { email: "admin@example.com", password: "correct horse battery" };
/** The test is the proxy: each name is another client. */
const from = (address: string) => ({ "X-Forwarded-For": address });
const login = (address: string, email = credentials.email, password = "wrong") =>
  http.ask("/auth/login", { json: { email, password }, headers: from(address) });

beforeAll(async () => {
  const env = { RATE_LIMITS: "true", TRUST_PROXY: "127.0.0.0/8,::1" };
  http = await startHttpShop("api,config,products,inventory,users,carts,pricing,notifications,idempotency", env);
  const { json } = await login("198.51.100.1", credentials.email, credentials.password);
  staff = { Authorization: `Bearer ${json.accessToken}`, ...from("198.51.100.1") };
});
afterAll(() => http.stop());

const setting = async (values: object) => {
  const answer = await http.ask("/admin/settings", { method: "PATCH", json: { values }, headers: staff });
  expect(answer.status).toBe(200);
  await settingsReach(http.shop, answer.json.values);
};

test("every answer tells the limit and what is left of it", async () => {
  const headers = from("198.51.100.2");
  const { headers: told } = await http.ask("/products", { headers });
  expect(told.get("ratelimit-policy")).toBe('"requests";q=100;w=1');
  expect(told.get("ratelimit")).toMatch(/^"requests";r=9\d;t=1$/);
});

test("who asks more than the setting allows is told to wait, everybody else is served", async () => {
  await setting({ "gateway.requestsPerSecond": 5 });
  const headers = from("198.51.100.3");
  // In one second or in two: more than ten in any one of them.
  const answers = await Promise.all(Array.from({ length: 40 }, () => http.ask("/products", { headers })));
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.json).toMatchObject({ status: 429, code: "RATE_LIMITED", policy: "requests", retryAfter: 1 });
  expect(refused?.headers.get("retry-after")).toBe("1");
  expect(refused?.headers.get("ratelimit")).toBe('"requests";r=0;t=1');
  expect(refused?.headers.get("content-security-policy")).toMatch("default-src 'none'");
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(5);
  expect((await http.ask("/products", { headers: from("198.51.100.4") })).status).toBe(200);
  await eventually(async () => (await http.ask("/products", { headers })).status === 200);
  await eventually(() => setting({ "gateway.requestsPerSecond": null }).then(() => true));
});

test("probes and pictures are not counted", async () => {
  const headers = from("198.51.100.5");
  const answers = await Promise.all(Array.from({ length: 250 }, () => http.ask("//health/live", { headers })));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(answers[0]?.headers.has("ratelimit")).toBe(false);
});

test("an address may try ten sign-ins a minute, whatever the accounts", async () => {
  const tries = [];
  for (let at = 0; at < 12; at++) tries.push(await login("198.51.100.6", `nobody-${at}@example.com`));
  expect(tries.map(({ status }) => status)).toEqual([...Array(10).fill(401), 429, 429]);
  const last = tries.at(-1);
  expect(last?.json).toMatchObject({ code: "RATE_LIMITED", policy: "sign-ins" });
  expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(1);
  expect((await http.ask("/products", { headers: from("198.51.100.6") })).status).toBe(200);
});

test("an account may be tried ten times a minute, from however many addresses and however it is written", async () => {
  const statuses = [];
  for (let at = 0; at < 12; at++) {
    const email = at % 2 ? "Target@example.com" : "target@example.com ";
    statuses.push((await login(`203.0.113.${at}`, email)).status);
  }
  expect(statuses.slice(10)).toEqual([429, 429]);
});

test("a setting changes the limit at once", async () => {
  await setting({ "gateway.signInsPerMinute": 2 });
  const statuses = [];
  for (let at = 0; at < 3; at++) statuses.push((await login("198.51.100.7", `other-${at}@example.com`)).status);
  expect(statuses).toEqual([401, 401, 429]);
  await setting({ "gateway.signInsPerMinute": null });
});

test("a refusal is never kept, and what is kept is counted too", async () => {
  await setting({ "gateway.requestsPerSecond": 3 });
  const headers = from("198.51.100.8");
  const answers = await Promise.all(Array.from({ length: 30 }, () => http.ask("/categories", { headers })));
  expect(answers.some(({ status }) => status === 429)).toBe(true);
  expect((await http.ask("/categories", { headers: from("198.51.100.9") })).status).toBe(200);
  await eventually(() => setting({ "gateway.requestsPerSecond": null }).then(() => true));
});
