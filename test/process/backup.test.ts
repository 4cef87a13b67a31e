import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gzipSync } from "node:zlib";
import { create } from "tar";
import { type Attempt, buy } from "../support/buyer.ts";
import { eventually } from "../support/eventually.ts";
import { folderOfTest, type ProcessShop, runCommand, startProcess } from "../support/process-shop.ts";

jest.setTimeout(120_000);

const dataDir = folderOfTest();
const outside = folderOfTest();
const file = join(outside, "shop.backup");
const env = { DATA_DIR: dataDir };

let shop: ProcessShop;
/** Orders that were answered before the backup was asked for. */
let before: Attempt[];

const answered = (attempts: Attempt[]) => attempts.filter(({ answer }) => answer?.status === 201);

beforeAll(async () => {
  shop = await startProcess(env);
  const goods = join(outside, "goods.jsonl");
  const variants = [{ sku: "MUG", price: { amount: 1_499, currency: "USD" } }];
  writeFileSync(goods, `${JSON.stringify({ name: "Mug", variants })}\n`);
  expect(await runCommand("import", [goods, "--stock", "100000"], env)).toMatchObject({ code: 0 });
  const attempts: Attempt[] = [];
  let open = true;
  const buying = Promise.all(
    [0, 1, 2, 3].map(async () => {
      while (open) await buy(shop.url, "MUG", "tok_ok", attempts);
    }),
  );
  // Told below; until then a failure is not left alone.
  buying.catch(() => undefined);
  await eventually(() => answered(attempts).length >= 10);
  before = answered(attempts).slice();
  const made = await runCommand("backup", [file], env);
  expect(made).toMatchObject({ code: 0, stderr: "" });
  await eventually(() => answered(attempts).length >= before.length + 10);
  open = false;
  await buying;
});
afterAll(async () => {
  shop.kill("SIGTERM");
  await shop.exited;
});

/** What is left of a refused restore: nothing. */
async function refusedRestore(from: string, target = join(folderOfTest(), "data")): Promise<string> {
  const { code, stdout, stderr } = await runCommand("restore", [from], { DATA_DIR: target });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(existsSync(target) ? readdirSync(target) : []).toEqual([]);
  return stderr.trimEnd();
}

test("a backup made amid checkouts, restored elsewhere, is a whole shop: every answered order, and an audit without findings", async () => {
  const target = join(folderOfTest(), "data");
  expect(await runCommand("restore", [file], { DATA_DIR: target })).toMatchObject({ code: 0, stderr: "" });
  expect(readdirSync(target).sort()).toEqual(["money.db", "sandbox.db", "secret.key", "shop.db"]);

  const restored = await startProcess({ ...env, DATA_DIR: target });
  for (const { answer } of before) {
    const { id, guestToken = "" } = answer?.body ?? {};
    const seen = await fetch(`${restored.url}/api/v1/orders/${id}`, { headers: { "X-Order-Token": guestToken } });
    expect(await seen.json()).toMatchObject({ id, status: "confirmed", payment: { status: "captured" } });
  }
  const audit = await eventually(
    async () => {
      const done = await runCommand("audit", [], { ...env, DATA_DIR: target });
      return done.code === 0 && done;
    },
    { within: 60_000 },
  );
  expect(audit.stdout).toContain("Every rule holds.");
  restored.kill("SIGTERM");
  await restored.exited;
});

test("a backup is for its owner only and leaves nothing else behind", () => {
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(outside)).toEqual(["goods.jsonl", "shop.backup"]);
  expect(readdirSync(dataDir)).not.toContain("molecart.json");
});

test("a backup replaces a file only when it is told to", async () => {
  const other = join(outside, "other.backup");
  writeFileSync(other, "precious");
  const refused = await runCommand("backup", [other], env);
  expect(refused).toMatchObject({ code: 1, stderr: `${other} exists already; --force replaces it\n` });
  expect(readFileSync(other, "utf8")).toBe("precious");
  expect((await runCommand("backup", [other, "--force"], env)).code).toBe(0);
  expect(statSync(other).size).toBeGreaterThan(1_000);
});

test("a backup into a folder that is not there is refused in one line", async () => {
  const nowhere = join(outside, "missing", "file");
  expect(await runCommand("backup", [nowhere], env)).toMatchObject({
    code: 1,
    stderr: `There is no folder ${join(outside, "missing")}\n`,
  });
});

test("a truncated backup restores nothing", async () => {
  const size = statSync(file).size;
  for (const part of [10, 0.3 * size, size - 5]) {
    const cut = join(folderOfTest(), "cut");
    writeFileSync(cut, readFileSync(file));
    truncateSync(cut, Math.floor(part));
    expect(await refusedRestore(cut)).toContain(cut);
  }
});

test("a file that is no backup restores nothing", async () => {
  const folder = folderOfTest();
  const text = join(folder, "text");
  writeFileSync(text, "my shopping list");
  expect(await refusedRestore(text)).toContain("not a backup");
  const zipped = join(folder, "zipped");
  writeFileSync(zipped, gzipSync("my shopping list"));
  expect(await refusedRestore(zipped)).toContain("not a backup");
  const archive = join(folder, "archive");
  await create({ gzip: true, file: archive, cwd: folder, preservePaths: true }, ["text"]);
  expect(await refusedRestore(archive)).toContain("not a backup");
  expect(await refusedRestore(join(folder, "missing"))).toContain("no such file");
});

test("a backup never goes over a shop that is there", async () => {
  const folder = folderOfTest();
  writeFileSync(join(folder, "notes"), "mine");
  const refused = await runCommand("restore", [file], { DATA_DIR: folder });
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("is not empty");
  expect(readdirSync(folder)).toEqual(["notes"]);
});

test("a restore that was cut short is not mistaken for a shop", async () => {
  const folder = folderOfTest();
  writeFileSync(join(folder, "restore.partial"), "");
  const refused = await runCommand("start", [], { DATA_DIR: folder });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("not to its end");
});

test("trap 25: a backup of newer data is refused before anything is restored", async () => {
  const target = join(folderOfTest(), "data");
  expect((await runCommand("restore", [file], { DATA_DIR: target })).code).toBe(0);
  const db = new DatabaseSync(join(target, "shop.db"));
  db.exec("update collections set version = 99 where name = 'orders'");
  db.close();
  const newer = join(folderOfTest(), "newer");
  const manifest = { format: 1, at: new Date().toISOString(), parts: ["shop.db"] };
  writeFileSync(join(target, "molecart.json"), JSON.stringify(manifest));
  await create({ gzip: true, file: newer, cwd: target }, ["molecart.json", "shop.db"]);
  expect(await refusedRestore(newer)).toMatch(/orders are of version 99/);
});
