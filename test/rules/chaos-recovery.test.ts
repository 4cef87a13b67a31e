import { type Happened, type Probe, recoveries, threshold } from "../../chaos/recovery.ts";

const QUIET = { from: 2_000, until: 8_000 };
const END = 60_000;

/** A look of each kind every half second; `slow` says when a checkout takes two seconds. */
const looks = (slow: (at: number) => boolean, ok: (at: number) => boolean = () => true): Probe[] =>
  Array.from({ length: END / 500 }, (_, n) => n * 500).flatMap((at): Probe[] => [
    { kind: "checkout", at, ms: slow(at) ? 2_000 : 50, ok: ok(at) },
    { kind: "read", at, ms: 5, ok: true },
  ]);
const fault = (number: number, start: number, end: number, fromStart = false): Happened => ({
  number,
  start,
  end,
  fromStart,
});
const between = (from: number, to: number) => (at: number) => at >= from && at < to;

test("a shop that was never slow has recovered at once", () => {
  expect(
    recoveries(
      looks(() => false),
      [fault(1, 10_000, 12_000)],
      QUIET,
    ),
  ).toEqual([{ number: 1, ms: 0 }]);
});

test("the time counts from the fault's end until checkouts are quick again", () => {
  const probes = looks(between(10_000, 15_000));
  expect(recoveries(probes, [fault(1, 10_000, 12_000)], QUIET)).toEqual([{ number: 1, ms: 3_000 }]);
});

test("what was killed must be missed by nobody: the time counts from the kill", () => {
  const probes = looks(between(10_000, 15_000));
  expect(recoveries(probes, [fault(1, 10_000, 14_000, true)], QUIET)).toEqual([{ number: 1, ms: 5_000 }]);
});

test("two quick checkouts among slow ones are no recovery", () => {
  const probes = looks((at) => between(10_000, 16_000)(at) && !between(13_000, 14_000)(at));
  expect(recoveries(probes, [fault(1, 10_000, 12_000)], QUIET)).toEqual([{ number: 1, ms: 4_000 }]);
});

test("a checkout that fails quickly is not a good one", () => {
  const probes = looks(
    () => false,
    (at) => !between(10_000, 14_000)(at),
  );
  expect(recoveries(probes, [fault(1, 10_000, 12_000)], QUIET)).toEqual([{ number: 1, ms: 2_000 }]);
});

test("reads count as much as checkouts", () => {
  const probes = looks(() => false).map((probe) =>
    probe.kind === "read" && between(12_000, 20_000)(probe.at) ? { ...probe, ms: 1_000 } : probe,
  );
  expect(recoveries(probes, [fault(1, 10_000, 12_000)], QUIET)).toEqual([{ number: 1, ms: 8_000 }]);
});

test("a shop that stays slow never recovers", () => {
  const probes = looks((at) => at >= 10_000);
  expect(recoveries(probes, [fault(1, 10_000, 12_000)], QUIET)).toEqual([{ number: 1, ms: Number.POSITIVE_INFINITY }]);
});

test("a fault that the next one overtakes leaves the counting to that one", () => {
  const probes = looks(between(10_000, 25_000));
  const faults = [fault(1, 10_000, 12_000), fault(2, 18_000, 20_000)];
  expect(recoveries(probes, faults, QUIET)).toEqual([
    { number: 1, ms: null },
    { number: 2, ms: 5_000 },
  ]);
});

test("of two faults that begin and end together one counts", () => {
  const probes = looks(between(10_000, 14_000));
  const faults = [fault(1, 10_000, 12_000), fault(2, 10_000, 12_000)];
  expect(recoveries(probes, faults, QUIET)).toEqual([
    { number: 1, ms: null },
    { number: 2, ms: 2_000 },
  ]);
});

test("slow is what takes thrice as long as nearly all of the quiet looks, and never less than three quarters of a second", () => {
  const probes = looks(() => false);
  expect(threshold(probes, "checkout", QUIET)).toBe(750);
  const slower = probes.map((probe) => ({ ...probe, ms: 400 }));
  expect(threshold(slower, "checkout", QUIET)).toBe(1_200);
  const coldAtFirst = probes.map((probe) => (probe.at < QUIET.from ? { ...probe, ms: 9_000 } : probe));
  expect(threshold(coldAtFirst, "checkout", QUIET)).toBe(750);
  expect(threshold([], "checkout", QUIET)).toBe(750);
});
