import { setTimeout } from "node:timers/promises";
import { measured, median, quantile } from "../../bench/support/figures.ts";
import { inLanes } from "../../bench/support/lanes.ts";
import { table } from "../../bench/support/table.ts";

test("a quantile is one of the values, and the median of an even number lies between two", () => {
  const values = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect([0.5, 0.99, 1, 0].map((part) => quantile(values, part))).toEqual([50, 99, 100, 1]);
  expect(quantile([7], 0.99)).toBe(7);
  expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5]);
  expect(measured([5, 1, 9])).toEqual({ median: 5, least: 1, most: 9 });
});

test("lanes run beside each other up to the width, and each lane in its order", async () => {
  const items = Array.from({ length: 60 }, (_, at) => ({ lane: at % 7, at }));
  const running = new Set<number>();
  const done = new Map<number, number[]>();
  let most = 0;
  await inLanes(items, { width: 4, laneOf: ({ lane }) => lane }, async ({ lane, at }) => {
    expect(running.has(lane)).toBe(false);
    running.add(lane);
    most = Math.max(most, running.size);
    await setTimeout(at % 3);
    running.delete(lane);
    done.set(lane, [...(done.get(lane) ?? []), at]);
  });
  expect(most).toBe(4);
  expect([...done.values()].flat()).toHaveLength(60);
  for (const order of done.values()) expect(order).toEqual(order.toSorted((a, b) => a - b));
});

test("after a failure nothing new begins, and what runs is waited for", async () => {
  const begun: number[] = [];
  let ended = 0;
  const run = inLanes([1, 2, 3, 4, 5, 6], { width: 2, laneOf: (item) => item }, async (item) => {
    begun.push(item);
    await setTimeout(item === 1 ? 1 : 10);
    ended++;
    if (item === 1) throw new Error("the first");
  });
  await expect(run).rejects.toThrow("the first");
  expect([begun, ended]).toEqual([[1, 2], 2]);
});

test("no work is done at once", async () => {
  await inLanes([], { width: 2, laneOf: () => 1 }, () => Promise.reject(new Error("never")));
});

test("a table's columns are as wide as what is in them, and a bar does not break it", () => {
  expect(table(["", "a"], [["x|y", 1]])).toBe("|      |   a |\n| ---- | --: |\n| x\\|y |   1 |");
});
