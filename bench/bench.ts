import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { readArguments } from "../bin/arguments.ts";
import { fail } from "../bin/failures.ts";
import { sharedData } from "../test/support/shared-data.ts";
import { measureCheckouts } from "./cases/checkout.ts";
import { measureLogins } from "./cases/login.ts";
import { BIG_READS, DEMO_READS, measureReads } from "./cases/reads.ts";
import { type Bench, report } from "./cases/report.ts";
import { measureStarts } from "./cases/start-up.ts";
import { Bare } from "./support/bare.ts";
import { machine } from "./support/machine.ts";
import { type Overrides, RunningShop } from "./support/running-shop.ts";
import type { Compared } from "./support/turns.ts";

const USAGE = "npm run bench -- [--quick] [--json FILE] [--report FILE]";
const { values } = readArguments(USAGE, 0, {
  quick: { type: "boolean", default: false },
  json: { type: "string" },
  report: { type: "string" },
});
const OVERRIDES: Overrides = {
  environment: {},
  settings: { "gateway.requestsPerSecond": 1_000_000, "gateway.signInsPerMinute": 1_000_000 },
};
const rounds = values.quick ? { rounds: 1, seconds: 1 } : { rounds: 5, seconds: 4 };
const MARK = "<!-- From here on written by npm run bench -- --report -->";
const say = (text: string) => console.error(text);

/** The same searches over a catalogue of a usual size, where that lies beside the repository. */
async function bigCatalogue(bare: Bare): Promise<Compared[]> {
  const file = sharedData("data/catalog/products.jsonl");
  if (!file) {
    say("Left out: searches over the big catalogue, which is not beside this repository");
    return [];
  }
  const shop = await RunningShop.start({ ...OVERRIDES, environment: { DEMO: "false" } });
  try {
    // Some of its rows are refused, which the command tells by its end.
    const told = await shop.command("import", [file, "--stock", "100"], [0, 1]);
    const products = Number(/products created\s+(\d+)/.exec(told)?.[1]).toLocaleString("en-GB");
    const compared = await measureReads(BIG_READS, { shop, bare }, rounds);
    return compared.map((one) => ({ ...one, name: `${one.name}, ${products} products` }));
  } finally {
    await shop.stop();
  }
}

/** The page with these figures behind its mark; a page without one is only figures. */
function withFigures(file: string, figures: string): string {
  const [before, after] = (existsSync(file) ? readFileSync(file, "utf8") : "").split(MARK);
  return after === undefined ? figures : `${before}${MARK}\n\n${figures}`;
}

async function run(): Promise<Bench> {
  const loadBefore = loadavg()[0] as number;
  say("Start-up");
  const starts = await measureStarts(values.quick ? 1 : 5);
  const bare = await Bare.start();
  const shop = await RunningShop.start(OVERRIDES);
  try {
    say("Reads");
    const reads = await measureReads(DEMO_READS, { shop, bare }, rounds);
    say("Searches over the big catalogue");
    const searches = await bigCatalogue(bare);
    say("Sign-ins");
    const login = await measureLogins(shop, rounds);
    say("Checkouts");
    const { compared, writes } = await measureCheckouts({ shop, bare }, rounds);
    await shop.command("audit");
    return {
      command: `npm run bench${values.quick ? " -- --quick" : ""}`,
      machine: machine(),
      loadBefore,
      rounds,
      overrides: Object.entries(OVERRIDES.settings).map(([name, value]) => `setting \`${name}\`: ${value}`),
      compared: [...reads, ...searches, compared],
      writes,
      login,
      starts,
    };
  } finally {
    await shop.stop();
    await bare.stop();
  }
}

try {
  const bench = await run();
  const text = report(bench);
  console.log(text);
  if (values.report) writeFileSync(values.report, withFigures(values.report, text));
  if (values.json) writeFileSync(values.json, JSON.stringify(bench, null, 2));
} catch (error) {
  fail(error);
}
