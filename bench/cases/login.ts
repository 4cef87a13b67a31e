import { type Measured, measured, quantile } from "../support/figures.ts";
import { JsonClient } from "../support/json-client.ts";
import { load } from "../support/load.ts";
import type { RunningShop } from "../support/running-shop.ts";
import type { Rounds } from "../support/turns.ts";

/** Reads a second beside the sign-ins: a busy shop, and not so many that reads alone fill the processor. */
const READS = 500;
export const LOGINS = 10;
const PRODUCT = "/api/v1/products/trail-jacket";

export interface LoginFigures {
  reads: number;
  logins: number;
  /** p99 of product reads in milliseconds, without and with sign-ins beside. */
  alone: Measured;
  beside: Measured;
  ratio: Measured;
  /** How sign-ins were answered. */
  statuses: Record<string, number>;
  /** Milliseconds of the sign-ins that succeeded. */
  p50: number;
  p99: number;
  retryAfter: boolean;
}

/** Sign-ins at a fixed rate, whether the ones before are answered or not, beside reads at a fixed rate. */
export async function measureLogins(shop: RunningShop, { rounds, seconds }: Rounds): Promise<LoginFigures> {
  const account = { email: "bench@example.com", password: "measured but not guessed either" };
  await shop.client.send("POST", "/api/v1/auth/register", { ...account, name: "Ada Lovelace" });
  const client = new JsonClient(shop.url, 64);
  const statuses: Record<string, number> = {};
  const times: number[] = [];
  let retryAfter = true;
  const login = async () => {
    const { status, ms, headers } = await client.ask("POST", "/api/v1/auth/login", { json: account });
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (status === 200) times.push(ms);
    if (status === 503) retryAfter &&= headers["retry-after"] !== undefined;
  };
  const reading = () => load({ url: shop.url + PRODUCT, seconds, status: 200, rate: READS });

  await reading();
  const alone: number[] = [];
  const beside: number[] = [];
  for (let round = 0; round < rounds; round++) {
    alone.push((await reading()).p99);
    const asked: Promise<void>[] = [];
    const timer = setInterval(() => asked.push(login()), 1_000 / LOGINS);
    beside.push((await reading()).p99);
    clearInterval(timer);
    await Promise.all(asked);
  }
  client.close();
  return {
    reads: READS,
    logins: LOGINS,
    alone: measured(alone),
    beside: measured(beside),
    ratio: measured(beside.map((p99, at) => p99 / (alone[at] as number))),
    statuses,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    retryAfter,
  };
}
