import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type JestReport, missing, NEEDS, summarize } from "../test/support/needs.ts";

/**
 * `npm test`: Jest over everything whose servers, tools and data are there; options and paths are passed through. Says
 * what was left out and why, and ends with `N passed, N failed, N skipped`.
 */
const root = resolve(import.meta.dirname, "..");
const options = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "molecart-test-"));
const report = join(folder, "report.json");

const jest = spawn(
  process.execPath,
  [
    join(root, "node_modules/jest/bin/jest.js"),
    "--maxWorkers=2",
    "--workerIdleMemoryLimit=600MB",
    "--json",
    `--outputFile=${report}`,
    ...options,
  ],
  { cwd: root, stdio: ["ignore", "ignore", "inherit"] },
);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => jest.kill(signal));
const code = await new Promise<number>((done) => jest.on("exit", (status) => done(status ?? 1)));

let results: JestReport | undefined;
try {
  results = JSON.parse(readFileSync(report, "utf8")) as JestReport;
} catch {
  // Jest did not come to its end; it has said why.
}
rmSync(folder, { recursive: true, force: true });

const { passed, failed, skipped, lines, wrong } = summarize(results, {
  ci: process.env.CI === "true",
  missing: missing(NEEDS),
  // Who asks for some tests only leaves the others out on purpose.
  chosen: options.some((option) => /^(-t|--testNamePattern)/.test(option)),
});
for (const line of lines) console.log(line);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = code !== 0 ? code : wrong ? 1 : 0;
