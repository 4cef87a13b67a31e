import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { missingServers } from "../rig/find.ts";
import { bothShapes } from "../test/support/both-shapes.ts";
import { type JestReport, missing, NEEDS, type Summary, summarize } from "../test/support/needs.ts";

/**
 * `npm test`: Jest over everything whose servers, tools and data are there; options and paths are passed through. The
 * suites that make shops run twice, embedded and in the shape of a cluster; with options or paths only embedded, unless
 * `--shape=cluster` or `--shape=both` says otherwise. Says what was left out and why, and ends with
 * `N passed, N failed, N skipped`.
 */
const root = resolve(import.meta.dirname, "..");
const all = process.argv.slice(2);
const options = all.filter((option) => !option.startsWith("--shape="));
const shape = all.find((option) => option.startsWith("--shape="))?.slice("--shape=".length);
const shapes = shape === undefined && options.length === 0 ? "both" : (shape ?? "embedded");
const ci = process.env.CI === "true";

let jest: ChildProcess | undefined;
let stopped = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stopped = true;
    jest?.kill(signal);
  });
}

if (!["embedded", "cluster", "both"].includes(shapes)) {
  console.error("--shape: embedded, cluster or both");
  process.exit(1);
}
const summaries: Summary[] = [];
if (shapes !== "cluster") summaries.push(await run(options, "embedded"));
if (shapes !== "embedded" && !stopped) summaries.push(await cluster());

for (const line of summaries.flatMap(({ lines }) => lines)) console.log(line);
const sum = (of: (one: Summary) => number) => summaries.reduce((total, one) => total + of(one), 0);
console.log(
  `${sum((one) => one.passed)} passed, ${sum((one) => one.failed)} failed, ${sum((one) => one.skipped)} skipped`,
);
process.exitCode = summaries.some(({ wrong }) => wrong) ? 1 : 0;

/** The run in the shape of a cluster, where its servers are. */
async function cluster(): Promise<Summary> {
  const away = missingServers(["nats", "redis", "postgres", "mongo"]);
  if (away.length) {
    const lines = [...away, `Nothing ran in the shape of a cluster${ci ? ", a failure in CI" : ""}`];
    return { passed: 0, failed: 0, skipped: 0, lines, wrong: ci || shapes === "cluster" };
  }
  console.error("\nThe same in the shape of a cluster");
  const paths = options.some((option) => !option.startsWith("-")) ? [] : bothShapes(root);
  return await run([...options, ...paths], "cluster");
}

async function run(args: readonly string[], SHAPE: string): Promise<Summary> {
  const folder = mkdtempSync(join(tmpdir(), "molecart-test-"));
  const report = join(folder, "report.json");
  const started = spawn(
    process.execPath,
    [
      join(root, "node_modules/jest/bin/jest.js"),
      "--maxWorkers=2",
      "--workerIdleMemoryLimit=600MB",
      "--json",
      `--outputFile=${report}`,
      ...args,
    ],
    { cwd: root, env: { ...process.env, SHAPE }, stdio: ["ignore", "ignore", "inherit"] },
  );
  jest = started;
  const code = await new Promise<number>((done) => started.on("exit", (status) => done(status ?? 1)));
  let results: JestReport | undefined;
  try {
    results = JSON.parse(readFileSync(report, "utf8")) as JestReport;
  } catch {
    // Jest did not come to its end; it has said why.
  }
  rmSync(folder, { recursive: true, force: true });
  const summary = summarize(results, {
    ci,
    missing: missing(NEEDS),
    // Who asks for some tests only leaves the others out on purpose.
    chosen: options.some((option) => /^(-t|--testNamePattern)/.test(option)),
  });
  return { ...summary, wrong: summary.wrong || code !== 0 };
}
