import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { quantile } from "../bench/support/figures.ts";
import { type Cluster, startCluster } from "../rig/cluster.ts";
import { CLUSTER_SERVERS } from "../rig/cluster-servers.ts";
import { closeBooks } from "./books.ts";
import { Breaker } from "./breaker.ts";
import { Buyer } from "./buyer.ts";
import { Chance } from "./chance.ts";
import { Gateways } from "./client.ts";
import { evidence } from "./evidence.ts";
import { Market } from "./market.ts";
import type { Observations, Purchase } from "./observations.ts";
import { type Probe, type Quiet, recoveries, threshold } from "./recovery.ts";
import { brokenRequests, explained, named, type Outcome, refusals, tally } from "./report.ts";
import { describeFault, QUIET, schedule } from "./schedule.ts";
import { verdicts } from "./verdicts.ts";
import { Watch } from "./watch.ts";

/** Two nodes of each service, in as few processes as leave each service something to lose alone. */
export const LAYOUT =
  "api=2,config+users=2,products+pricing=2,inventory+carts=2,orders=2,payments+notifications+idempotency=2";

export interface Wish {
  seed: number;
  seconds: number;
  buyers: number;
  layout: string;
  folder: string;
  tell: (line: string) => void;
}

/** A checkout of a warm shop is quicker than this; on a slow machine that is not waited for for ever. */
const WARM_ENOUGH = 1_000;
const WARM = 45_000;
/** How long everything may take to come to its end when nothing is broken any more; milliseconds. */
const SETTLE = 120_000;
/** Afterwards the probe goes on until it has seen the last recovery, or for so long. */
const LAST_LOOK = 30_000;
const BUYERS = 1_000;

/** Starts a cluster, lets buyers loose in it and breaks it, then compares what everybody saw with what there is. */
export async function chaos(wish: Wish): Promise<Outcome> {
  const { layout, folder, tell } = wish;
  const env = { RATE_LIMITS: "false", DEMO: "false", LOG_LEVEL: "info" };
  const cluster = await startCluster({ layout, folder, env, proxies: true, fsync: "off", tell });
  try {
    return await inCluster(cluster, wish);
  } finally {
    await cluster.stop();
  }
}

async function inCluster(cluster: Cluster, { seed, seconds, buyers, folder, tell }: Wish): Promise<Outcome> {
  let began = performance.now();
  const now = () => performance.now() - began;
  const say = (line: string) => tell(`${(now() / 1_000).toFixed(1).padStart(6)} s  ${line}`);
  const password = cluster.env.ADMIN_PASSWORD as string;
  const chance = new Chance(seed);
  const gateways = new Gateways(cluster.urls, now);
  const market = await Market.open(gateways, password, chance.branch(BUYERS + 1), seconds);
  const { groups, ...what } = breakable(cluster);
  const plan = schedule(seed, seconds, { groups, servers: CLUSTER_SERVERS });
  tell(`Seed ${seed}: ${seconds} s, ${buyers} buyers, ${plan.length} faults`);
  for (const fault of plan) tell(`  at ${(fault.at / 1_000).toFixed(1).padStart(5)} s ${describeFault(fault)}`);

  const purchases: Purchase[] = [];
  gateways.statuses.clear();
  gateways.failed.length = 0;
  began = performance.now();
  const place = { gateways, market, now, purchases };
  const watch = new Watch({ ...place, chance: chance.branch(BUYERS) });
  const watching = watch.run();
  const crowd = Array.from({ length: buyers }, (_, n) => new Buyer({ ...place, number: n, chance: chance.branch(n) }));
  const end = { at: Number.POSITIVE_INFINITY };
  const shopping = crowd.map((buyer) => buyer.shop(end));
  // Code that has just been loaded is slow: that is not what is normal.
  await until(() => isWarm(watch.probes), WARM);
  const from = now();
  const quiet = { from, until: from + QUIET };
  end.at = from + seconds * 1_000;
  say(`Everybody is warm: ${seconds} s begin`);
  const isCalm = () => calm(watch.probes, now(), quiet);
  const breaker = new Breaker({ ...what, groups }, { now, tell: say, isCalm });
  await breaker.run(plan, from);
  await until(() => now() >= end.at, 1e9);
  say("Nothing is broken any more");
  const recovered = () => recoveries(watch.probes, breaker.happened, quiet);
  const done = await until(() => recovered().every(({ ms }) => ms === null || Number.isFinite(ms)), LAST_LOOK);
  if (!done) say("The shop does not come back to its usual latency");
  end.at = 0;
  await Promise.all(shopping);
  say("The buyers ask for what they have not heard");
  const unheard = (await Promise.all([...crowd.map((buyer) => buyer.close()), watch.stop()])).flat();
  await watching;
  say("Everything comes to its end");
  const reading = { gateways, password, environment: cluster.env, delivered: market.delivered, tell: say };
  const { books, stuck } = await closeBooks(reading, SETTLE);
  gateways.close();
  say("The books are compared");

  const rolling = breaker.happened.filter(({ kind }) => kind === "rolling restart");
  const { failed } = gateways;
  const seen: Observations = { purchases, failed, rolling, stuck: [...breaker.stuck, ...unheard, ...stuck], books };
  const outcome = outcomeOf(seen, { seed, seconds, buyers, gateways, breaker, probes: watch.probes, quiet });
  const looked = await evidence(outcome.violations, purchases, cluster.env);
  const everything = { outcome, evidence: looked, happened: breaker.happened, failed, probes: watch.probes, purchases };
  writeFileSync(join(folder, "run.json"), JSON.stringify(everything, null, 1));
  return outcome;
}

