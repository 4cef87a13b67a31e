import { figure, type Measured, megabytes } from "../support/figures.ts";
import { describeMachine, type machine } from "../support/machine.ts";
import { type Cell, table } from "../support/table.ts";
import type { Compared, Rounds } from "../support/turns.ts";
import type { LoginFigures } from "./login.ts";
import type { StartFigures } from "./start-up.ts";

export interface Bench {
  command: string;
  machine: ReturnType<typeof machine>;
  loadBefore: number;
  rounds: Rounds;
  overrides: string[];
  compared: Compared[];
  writes: Record<string, number>;
  login: LoginFigures;
  starts: StartFigures;
}

/** What a run came to, as Markdown. */
export function report(bench: Bench): string {
  const { command, machine, loadBefore, rounds, overrides, compared, writes, login, starts } = bench;
  return [
    `\`${command}\` on ${describeMachine(machine)}; the load before was ${figure(loadBefore)}, and the load generator`,
    `used the same cores. ${rounds.rounds} rounds of ${rounds.seconds} s for each, shop and bare \`node:http\` in turn after a`,
    "warm-up: medians, and in brackets the least and the most.",
    "",
    "Overridden:",
    "",
    ...overrides.map((one) => `- ${one}`),
    "",
    table(
      ["", "Requests/s", "Bare node:http", "Ratio", "p50", "p99", "CPU a request", "Bare", "Ratio by CPU", "Memory"],
      compared.map(comparison),
    ),
    "",
    "The bare server sends the same bytes and headers. *Ratio by CPU* compares processor time for a request: where the",
    "load generator is the slower part, it tells more than requests a second. A checkout is two requests, counted as one.",
    "",
    "### Sign-ins beside reads",
    "",
    loginTable(login),
    "",
    "### Start-up",
    "",
    table(
      ["`npm start` to the first list of products", `${starts.runs} runs`],
      [
        ["on an empty data folder, with the demo catalogue", milliseconds(starts.first)],
        ["again", milliseconds(starts.again)],
      ],
    ),
    "",
    "### Writes for each checkout of one line",
    "",
    table(
      ["Collection", "Writes"],
      [
        ...Object.entries(writes).map(([name, count]): Cell[] => [name, figure(count)]),
        ["together", figure(Object.values(writes).reduce((total, count) => total + count, 0))],
      ],
    ),
    "",
  ].join("\n");
}

const spread = ({ median, least, most }: Measured): string => `${figure(median)} (${figure(least)}–${figure(most)})`;
const milliseconds = (value: Measured): string => `${spread(value)} ms`;
const percent = ({ median, least, most }: Measured): string => {
  const [middle, low, high] = [median, least, most].map((part) => (100 * part).toFixed(part < 0.1 ? 1 : 0));
  return `${middle} % (${low}–${high})`;
};

function comparison({ name, shop, bare, ratio, cpuRatio }: Compared): Cell[] {
  return [
    name,
    spread(shop.perSecond),
    spread(bare.perSecond),
    percent(ratio),
    `${figure(shop.p50.median)} ms`,
    `${figure(shop.p99.median)} ms`,
    `${figure(shop.cpu.median)} µs`,
    `${figure(bare.cpu.median)} µs`,
    percent(cpuRatio),
    megabytes(shop.rss),
  ];
}

function loginTable({ reads, logins, alone, beside, ratio, statuses, p50, p99, retryAfter }: LoginFigures): string {
  const answered = Object.entries(statuses).map(([status, count]) => `${count} × ${status}`);
  return table(
    [`${reads} reads a second`, ""],
    [
      ["p99 of the reads alone", milliseconds(alone)],
      [`p99 with ${logins} sign-ins a second beside`, milliseconds(beside)],
      ["ratio, round by round", spread(ratio)],
      ["how the sign-ins were answered", answered.join(", ")],
      ["p50 and p99 of those that succeeded", `${figure(p50)} ms, ${figure(p99)} ms`],
      ...(statuses[503] ? [["every 503 says `Retry-After`", retryAfter ? "yes" : "no"]] : []),
    ],
  );
}
