import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { json } from "node:stream/consumers";
import { eventually } from "../support/eventually.ts";
import { asking } from "../support/http-shop.ts";
import { folderOfTest, launch, type ProcessShop, runCommand, startProcess } from "../support/process-shop.ts";

jest.setTimeout(60_000);

// So deep that its socket's address is longer than the system allows.
const dataDir = join(folderOfTest(), "a-long-name-".repeat(8), "data");
const env = { DATA_DIR: dataDir };
const folder = folderOfTest();
const stop = async (shop: ProcessShop) => {
  shop.kill("SIGTERM");
  expect((await shop.exited).code).toBe(0);
};
const row = (sku: string, more: object = {}) =>
  `${JSON.stringify({ name: `Mug ${sku}`, variants: [{ sku, price: { amount: 1_499, currency: "USD" } }], ...more })}\n`;

let shop: ProcessShop;
beforeAll(async () => {
  mkdirSync(dataDir, { recursive: true });
  shop = await startProcess(env);
});
afterAll(() => shop.kill("SIGKILL"));

/** What the operator's socket answers; the test stands in the data folder, where its path is short. */
async function operator(method: string, path: string, body = ""): Promise<{ status: number; body: unknown }> {
  const before = process.cwd();
  process.chdir(dataDir);
  try {
    const asked = request({ socketPath: "control.sock", method, path });
    asked.end(body);
    const response = await new Promise<import("node:http").IncomingMessage>((resolve, reject) =>
      asked.on("response", resolve).on("error", reject),
    );
    return { status: response.statusCode ?? 0, body: await json(response) };
  } finally {
    process.chdir(before);
  }
}

test("only the owner may use the socket", () => {
  expect(statSync(join(dataDir, "control.sock")).mode & 0o777).toBe(0o600);
});

test("rows that do not fit are told and left out, the others come in", async () => {
  const file = join(folder, "goods.jsonl");
  writeFileSync(file, `${row("M-1") + row("M-2")}{broken\n${row("M-3", { variants: [{ sku: "M-3" }] })}`);
  const done = await runCommand("import", [file, "--stock", "5"], env);
  expect(done.code).toBe(0);
  expect(done.stdout).toMatch(/products created +2\n/);
  expect(done.stdout).toMatch(/rows refused +2\n/);
  expect(done.stdout).toMatch(/line 3: .+\n +line 4.*: .*price/);
  expect(done.stderr).toContain("4 rows, ");
  const found = await asking(shop.url)("/products?q=mug");
  expect(found.json.items.map(({ available }: { available: number }) => available)).toEqual([5, 5]);
});

test("an import whose last row breaks off keeps the complete ones and ends with 1", async () => {
  const { child, exited } = launch("import", ["-"], env);
  child.stdin.end(row("B-1") + row("B-2").slice(0, 20));
  const done = await exited;
  expect(done.code).toBe(1);
  expect(done.stdout).toMatch(/products created +1\n/);
  expect(done.stdout).toContain("The input broke off");
});

test("an import whose command dies keeps what it brought in, and the next one goes on", async () => {
  const { child, exited } = launch("import", ["-"], env);
  const rows = Array.from({ length: 3_000 }, (_, n) => row(`D-${n}`, { name: `Dying swan ${n}` }));
  child.stdin.write(rows.join(""));
  const kept = async () => (await asking(shop.url)("/products?q=swan")).json.total as number;
  const before = await eventually(kept);
  child.kill("SIGKILL");
  expect((await exited).signal).toBe("SIGKILL");
  const again = launch("import", ["-"], env);
  again.child.stdin.end(rows.join(""));
  const { code, stdout } = await again.exited;
  expect(code).toBe(0);
  const unchanged = Number(/unchanged +(\d+)/.exec(stdout)?.[1]);
  expect(unchanged).toBeGreaterThan(0);
  expect(stdout).toMatch(new RegExp(`products created +${rows.length - unchanged}\n`));
  expect(before).toBeGreaterThan(0);
});

