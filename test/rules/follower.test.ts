import type { Doc } from "../../mixins/store/collection.ts";
import { Follower } from "../../services/products/search/follower.ts";
import { eventually } from "../support/eventually.ts";

const START = Date.parse("2026-01-01T00:00:00.000Z");
const time = (ms: number) => new Date(START + ms).toISOString();

/** A collection of others, its clock, and what a follower of it has in memory. */
function setting() {
  const stored = new Map<string, Doc>();
  const memory = new Map<string, number>();
  let reads = 0;
  let now = START;
  const put = (id: string, rev: number, at: number): Doc => {
    const doc = { id, rev, v: 1, createdAt: time(0), updatedAt: time(at) };
    stored.set(id, doc);
    return doc;
  };
  const follower = new Follower<Doc>({
    documents: {
      async since({ at, id }, limit) {
        const after = [...stored.values()].filter((doc) => doc.updatedAt > at || (doc.updatedAt === at && doc.id > id));
        after.sort((a, b) => (a.updatedAt + a.id < b.updatedAt + b.id ? -1 : 1));
        reads += Math.min(limit, after.length);
        return after.slice(0, limit);
      },
    },
    take: ({ id, rev }) => memory.set(id, rev),
    failed(error) {
      throw error;
    },
    now: () => now,
  });
  return {
    ...{ follower, memory, put },
    reads: () => reads,
    at(ms: number) {
      now = START + ms;
    },
  };
}

test("the first look takes everything, in as many batches as it needs", async () => {
  const { follower, memory, put } = setting();
  for (let id = 0; id < 1_234; id++) put(`p${id}`, 1, id % 3);
  await follower.catchUp();
  expect(memory.size).toBe(1_234);
});

test("a look finds what others changed since, even where it became visible late", async () => {
  const { follower, memory, put, at } = setting();
  at(10_000);
  await follower.catchUp();
  put("late", 1, 8_500);
  at(10_500);
  await follower.catchUp();
  expect(memory.get("late")).toBe(1);
});

test("this node's own newer version is not replaced by the older one that a look has read", async () => {
  const { follower, memory, put, at } = setting();
  at(1_000);
  const older = put("p", 5, 900);
  await follower.taken([{ ...older, rev: 6, updatedAt: time(950) }]);
  await follower.catchUp();
  expect(memory.get("p")).toBe(6);
});

test("when nothing changes any more, looks read nothing again", async () => {
  const { follower, put, at, reads } = setting();
  for (let id = 0; id < 800; id++) put(`p${id}`, 1, 0);
  at(1_000);
  await follower.catchUp();
  at(5_000);
  await follower.catchUp();
  const before = reads();
  at(5_500);
  await follower.catchUp();
  expect(reads()).toBe(before);
});

test("a hint has the next look come soon, and many hints are one", async () => {
  const { follower, memory, put, at } = setting();
  await follower.catchUp();
  follower.watch(3_600_000);
  put("p1", 1, 100);
  at(200);
  for (let hint = 0; hint < 10; hint++) follower.wake();
  await eventually(() => memory.get("p1") === 1);
  await follower.stop();
});
