import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { cpuBetween } from "../support/child.ts";
import { machine } from "../support/machine.ts";
import { type Overrides, RunningShop } from "../support/running-shop.ts";
import { catalogueOf } from "./catalogue.ts";
import { Checkouts, type Latencies, type Placed } from "./checkouts.ts";
import { type Invoice, invoicesOf, type Row } from "./invoice.ts";
import { MemoryLog, type Sample } from "./memory.ts";
import { planOf, type Step } from "./plan.ts";
import { type Month, reconcile, type Sold } from "./revenue.ts";
import { Shoppers } from "./shoppers.ts";

const MOST = { lines: 1_000, quantity: 10_000 };

export const OVERRIDES: Overrides = {
  environment: { CURRENCY: "GBP", DEMO: "false" },
  settings: {
    "cart.maxLines": MOST.lines,
    "gateway.requestsPerSecond": 1_000_000,
    "gateway.signInsPerMinute": 1_000_000,
    // The file's prices are all there is: its postage is among the reasons.
    "shipping.methods": [{ code: "as-invoiced", name: "As invoiced", amount: 0 }],
  },
  passwordCost: 4,
};

export interface Outcome {
  machine: ReturnType<typeof machine>;
  width: number;
  file: { rows: number; invoices: number; sales: number; cancellations: number; customers: number };
  catalogue: { products: number; skus: number; seconds: number };
  signedUp: { customers: number; seconds: number; refreshed: number };
  steps: { orders: number; canceled: number };
  orders: { placed: number; lines: number; split: number; pending: number; seconds: number; cpu: number };
  /** Deliveries of events that waited when the last order was answered, and how long they took. */
  events: { behind: number; seconds: number };
  latencies: Latencies;
  memory: readonly Sample[];
  writes: Record<string, number>;
  months: Month[];
  audit: string;
}

interface SoldOrder {
  id: string;
  status: string;
  cancelRequestedAt: string | null;
  payment: { status: string };
  total: { amount: number };
  shippingTotal: { amount: number };
}

/** Replays the rows in a shop of its own; `say` hears how far it is. */
export async function replay(rows: readonly Row[], width: number, say: (text: string) => void): Promise<Outcome> {
  const invoices = invoicesOf(rows);
  const { steps, left } = planOf(invoices);
  const shop = await RunningShop.start(OVERRIDES);
  try {
    const catalogue = await importCatalogue(shop, catalogueOf(rows, invoices));
    say(`${catalogue.skus} SKUs of ${catalogue.products} products in ${catalogue.seconds.toFixed(1)} s`);

    const shoppers = new Shoppers(shop.client);
    const customers = [...new Set(steps.flatMap(({ invoice }) => invoice.customer ?? []))];
    const registering = performance.now();
    await shoppers.signUp(customers, width);
    const registered = seconds(registering);
    say(`${shoppers.signedUp} customers signed up in ${registered.toFixed(1)} s`);

    const checkouts = new Checkouts(shop, shoppers, { width, most: MOST });
    const before = await shop.stats();
    const used = await shop.child.usage();
    const memory = new MemoryLog(shop, () => checkouts.placed.size);
    const telling = setInterval(() => say(`${checkouts.placed.size} orders`), 10_000);
    const began = performance.now();
    await checkouts.run(steps).finally(() => clearInterval(telling));
    const took = seconds(began);
    say(`${checkouts.placed.size} orders in ${took.toFixed(1)} s`);
    const samples = memory.stop();
    const cpu = cpuBetween(used, await shop.child.usage());
    const after = await shop.stats();
    const behind = after.backlog.waiting;
    const delivering = performance.now();
    await delivered(shop);
    const caughtUp = seconds(delivering);
    say(`${behind} deliveries of events waited in the end, and were done ${caughtUp.toFixed(1)} s later`);

    const sold = await settled(shop, checkouts.placed);
    return {
      machine: machine(),
      width,
      file: describeFile(rows, invoices),
      catalogue,
      signedUp: { customers: shoppers.signedUp, seconds: registered, refreshed: shoppers.refreshed },
      steps: { orders: count(steps, "order"), canceled: count(steps, "cancel") },
      orders: {
        placed: checkouts.placed.size,
        lines: checkouts.lines,
        split: checkouts.split,
        pending: checkouts.pending,
        seconds: took,
        cpu,
      },
      events: { behind, seconds: caughtUp },
      latencies: checkouts.latencies,
      memory: samples,
      writes: difference(before.writes, after.writes),
      months: reconcile(valueByMonth(invoices), left, sold),
      audit: await shop.command("audit"),
    };
  } finally {
    await shop.stop();
  }
}

