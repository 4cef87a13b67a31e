import type { Breaker, Broken } from "./breaker.ts";
import type { Observations, Purchase } from "./observations.ts";
import type { Recovery } from "./recovery.ts";
import { describeFault, FAULT_KINDS } from "./schedule.ts";
import { VIOLATIONS, type Violation } from "./violations.ts";

/** A shop must be itself again within this after each fault; milliseconds. */
export const LONGEST = 15_000;
/** So many of each kind are told in full; the rest is in the JSON. */
const SHOWN = 20;

export interface Outcome {
  seed: number;
  seconds: number;
  buyers: number;
  purchases: number;
  requests: number;
  confirmed: number;
  canceled: number;
  unanswered: number;
  refused: Record<string, number>;
  statuses: Record<string, number>;
  broken: Record<string, number>;
  faults: Record<string, number>;
  /** Milliseconds at the median of the quiet time and of all. */
  latency: Record<string, number>;
  limits: Record<string, number>;
  recoveries: (Recovery & { fault: string })[];
  longest: number;
  violations: Violation[];
}

/** Whether the shop has kept its promises. */
export const passes = ({ violations, longest }: Pick<Outcome, "violations" | "longest">): boolean =>
  violations.length === 0 && longest <= LONGEST;

/** How many there are of each. */
export function tally(names: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a));
}

/** Why buyers did not get what they wanted, each purchase once. */
export const refusals = (purchases: readonly Purchase[]): Record<string, number> =>
  tally(
    purchases.flatMap(({ answers }) => {
      const last = answers.at(-1);
      return last && last.status >= 400 && last.status < 500 && last.code ? [last.code] : [];
    }),
  );

/** Requests that were not answered well, by what came instead; those that another gateway took are told apart. */
export const brokenRequests = ({ failed }: Pick<Observations, "failed">): Record<string, number> =>
  tally(failed.map(({ what, sentOn }) => (sentOn ? `${what}, another gateway took it` : what)));

const seconds = (ms: number): string => (Number.isFinite(ms) ? `${(ms / 1_000).toFixed(1)} s` : "never");

/** The table that a run ends with. */
export function describe(outcome: Outcome): string {
  const { violations, recoveries, longest } = outcome;
  const row = (name: string, value: string | number) => `${name.padEnd(48)}${String(value).padStart(10)}`;
  const rows = (counts: Record<string, number>) =>
    Object.entries(counts).map(([name, count]) => row(`  ${name}`, count));
  const byKind = Map.groupBy(violations, ({ kind }) => kind);
  return [
    row("purchases", outcome.purchases),
    row("requests", outcome.requests),
    row("orders confirmed", outcome.confirmed),
    row("orders canceled", outcome.canceled),
    row("requests for an order without an answer", outcome.unanswered),
    "refused",
    ...rows(outcome.refused),
    "answers by status",
    ...rows(outcome.statuses),
    "requests that did not go well",
    ...rows(outcome.broken),
    "milliseconds",
    ...rows(outcome.latency),
    ...rows(Object.fromEntries(Object.entries(outcome.limits).map(([kind, ms]) => [`${kind} is slow above`, ms]))),
    "faults",
    ...rows(Object.fromEntries(FAULT_KINDS.map((kind) => [kind, outcome.faults[kind] ?? 0]))),
    "",
    "recovery to normal latency",
    ...recoveries.map(({ fault, ms }) => row(`  ${fault}`, ms === null ? "joined" : seconds(ms))),
    "",
    ...VIOLATIONS.map((kind) => row(kind, byKind.get(kind)?.length ?? 0)),
    row("longest recovery", seconds(longest)),
    ...(violations.length ? ["", ...told(violations)] : []),
  ].join("\n");
}

function told(violations: readonly Violation[]): string[] {
  const lines: string[] = [];
  for (const [kind, all] of Map.groupBy(violations, (one) => one.kind)) {
    lines.push(
      ...all
        .slice(0, SHOWN)
        .map(
          ({ subject, detail, at }) => `${kind}: ${subject}: ${detail}${at === undefined ? "" : `, at ${seconds(at)}`}`,
        ),
    );
    if (all.length > SHOWN) lines.push(`${kind}: ${all.length - SHOWN} more`);
  }
  return lines;
}

/** Each recovery under the fault's name. */
export const named = (recoveries: readonly Recovery[], faults: readonly Broken[]): Outcome["recoveries"] =>
  recoveries.map((recovery) => {
    const fault = faults.find(({ number }) => number === recovery.number);
    return { ...recovery, fault: fault ? describeFault(fault) : `#${recovery.number}` };
  });

/** Violations with the faults that were under way when they were seen. */
export const explained = (violations: readonly Violation[], breaker: Pick<Breaker, "under">): Violation[] =>
  violations.map((violation) => {
    const during = violation.at === undefined ? "" : breaker.under(violation.at);
    return during ? { ...violation, detail: `${violation.detail} [${during}]` } : violation;
  });