interface Around {
  seed: number;
  seconds: number;
  buyers: number;
  gateways: Gateways;
  breaker: Breaker;
  probes: readonly Probe[];
  quiet: Quiet;
}

function outcomeOf(seen: Observations, { gateways, breaker, probes, quiet, ...asked }: Around): Outcome {
  const { purchases, books } = seen;
  const recovered = recoveries(probes, breaker.happened, quiet);
  const statuses = [...gateways.statuses].sort(([a], [b]) => a - b).map(([status, count]) => [String(status), count]);
  const answered = gateways.statuses.values().reduce((sum, count) => sum + count, 0);
  const count = (wanted: string) => books.orders.filter(({ status }) => status === wanted).length;
  const took = (kind: Probe["kind"], until = Number.POSITIVE_INFINITY) => {
    const looks = probes.filter((probe) => probe.kind === kind && probe.at >= quiet.from && probe.at < until);
    const times = looks.map(({ ms }) => ms);
    return Math.round(quantile(times, 0.5));
  };
  return {
    ...asked,
    purchases: purchases.length,
    requests: answered + seen.failed.length,
    confirmed: count("confirmed"),
    canceled: count("canceled"),
    unanswered: purchases.reduce((sum, { unanswered }) => sum + unanswered, 0),
    refused: refusals(purchases),
    statuses: Object.fromEntries(statuses),
    broken: brokenRequests(seen),
    faults: tally(breaker.happened.map(({ kind }) => kind)),
    latency: {
      "checkout, undisturbed": took("checkout", quiet.until),
      "checkout, over all": took("checkout"),
      "read, undisturbed": took("read", quiet.until),
      "read, over all": took("read"),
    },
    limits: {
      checkout: Math.round(threshold(probes, "checkout", quiet)),
      read: Math.round(threshold(probes, "read", quiet)),
    },
    recoveries: named(recovered, breaker.happened),
    longest: Math.max(0, ...recovered.map(({ ms }) => ms ?? 0)),
    violations: explained(verdicts(seen), breaker),
  };
}

/** What of the cluster can be broken, by name. */
function breakable({ nodes, servers, proxies }: Cluster) {
  const groups = Map.groupBy(nodes, ({ services }) => services.join("+"));
  return {
    nodes: new Map(nodes.map((node) => [node.id, node])),
    groups: [...groups].map(([name, all]) => ({ name, nodes: all.map(({ id }) => id) })),
    servers: new Map(Object.entries(servers)),
    proxies: new Map(Object.entries(proxies ?? {})),
  };
}

/** Whether checkouts have ceased to become quicker. */
function isWarm(probes: readonly Probe[]): boolean {
  const times = probes.filter(({ kind, ok }) => kind === "checkout" && ok).map(({ ms }) => ms);
  const [before, after] = [times.slice(-20, -10), times.slice(-10)];
  return (
    before.length === 10 && quantile(after, 0.9) < WARM_ENOUGH && quantile(after, 0.5) > 0.8 * quantile(before, 0.5)
  );
}

/** Whether the looks of the last two seconds went well. */
function calm(probes: readonly Probe[], now: number, quiet: Quiet): boolean {
  const limits = { checkout: threshold(probes, "checkout", quiet), read: threshold(probes, "read", quiet) };
  const late = probes.filter(({ at }) => at > now - 2_500);
  return late.length >= 6 && late.every(({ ok, ms, kind }) => ok && ms <= limits[kind]);
}

async function until(come: () => boolean, patience: number): Promise<boolean> {
  const end = performance.now() + patience;
  while (!come() && performance.now() < end) await new Promise((again) => setTimeout(again, 100));
  return come();
}
