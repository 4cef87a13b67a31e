import { loadavg } from "node:os";
import { fail } from "../bin/failures.ts";
import { startServers } from "../rig/cluster.ts";
import { closeRig } from "../rig/guard.ts";
import { measureCalls, measureCheckoutCost, measureRead, openCluster } from "./cases/cluster.ts";
import { figure, type Measured } from "./support/figures.ts";
import { describeMachine, machine } from "./support/machine.ts";
import { table } from "./support/table.ts";

/** What many nodes cost: calls that cross NATS, reads through a gateway of its own, checkouts with more nodes of orders. */
const rounds = { rounds: 5, seconds: 6 };
const told = ({ median, least, most }: Measured, by = 1): string =>
  `${figure(median * by)} (${figure(least * by)}–${figure(most * by)})`;

try {
  console.log(`${describeMachine(machine())}; the load before was ${figure(loadavg()[0] as number)}`);
  const servers = await startServers({ fsync: "off" });
  const { cluster } = await openCluster(
    "api=1,config+users+notifications+idempotency+carts+orders+payments=1,products+pricing+inventory=1",
    servers,
  );
  const { p50, p99 } = await measureCalls(cluster, 5_000);
  console.log(`a call that crosses NATS: p50 ${figure(p50)} ms, p99 ${figure(p99)} ms`);
  const read = await measureRead(cluster, rounds);
  console.log(
    `a product by slug: ${told(read.cluster)}/s through a gateway, ${told(read.embedded)}/s embedded, ratio ${told(read.ratio)}`,
  );
  await cluster.stop();
  const costs = [];
  for (const orders of [1, 2, 4]) costs.push(await measureCheckoutCost(orders, rounds, servers));
  const [one] = costs;
  console.log(
    table(
      ["nodes of orders", "checkouts/s", "p99 ms", "CPU of all nodes, ms", "against one", "idle, cores"],
      costs.map(({ orders, perSecond, p99, cpu, idle }) => [
        orders,
        told(perSecond),
        told(p99),
        told(cpu),
        `${figure((100 * cpu.median) / (one?.cpu.median ?? 1))} %`,
        figure(idle),
      ]),
    ),
  );
  await closeRig();
  process.exit(0);
} catch (error) {
  fail(error);
}
