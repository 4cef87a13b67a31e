import { difference } from "../replay/run.ts";
import type { Bare } from "../support/bare.ts";
import { quantile } from "../support/figures.ts";
import { accepted, JsonClient } from "../support/json-client.ts";
import type { LoadResult } from "../support/load.ts";
import type { RunningShop } from "../support/running-shop.ts";
import { type Compared, inTurns, type Rounds, type Side } from "../support/turns.ts";

const BUYERS = 16;
const CARTS = "/api/v1/carts";
const ORDERS = "/api/v1/orders";
const address = { name: "Ada Lovelace", line1: "1 Main St", city: "Springfield", postalCode: "12345", country: "US" };

let sent = 0;

/** A guest's whole checkout in two requests; milliseconds. */
async function buy(client: JsonClient, sku: string): Promise<number> {
  const cart = await client.ask("POST", CARTS, { json: { lines: [{ sku, quantity: 1 }] } });
  const { id: cartId } = accepted<{ id: string }>("A cart", cart);
  const json = { cartId, email: "ada@example.com", shippingAddress: address, paymentToken: "tok_ok" };
  const headers = { "Idempotency-Key": `bench-${process.pid}-${++sent}` };
  const order = await client.ask("POST", ORDERS, { json, headers });
  const { status } = accepted<{ status: string }>("An order", order);
  if (status !== "confirmed") throw new Error(`An order is ${status}`);
  return cart.ms + order.ms;
}

/** So many buyers at once, each again and again. */
export async function shopping(
  { url }: Pick<Side, "url">,
  seconds: number,
  skus: readonly string[],
): Promise<LoadResult> {
  const client = new JsonClient(url, BUYERS);
  const times: number[] = [];
  const began = performance.now();
  const end = began + seconds * 1_000;
  const buyer = async (_: unknown, at: number) => {
    for (let n = at; performance.now() < end; n++) times.push(await buy(client, skus[n % skus.length] as string));
  };
  await Promise.all(Array.from({ length: BUYERS }, buyer));
  const took = (performance.now() - began) / 1_000;
  client.close();
  return {
    requests: times.length,
    perSecond: times.length / took,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  };
}

/** SKUs of the catalogue with more stock than any run sells. */
export async function stocked(shop: Pick<RunningShop, "client" | "admin">, count: number): Promise<string[]> {
  const { items } = await shop.client.get<{ items: { sku: string }[] }>(`/api/v1/inventory?limit=${count}`, shop.admin);
  for (const { sku } of items) {
    const body = { delta: 900_000, reason: "for the benchmark" };
    await shop.client.send("POST", `/api/v1/inventory/${encodeURIComponent(sku)}/adjustments`, body, shop.admin);
  }
  return items.map(({ sku }) => sku);
}

export interface CheckoutFigures {
  compared: Compared;
  /** Writes for each checkout, by collection. */
  writes: Record<string, number>;
}

/** Whole checkouts of one line by 16 buyers over 50 SKUs, and what each writes. */
export async function measureCheckouts(
  { shop, bare }: { shop: RunningShop; bare: Bare },
  rounds: Rounds,
): Promise<CheckoutFigures> {
  const skus = await stocked(shop, 50);
  const json = { lines: [{ sku: skus[0], quantity: 1 }] };
  const cart = await shop.client.ask("POST", CARTS, { json });
  await bare.learn("POST", CARTS, cart);
  const { id: cartId } = accepted<{ id: string }>("A cart", cart);
  const order = { cartId, email: "ada@example.com", shippingAddress: address, paymentToken: "tok_ok" };
  const headers = { "Idempotency-Key": "bench-first" };
  await bare.learn("POST", ORDERS, await shop.client.ask("POST", ORDERS, { json: order, headers }));

  await quiet(shop);
  const before = (await shop.stats()).writes;
  let bought = 0;
  const name = "whole checkout, 16 buyers";
  const compared = await inTurns(name, { shop, bare }, rounds, async (side, seconds) => {
    const result = await shopping(side, seconds, skus);
    if (side === shop) bought += result.requests;
    return result;
  });
  await quiet(shop);
  const writes = Object.entries(difference(before, (await shop.stats()).writes));
  return { compared, writes: Object.fromEntries(writes.map(([name, count]) => [name, count / bought])) };
}

/** Until every event has reached every group: what a checkout writes includes what follows of it. */
async function quiet(shop: RunningShop): Promise<void> {
  while ((await shop.stats()).backlog.waiting > 0) await new Promise((resolve) => setTimeout(resolve, 50));
}
