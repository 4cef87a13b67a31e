import { loadavg } from "node:os";
import { fail } from "../bin/failures.ts";
import { measureCheckouts } from "./cases/checkout.ts";
import { Bare } from "./support/bare.ts";
import { figure, type Measured } from "./support/figures.ts";
import { describeMachine, machine } from "./support/machine.ts";
import { RunningShop } from "./support/running-shop.ts";

/** Whole checkouts alone, as `npm run bench` measures them among the rest. */
const rounds = { rounds: 5, seconds: 4 };
const settings = { "gateway.requestsPerSecond": 1_000_000, "gateway.signInsPerMinute": 1_000_000 };
const told = ({ median, least, most }: Measured, by = 1): string =>
  `${figure(median * by)} (${figure(least * by)}–${figure(most * by)})`;

async function run(): Promise<string> {
  const before = figure(loadavg()[0] as number);
  const bare = await Bare.start();
  const shop = await RunningShop.start({ environment: {}, settings });
  try {
    const { compared, writes } = await measureCheckouts({ shop, bare }, rounds);
    await shop.command("audit");
    const { perSecond, p50, p99, cpu } = compared.shop;
    const together = figure(Object.values(writes).reduce((total, count) => total + count, 0));
    return [
      `${describeMachine(machine())}; the load before was ${before}`,
      `checkouts a second ${told(perSecond)}, p50 ${told(p50)} ms, p99 ${told(p99)} ms`,
      `processor time of each ${told(cpu, 0.001)} ms, writes of each ${together}`,
    ].join("\n");
  } finally {
    await shop.stop();
    await bare.stop();
  }
}

try {
  console.log(await run());
} catch (error) {
  fail(error);
}
