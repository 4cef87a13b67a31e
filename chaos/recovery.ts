import { quantile } from "../bench/support/figures.ts";

/** One look at the shop from outside; milliseconds since the start. */
export interface Probe {
  kind: "checkout" | "read";
  at: number;
  ms: number;
  ok: boolean;
}

/** A fault as it really was. */
export interface Happened {
  number: number;
  start: number;
  end: number;
  /** Others must go on without what was killed: the time counts from the start, not from its return. */
  fromStart: boolean;
}

export interface Recovery {
  number: number;
  /** Until latency was normal again; infinite where it never was. Null: the next fault came first, and its time counts. */
  ms: number | null;
}

/** So many good looks one after the other are no luck. */
const RUN = 4;
/** A look this quick is never slow, however quick the quiet ones were. */
const FLOOR = 750;

const KINDS = ["checkout", "read"] as const;

/** When nothing is broken yet and everybody is warm; milliseconds since the start. */
export interface Quiet {
  from: number;
  until: number;
}

/** What is still normal: thrice what all but a few of the quiet looks took. */
export function threshold(probes: readonly Probe[], kind: Probe["kind"], { from, until }: Quiet): number {
  const quiet = probes.filter((probe) => probe.kind === kind && probe.at >= from && probe.at < until && probe.ok);
  if (quiet.length === 0) return FLOOR;
  const times = quiet.map(({ ms }) => ms);
  return Math.max(FLOOR, 3 * quantile(times, 0.95));
}

/** When each fault was over for shoppers. */
export function recoveries(probes: readonly Probe[], faults: readonly Happened[], quiet: Quiet): Recovery[] {
  const series = KINDS.map((kind) => {
    const limit = threshold(probes, kind, quiet);
    const looks = probes.filter((probe) => probe.kind === kind).sort((a, b) => a.at - b.at);
    return looks.map(({ at, ms, ok }) => ({ at, good: ok && ms <= limit }));
  });
  const calmAfter = (time: number) => Math.max(...series.map((looks) => calm(looks, time)));
  const from = (fault: Happened) => (fault.fromStart ? fault.start : fault.end);
  return faults.map((fault) => {
    const since = from(fault);
    const again = calmAfter(since);
    const disturbed = faults.some(
      (other) => other.start < again && (from(other) - since || other.number - fault.number) > 0,
    );
    return { number: fault.number, ms: disturbed ? null : again - since };
  });
}

function calm(looks: readonly { at: number; good: boolean }[], time: number): number {
  const later = looks.filter(({ at }) => at >= time);
  for (let first = 0; first + RUN <= later.length; first++) {
    if (later.slice(first, first + RUN).every(({ good }) => good)) return (later[first] as { at: number }).at;
  }
  return Number.POSITIVE_INFINITY;
}