async function importCatalogue(shop: RunningShop, products: readonly string[]): Promise<Outcome["catalogue"]> {
  const file = join(shop.dataDir, "catalogue.jsonl");
  writeFileSync(file, products.join("\n"));
  const began = performance.now();
  const told = await shop.command("import", [file], [0, 1]);
  const refused = Number(/rows refused\s+(\d+)/.exec(told)?.[1]);
  if (refused !== 0) throw new Error(`The import refused rows:\n${told}`);
  const skus = products.reduce((total, text) => total + JSON.parse(text).variants.length, 0);
  return { products: products.length, skus, seconds: seconds(began) };
}

/** Until every event has reached every group. */
async function delivered(shop: RunningShop): Promise<void> {
  for (const end = Date.now() + 300_000; (await shop.stats()).backlog.waiting > 0; await setTimeout(100)) {
    if (Date.now() > end) throw new Error("Events still wait after five minutes");
  }
}

/** Every order as our shop has it in the end; fails where one is missing, unknown or has come to no end. */
async function settled(shop: RunningShop, placed: ReadonlyMap<string, Placed>): Promise<Sold[]> {
  for (const end = Date.now() + 120_000; ; await setTimeout(500)) {
    const orders: SoldOrder[] = [];
    for await (const order of shop.orders<SoldOrder>()) orders.push(order);
    const strange = orders.find(({ id }) => !placed.has(id));
    if (strange || orders.length !== placed.size) {
      throw new Error(`The shop has ${orders.length} orders, placed were ${placed.size}`);
    }
    const moving = orders.filter((order) => !isFinal(order, placed.get(order.id) as Placed));
    if (moving.length === 0) return orders.map((order) => soldOf(order, placed.get(order.id) as Placed));
    if (Date.now() > end)
      throw new Error(`${moving.length} orders have come to no end, as ${JSON.stringify(moving[0])}`);
  }
}

const isFinal = ({ status, payment }: SoldOrder, { canceledBy }: Placed): boolean =>
  canceledBy ? status === "canceled" && payment.status === "refunded" : payment.status === "captured";

const soldOf = ({ total, shippingTotal, payment }: SoldOrder, { invoice, canceledBy }: Placed): Sold => ({
  month: invoice.month,
  canceledIn: canceledBy?.month ?? null,
  total: total.amount,
  shipping: shippingTotal.amount,
  payment: payment.status,
});

function valueByMonth(invoices: readonly Invoice[]): Map<string, number> {
  const months = new Map<string, number>();
  for (const { month, value } of invoices) months.set(month, (months.get(month) ?? 0) + value);
  return months;
}

function describeFile(rows: readonly Row[], invoices: readonly Invoice[]): Outcome["file"] {
  const cancellations = invoices.filter(({ kind }) => kind === "cancellation").length;
  const customers = new Set(invoices.flatMap(({ customer }) => customer ?? [])).size;
  const sales = invoices.length - cancellations;
  return { rows: rows.length, invoices: invoices.length, sales, cancellations, customers };
}

const count = (steps: readonly Step[], does: Step["does"]): number => steps.filter((step) => step.does === does).length;
const seconds = (since: number): number => (performance.now() - since) / 1_000;

/** How many writes each collection saw in between. */
export function difference(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  const entries = Object.entries(after).map(([name, writes]) => [name, writes - (before[name] ?? 0)] as const);
  return Object.fromEntries(entries.filter(([, writes]) => writes > 0).sort((a, b) => b[1] - a[1]));
}
