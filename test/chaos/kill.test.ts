import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Order } from "../../services/orders/orders.contract.ts";
import { type Attempt, buy, everyItem, json, signIn } from "../support/buyer.ts";
import { eventually } from "../support/eventually.ts";
import { runCommand, startProcess } from "../support/process-shop.ts";
import { temporaryFolder } from "../support/services.ts";

const KILLS = 20;
const BUYERS = 8;
const PASSWORD = "correct horse battery";
const SKUS = ["TJ-S", "TJ-M"];
/** Mostly good cards, so that most kills hit a checkout that would have succeeded. */
const TOKENS = ["tok_ok", "tok_ok", "tok_ok", "tok_declined", "tok_ok", "tok_delayed", "tok_ok", "tok_timeout"];

const dataDir = temporaryFolder();
const env = { DATA_DIR: dataDir, DEMO: "true", ADMIN_PASSWORD: PASSWORD };
const attempts: Attempt[] = [];
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** Enough for every round. */
async function deliver(url: string): Promise<void> {
  const headers = { ...json, ...(await signIn(url, PASSWORD)) };
  const body = JSON.stringify({ delta: 5_000, reason: "delivery" });
  for (const sku of SKUS) {
    const answer = await fetch(`${url}/api/v1/inventory/${sku}/adjustments`, { method: "POST", headers, body });
    expect(answer.status).toBe(201);
  }
}

/** Lets buyers loose on a fresh process and kills it with checkouts under way; gives how many were answered. */
async function round(number: number): Promise<void> {
  const shop = await startProcess(env);
  if (number === 0) await deliver(shop.url);
  const log: Attempt[] = [];
  let alive = true;
  const buyer = async (index: number) => {
    for (let turn = index; alive; turn++) {
      await buy(shop.url, SKUS[turn % SKUS.length] as string, TOKENS[turn % TOKENS.length] as string, log).catch(
        () => undefined,
      );
    }
  };
  const buyers = Array.from({ length: BUYERS }, (_, index) => buyer(index));
  // Each round kills somewhere else: after another number of answers, and then at a moment that chance decides.
  await eventually(() => log.filter(({ answer }) => answer).length >= 3 + (number % 7) * 3, {
    within: 30_000,
    every: 1,
  });
  shop.kill("SIGKILL");
  alive = false;
  await Promise.all([...buyers, shop.exited]);
  attempts.push(...log);
}

test("trap 22: killed twenty times amid checkouts, the shop loses no answered order and charges nobody wrongly", async () => {
  for (let number = 0; number < KILLS; number++) await round(number);
  const shop = await startProcess(env);
  const staff = await signIn(shop.url, PASSWORD);
  const orders = () => everyItem<Order>(`${shop.url}/api/v1/admin/orders`, staff);

  // Everything that was begun comes to an end, without anybody asking.
  const ended = await eventually(
    async () => {
      const all = await orders();
      return all.every(({ status, payment }) => status === "canceled" || payment.status === "captured") && all;
    },
    { within: 90_000, every: 500 },
  );

  const byId = new Map(ended.map((order) => [order.id, order]));
  const answered = attempts.filter(({ answer }) => answer?.body.id);
  expect(answered.length).toBeGreaterThan(KILLS);
  expect(attempts.length).toBeGreaterThan(attempts.filter(({ answer }) => answer).length);
  for (const { answer } of answered) {
    const order = byId.get(answer?.body.id as string);
    const ends = answer?.status === 201 ? ["confirmed"] : ["confirmed", "canceled"];
    expect(ends).toContain(order?.status);
  }

  const audit = await eventually(
    async () => {
      const result = await runCommand("audit", ["--json"], env);
      return result.code === 0 && result;
    },
    { within: 60_000, every: 500 },
  );
  expect(audit.code).toBe(0);

  const confirmed = ended.filter(({ status }) => status === "confirmed");
  const mails = await everyItem<{ orderId: string; kind: string }>(`${shop.url}/api/v1/admin/mail`, staff);
  const mailed = mails.filter(({ kind }) => kind === "confirmed").map(({ orderId }) => orderId);
  expect(mailed.sort()).toEqual(confirmed.map(({ id }) => id).sort());

  shop.kill("SIGTERM");
  await shop.exited;
  // The provider's own books: one captured charge for each confirmed order, none for the others.
  expect(charged().sort()).toEqual(confirmed.map(({ id }) => id).sort());
}, 300_000);

/** The orders that the sandbox provider has taken money for and not given it back. */
function charged(): string[] {
  const provider = new DatabaseSync(join(dataDir, "sandbox.db"), { readOnly: true });
  const rows = provider.prepare("select key from charges where captured - refunded > 0").all();
  provider.close();
  return rows.map((row) => (row.key as string).split(":")[0] as string);
}
