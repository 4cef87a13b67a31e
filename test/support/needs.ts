import { findServer, findTool, SERVER_KINDS } from "../../rig/find.ts";
import { NEEDS_SHARED, sharedData } from "./shared-data.ts";

/** A server, tool or set of data that some suites need. */
export interface Need {
  /** What the names of its suites say. */
  mark: string;
  found: () => boolean;
  /** Whether it may be missing where CI=true. */
  optional?: boolean;
}

/** Programs that check files; `rig/install.sh` brings them in. */
export const TOOLS = ["docker-compose", "hadolint", "dclint", "promtool"] as const;
export type Tool = (typeof TOOLS)[number];

/** What the name of a suite says that needs this server or tool. */
export const needs = (name: string): string => `needs ${name}`;

/** Each with the mark that its suites carry in their name. */
export const NEEDS: readonly Need[] = [
  { mark: NEEDS_SHARED, found: () => sharedData() !== null, optional: true },
  ...SERVER_KINDS.map((kind) => ({ mark: needs(kind), found: () => findServer(kind) !== null })),
  ...TOOLS.map((tool) => ({ mark: needs(tool), found: () => findTool(tool) !== null })),
];

export const missing = (needs: readonly Need[]): Need[] => needs.filter(({ found }) => !found());

/** What of Jest's report counts here. */
export interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  numRuntimeErrorTestSuites: number;
  testResults: { name: string; assertionResults: { status: string; fullName: string }[] }[];
}

interface Circumstances {
  ci: boolean;
  missing: readonly Need[];
  /** Tests were chosen by name: what is left out is left out on purpose. */
  chosen: boolean;
}

export interface Summary {
  passed: number;
  failed: number;
  skipped: number;
  /** What was left out, and what is wrong with that. */
  lines: string[];
  wrong: boolean;
}

/** What the run comes to. No test at all is wrong, and in CI every skipped one whose need is not optional. */
export function summarize(report: JestReport | undefined, { ci, missing, chosen }: Circumstances): Summary {
  if (!report) return { passed: 0, failed: 1, skipped: 0, lines: ["Jest did not come to its end"], wrong: true };
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const left = tests.filter(({ status }) => status !== "passed" && status !== "failed");
  const lines: string[] = [];
  let wrong = false;
  const rest = left.filter(({ fullName }) => !missing.some(({ mark }) => fullName.includes(mark))).length;
  for (const { mark, optional } of missing) {
    const count = left.filter(({ fullName }) => fullName.includes(mark)).length;
    const refused = ci && !optional;
    wrong ||= refused;
    if (count || refused)
      lines.push(`${mark}, which is not here: ${count} skipped${refused ? ", a failure in CI" : ""}`);
  }
  if (rest > 0 && !chosen) {
    lines.push(`Skipped without a missing need: ${rest}${ci ? ", a failure in CI" : ""}`);
    wrong ||= ci;
  }
  const passed = report.numPassedTests;
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  if (passed + failed === 0) lines.push("No test ran");
  return { passed, failed, skipped: left.length, lines, wrong: wrong || failed > 0 || passed === 0 };
}