test("a file that is not there, a stock that is no number, an unknown option: one line or the usage, and 1", async () => {
  const missing = join(folder, "missing.jsonl");
  expect(await runCommand("import", [missing], env)).toMatchObject({
    code: 1,
    stderr: `${missing}: no such file or folder\n`,
  });
  const wrong = await runCommand("import", [missing, "--stock", "many"], env);
  expect(wrong).toMatchObject({ code: 1, stderr: "--stock: a whole number\n" });
  expect((await runCommand("audit", ["--what"], env)).stderr).toContain("Usage: npm run audit");
});

test("an export is what an import reads, to a file or to standard output", async () => {
  const file = join(folder, "out.jsonl");
  expect(await runCommand("export", [file], env)).toMatchObject({ code: 0, stdout: "", stderr: "" });
  const { stdout } = await runCommand("export", ["-"], env);
  expect(stdout).toBe(readFileSync(file, "utf8"));
  const again = await runCommand("import", [file], env);
  expect(again.stdout).toMatch(/products created +0\n/);
  expect(again.stdout).toMatch(/rows refused +0\n/);
});

test("the operator may do what services may, under the contract's strict params", async () => {
  expect(await operator("POST", "/call/inventory.levels", '{"skus":["M-1"]}')).toMatchObject({
    status: 200,
    body: [{ sku: "M-1", available: 5 }],
  });
  expect(await operator("POST", "/call/inventory.levels", '{"skus":["M-1"],"colour":"red"}')).toMatchObject({
    status: 422,
    body: { type: "VALIDATION_ERROR", data: { errors: [{ path: "colour" }] } },
  });
  expect(await operator("POST", "/call/inventory.levels", "{")).toMatchObject({ status: 400 });
  expect(await operator("POST", "/call/inventory.steal")).toMatchObject({ status: 404, body: { type: "NOT_FOUND" } });
  expect(await operator("POST", "/call/$node.list")).toMatchObject({ status: 404 });
});

test("the socket tells how much was written and how the process is", async () => {
  const { body } = await operator("GET", "/stats");
  expect(body).toMatchObject({
    pid: shop.pid,
    uptime: expect.any(Number),
    memory: { rss: expect.any(Number) },
    writes: { products: expect.any(Number) },
    backlog: { dead: 0 },
  });
});

test("the audit is the same over the socket and alone, and ends with 1 where it finds something", async () => {
  const running = await runCommand("audit", [], env);
  expect(running).toMatchObject({ code: 0, stderr: "" });
  for (const part of ["inventory", "orders", "payments", "events"]) {
    expect(running.stdout).toMatch(new RegExp(`^${part} +clean$`, "m"));
  }
  await stop(shop);
  expect(await runCommand("audit", [], env)).toMatchObject({ code: 0, stderr: "", stdout: running.stdout });

  const db = new DatabaseSync(join(dataDir, "shop.db"));
  const columns = "id, consumers, event, attempts, error, at";
  db.prepare(`insert into dead_letters (${columns}) values ('orders:1', 'orders', ?, 12, 'No such order', 0)`).run(
    JSON.stringify({ id: "1", name: "payment.captured", payload: {} }),
  );
  db.close();
  const alone = await runCommand("audit", [], env);
  expect(alone.code).toBe(1);
  expect(alone.stdout).toMatch(/every event is handled \(1\)\n +orders:1: payment\.captured .* No such order/);
  const { code, stdout } = await runCommand("audit", ["--json"], env);
  expect(code).toBe(1);
  expect(JSON.parse(stdout).parts).toContainEqual(
    expect.objectContaining({ part: "events", findings: [expect.objectContaining({ subject: "orders:1" })] }),
  );
});

test("an audit needs a shop, and makes none", async () => {
  const empty = join(folder, "none");
  expect(await runCommand("audit", [], { DATA_DIR: empty })).toMatchObject({
    code: 1,
    stderr: `There is no shop in ${empty} yet\n`,
  });
  expect(() => statSync(empty)).toThrow();
});
