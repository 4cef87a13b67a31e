import { FAULT_KINDS, QUIET, schedule, type Targets } from "../../chaos/schedule.ts";

const targets: Targets = {
  groups: [
    { name: "api", nodes: ["api-1", "api-2"] },
    { name: "orders", nodes: ["orders-1", "orders-2"] },
    { name: "payments", nodes: ["payments-1", "payments-2"] },
  ],
  servers: ["nats", "redis", "postgres", "mongo"],
};
const SEEDS = Array.from({ length: 50 }, (_, seed) => seed);

test("the same seed breaks the same things at the same times, another seed others", () => {
  expect(schedule(7, 300, targets)).toEqual(schedule(7, 300, targets));
  expect(schedule(7, 300, targets)).not.toEqual(schedule(8, 300, targets));
});

test("a longer run begins as the shorter one of its seed", () => {
  const short = schedule(7, 60, targets);
  expect(schedule(7, 300, targets).slice(0, short.length)).toEqual(short);
});

test("the first seconds are quiet, and nothing begins after the end", () => {
  for (const seed of SEEDS) {
    const faults = schedule(seed, 60, targets);
    expect(faults.length).toBeGreaterThan(1);
    expect(Math.min(...faults.map(({ at }) => at))).toBeGreaterThanOrEqual(QUIET);
    expect(Math.max(...faults.map(({ at }) => at))).toBeLessThan(63_000);
  }
});

test("never more than two things are broken at once, never all of one kind, and nothing beside a rolling restart", () => {
  for (const seed of SEEDS) {
    const faults = schedule(seed, 300, targets);
    for (const fault of faults) {
      const others = faults.filter(
        (other) => other !== fault && other.at < fault.at + fault.length && fault.at < other.at + other.length,
      );
      expect(others.length).toBeLessThanOrEqual(1);
      if (fault.kind === "rolling restart") expect(others).toEqual([]);
      for (const other of others) {
        expect(other.target).not.toBe(fault.target);
        expect(other.target.split("-")[0]).not.toBe(fault.target.split("-")[0]);
      }
    }
  }
});

test("there are seconds to recover in before the next thing breaks", () => {
  for (const seed of SEEDS) {
    const faults = schedule(seed, 300, targets);
    for (const [index, fault] of faults.entries()) {
      const ends = faults.slice(0, index).map(({ at, length }) => at + length);
      const end = Math.max(0, ...ends);
      expect(fault.at < end || fault.at >= end + 5_000 || index === 0).toBe(true);
    }
  }
});

test("a long run breaks everything in every way, and restarts every group of nodes", () => {
  const faults = schedule(3, 900, targets);
  expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS));
  const rolling = faults.filter(({ kind }) => kind === "rolling restart").map(({ target }) => target);
  expect(new Set(rolling)).toEqual(new Set(["api", "orders", "payments"]));
  for (const server of targets.servers) expect(faults.some(({ target }) => target === server)).toBe(true);
});

test("the double of MongoDB is never killed, the other servers are", () => {
  const killed = SEEDS.flatMap((seed) => schedule(seed, 300, targets)).filter(({ kind }) => kind === "server killed");
  expect(new Set(killed.map(({ target }) => target))).toEqual(new Set(["nats", "redis", "postgres"]));
});

test("some pauses are longer than an order's lease, others shorter than a heartbeat's patience", () => {
  const faults = SEEDS.flatMap((seed) => schedule(seed, 300, targets));
  const long = faults.filter(({ kind }) => kind === "node paused for long");
  expect(Math.min(...long.map(({ length }) => length))).toBeGreaterThan(15_000);
  expect(faults.some(({ kind, length }) => kind === "node paused" && length < 6_000)).toBe(true);
});
