import { randomInt } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, passes } from "../chaos/report.ts";
import { chaos, LAYOUT } from "../chaos/run.ts";
import { readArguments } from "./arguments.ts";
import { fail, PlainError } from "./failures.ts";

const USAGE = "npm run chaos -- [--seconds 60] [--buyers 50] [--seed N] [--layout api=2,…] [--json FILE] [--keep]";
const { values } = readArguments(USAGE, 0, {
  seconds: { type: "string", default: "60" },
  buyers: { type: "string", default: "50" },
  seed: { type: "string" },
  layout: { type: "string", default: LAYOUT },
  json: { type: "string" },
  keep: { type: "boolean", default: false },
});

const folder = mkdtempSync(join(tmpdir(), "molecart-chaos-"));
// PostgreSQL runs as somebody else where we are root.
chmodSync(folder, 0o711);
try {
  const asked = { seconds: number("seconds", 10, 3_600), buyers: number("buyers", 1, 1_000) };
  const seed = values.seed === undefined ? randomInt(1, 1_000_000) : number("seed", 0, 2 ** 32 - 1);
  const outcome = await chaos({ ...asked, seed, layout: values.layout, folder, tell: console.log });
  console.log(`\n${describe(outcome)}`);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(outcome, null, 2)}\n`);
  const good = passes(outcome);
  if (good && !values.keep) rmSync(folder, { recursive: true, force: true });
  else console.log(`\nThe nodes' logs and the data are in ${folder}`);
  console.log(good ? `\nSeed ${seed}: every promise was kept.` : `\nSeed ${seed}: promises were broken.`);
  process.exit(good ? 0 : 1);
} catch (error) {
  console.error(`The nodes' logs are in ${folder}`);
  fail(error);
}

function number(name: "seconds" | "buyers" | "seed", least: number, most: number): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new PlainError(`--${name}: a whole number from ${least} to ${most}`);
}
