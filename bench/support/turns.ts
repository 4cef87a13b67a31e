import { type Child, cpuBetween } from "./child.ts";
import { type Measured, measured } from "./figures.ts";
import type { LoadResult } from "./load.ts";

/** One measured server. */
export interface Side {
  url: string;
  child: Child;
}

/** What a server did over all rounds. */
export interface Figures {
  perSecond: Measured;
  p50: Measured;
  p99: Measured;
  /** Microseconds of processor time for a request. */
  cpu: Measured;
  /** How busy it was, in cores. */
  cores: Measured;
  rss: number;
}

export interface Compared {
  name: string;
  shop: Figures;
  bare: Figures;
  /** The shop's requests a second by those of the bare server, round by round. */
  ratio: Measured;
  /** The same by processor time, which does not depend on who else uses the machine. */
  cpuRatio: Measured;
}

export interface Rounds {
  rounds: number;
  seconds: number;
}

type Round = LoadResult & { cpu: number; cores: number };

/** Loads both in turn, so that whatever else the machine does meets both; the first round of each only warms up. */
export async function inTurns(
  name: string,
  { shop, bare }: { shop: Side; bare: Side },
  { rounds, seconds }: Rounds,
  run: (side: Side, seconds: number) => Promise<LoadResult>,
): Promise<Compared> {
  const results = { shop: [] as Round[], bare: [] as Round[] };
  for (let round = 0; round <= rounds; round++) {
    for (const [which, side] of [["shop", shop] as const, ["bare", bare] as const]) {
      const before = await side.child.usage();
      const began = performance.now();
      const result = await run(side, round ? seconds : Math.min(seconds, 2));
      const cpu = cpuBetween(before, await side.child.usage());
      const cores = (1_000 * cpu) / (performance.now() - began);
      if (round) results[which].push({ ...result, cpu: (1e6 * cpu) / result.requests, cores });
    }
  }
  const by = (of: (round: Round) => number) =>
    measured(results.shop.map((round, at) => of(round) / of(results.bare[at] as Round)));
  return {
    name,
    shop: figuresOf(results.shop, (await shop.child.usage()).rss),
    bare: figuresOf(results.bare, (await bare.child.usage()).rss),
    ratio: by(({ perSecond }) => perSecond),
    cpuRatio: by(({ cpu }) => 1 / cpu),
  };
}

const figuresOf = (rounds: readonly Round[], rss: number): Figures => ({
  perSecond: measured(rounds.map((round) => round.perSecond)),
  p50: measured(rounds.map((round) => round.p50)),
  p99: measured(rounds.map((round) => round.p99)),
  cpu: measured(rounds.map((round) => round.cpu)),
  cores: measured(rounds.map((round) => round.cores)),
  rss,
});
