import { resolve } from "node:path";
import { bothShapes } from "../support/both-shapes.ts";
import { type JestReport, missing, type Need, summarize } from "../support/needs.ts";

const shared: Need = { mark: "needs ../shared", found: () => false, optional: true };
const server: Need = { mark: "needs nats-server", found: () => false };

function report(statuses: Record<string, string>, broken = 0): JestReport {
  const assertionResults = Object.entries(statuses).map(([fullName, status]) => ({ fullName, status }));
  const count = (wanted: string) => assertionResults.filter(({ status }) => status === wanted).length;
  return {
    numPassedTests: count("passed"),
    numFailedTests: count("failed"),
    numRuntimeErrorTestSuites: broken,
    testResults: [{ name: "a.test.ts", assertionResults }],
  };
}
const here = { ci: false, missing: [], chosen: false };
const inCi = { ...here, ci: true };

test("a run where all passed is right, and counted", () => {
  const summary = summarize(report({ a: "passed", b: "passed" }), inCi);
  expect(summary).toEqual({ passed: 2, failed: 0, skipped: 0, lines: [], wrong: false });
});

test("a failed test is wrong, and so is a file that could not be run, a run without tests or without an end", () => {
  expect(summarize(report({ a: "passed", b: "failed" }), here)).toMatchObject({ failed: 1, wrong: true });
  expect(summarize(report({ a: "passed" }, 1), here)).toMatchObject({ failed: 1, wrong: true });
  expect(summarize(report({}), here)).toMatchObject({ passed: 0, lines: ["No test ran"], wrong: true });
  expect(summarize(undefined, here)).toMatchObject({ failed: 1, wrong: true });
});

test("a skipped test is told, and wrong in CI", () => {
  for (const status of ["pending", "todo", "disabled"]) {
    const skipping = report({ a: "passed", b: status });
    expect(summarize(skipping, here)).toMatchObject({
      skipped: 1,
      lines: [expect.stringContaining("1")],
      wrong: false,
    });
    expect(summarize(skipping, inCi)).toMatchObject({ skipped: 1, wrong: true });
    expect(summarize(skipping, { ...inCi, chosen: true })).toMatchObject({ wrong: false });
  }
});

test("what needs data that lies beside the repository is counted apart, and may be missing in CI", () => {
  const skipping = report({ a: "passed", "import (needs ../shared) reads all": "pending" });
  expect(summarize(skipping, { ...inCi, missing: [shared] })).toEqual({
    passed: 1,
    failed: 0,
    skipped: 1,
    lines: ["needs ../shared, which is not here: 1 skipped"],
    wrong: false,
  });
  // It is there, and yet it was skipped.
  expect(summarize(skipping, inCi)).toMatchObject({ wrong: true });
});

test("a server that is missing is told, and wrong in CI", () => {
  const skipping = report({ a: "passed", "relay (needs nats-server) reconnects": "pending" });
  expect(summarize(skipping, { ...here, missing: [server] })).toMatchObject({
    wrong: false,
    lines: [expect.any(String)],
  });
  expect(summarize(skipping, { ...inCi, missing: [server] })).toMatchObject({ wrong: true });
  expect(missing([server, { mark: "", found: () => true }])).toEqual([server]);
});

test("every suite that makes a shop runs in both shapes", () => {
  const suites = bothShapes(resolve(import.meta.dirname, "../.."));
  expect(suites).toEqual(expect.arrayContaining(["test/http/gateway.test.ts", "test/services/orders.test.ts"]));
  expect(suites).not.toContain("test/services/store-embedded.test.ts");
});
