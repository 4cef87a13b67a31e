import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { MongoClient } from "mongodb";
import pg from "pg";
import type { Audit } from "../services/control/audit.ts";
import type { StockLevel } from "../services/inventory/inventory.contract.ts";
import type { MailKind } from "../services/notifications/notifications.contract.ts";
import type { Gateways } from "./client.ts";
import { staff } from "./market.ts";
import type { BookedOrder, Books, Charge } from "./observations.ts";

const API = "/api/v1";
const BIN = join(import.meta.dirname, "../bin");

interface Reading {
  gateways: Gateways;
  password: string;
  /** What a command needs to join the cluster. */
  environment: NodeJS.ProcessEnv;
  delivered: ReadonlyMap<string, number>;
  tell: (line: string) => void;
}

/** Waits until all that was begun has ended, then reads everybody's books; the second is what never ended. */
export async function closeBooks(reading: Reading, patience: number): Promise<{ books: Books; stuck: string[] }> {
  const { gateways, password } = reading;
  const end = Date.now() + patience;
  const headers = await staff(gateways, password);
  let pending: BookedOrder[] = [];
  for (;;) {
    pending = await everyItem<BookedOrder>(gateways, "/admin/orders?status=pending", headers);
    // Nobody will say a word at the bank any more.
    const left = pending.filter(({ payment }) => payment.status === "requires_action");
    for (const { id } of left) await gateways.must("POST", `${API}/orders/${id}/cancel`, { headers }).catch(() => null);
    if (pending.length === 0 || Date.now() > end) break;
    await pause(500);
  }
  if (pending.length) reading.tell(`${pending.length} orders are still pending`);
  const stuck = pending.map(({ id, payment }) => `the order ${id} is still pending, its payment ${payment.status}`);
  let audit = await askAudit(reading.environment);
  // Undoing and telling go on for a while after the last order has ended.
  for (let told = ""; !isClean(audit) && Date.now() < end; ) {
    const waits = open(audit);
    if (waits !== told) reading.tell(`Not yet done: ${waits}`);
    told = waits;
    await pause(1_000);
    audit = await askAudit(reading.environment);
  }
  const [orders, mails, stock] = [
    await everyItem<BookedOrder>(gateways, "/admin/orders", headers),
    await everyItem<{ orderId: string | null; kind: MailKind }>(gateways, "/admin/mail", headers),
    await everyItem<StockLevel>(gateways, "/inventory", headers),
  ];
  const charges = await bankBooks(reading.environment.POSTGRES_URL as string);
  const locked = await lockedCarts(reading.environment.MONGO_URL as string);
  return { books: { orders, mails, stock, charges, locked, audit, delivered: reading.delivered }, stuck };
}

/** What is not done yet, in one line. */
function open({ parts, missing }: Audit): string {
  const rules = parts.flatMap(({ findings }) => findings.map(({ rule, subject }) => `${rule} ${subject}`));
  const waiting = parts.flatMap(({ figures }) => (figures.waiting ? [`${figures.waiting} events`] : []));
  return [...waiting, ...rules.slice(0, 5), ...missing.map((part) => `${part} is not there`)].join(", ");
}

const isClean = ({ parts, missing }: Audit): boolean =>
  missing.length === 0 && parts.every(({ findings, figures }) => findings.length === 0 && !figures.waiting);

/** What `npm run audit` finds, which joins the cluster for it. */
async function askAudit(environment: NodeJS.ProcessEnv): Promise<Audit> {
  for (let attempt = 1; ; attempt++) {
    const child = spawn(process.execPath, [join(BIN, "audit.ts"), "--json"], {
      env: { ...process.env, LOG_LEVEL: "error", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
    try {
      return JSON.parse(out) as Audit;
    } catch {
      if (attempt === 3) throw new Error(`The audit gave no answer: ${error || out}`);
      await pause(2_000);
    }
  }
}

async function everyItem<T>(gateways: Gateways, path: string, headers: Record<string, string>): Promise<T[]> {
  const items: T[] = [];
  const glue = path.includes("?") ? "&" : "?";
  for (let cursor: string | null = ""; cursor !== null; ) {
    const after: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
    const page: { items: T[]; nextCursor: string | null } = await gateways.must(
      "GET",
      `${API}${path}${glue}limit=100${after}`,
      { headers },
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

/** Carts that are locked, which no interface lists. */
async function lockedCarts(url: string): Promise<Books["locked"]> {
  const mongo = await MongoClient.connect(url);
  try {
    const carts = await mongo.db().collection("carts").find({ status: "locked" }).toArray();
    return carts.map(({ _id, orderId }) => ({ cartId: String(_id), orderId: String(orderId) }));
  } finally {
    await mongo.close();
  }
}

/** The sandbox bank's charges, from its own tables and not through the shop. */
async function bankBooks(url: string): Promise<Charge[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query("select key, status, amount, captured, refunded from sandbox.charges");
    return rows.map((row) => ({
      key: String(row.key),
      status: String(row.status),
      amount: Number(row.amount),
      captured: Number(row.captured),
      refunded: Number(row.refunded),
    }));
  } finally {
    await client.end();
  }
}
