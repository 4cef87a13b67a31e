import { z } from "zod";
import { due } from "../../mixins/due/due.mixin.ts";
import type { Collection } from "../../mixins/store/collection.ts";
import { store } from "../../mixins/store/store.mixin.ts";
import { type Ctx, defineService } from "../../services/cluster.ts";
import { defineContract } from "../../services/contract.ts";
import { eventually } from "../support/eventually.ts";
import { type SmallNode, startNode } from "../support/small-cluster.ts";

const Chore = z.object({
  id: z.string(),
  rev: z.int(),
  v: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
  dueAt: z.string().nullable(),
  leased: z.boolean().optional(),
  fence: z.int().optional(),
  dueFailures: z.int().optional(),
  done: z.array(z.string()).default([]),
});
type Chore = z.output<typeof Chore>;
type Work = (
  chore: Chore & { fence: number },
  ctx: Ctx,
  chores: Collection<Chore>,
) => Promise<string | null | undefined>;
interface Options {
  lease?: number;
  atOnce?: number;
  every?: number;
  pause?: (failures: number) => number;
}

const note =
  (seen: string[]): Work =>
  async ({ id }) => {
    seen.push(id);
    return null;
  };

const NOW = "2020-01-01T00:00:00.000Z";
let node: SmallNode;
let chores: Collection<Chore>;
afterEach(() => node.stop());

/** Services of these names, each a worker as on a node of its own, over the same documents. */
async function workers(work: Work, options: Options = {}, names = ["maids"]) {
  node = await startNode(
    names.map((name) =>
      defineService(defineContract({ name, actions: {} }), {
        mixins: [
          store({ name: "chores", version: 1, schema: Chore, indexes: [{ keys: ["dueAt"] }] }),
          due<Chore>({
            collection: "chores",
            lease: 60_000,
            every: 5,
            ...options,
            work(chore, ctx) {
              return work(chore, ctx, this.chores);
            },
          }),
        ],
        actions: {},
      }),
    ),
  );
  const [first] = names as [string];
  const service = node.broker.getLocalService(first) as unknown as { chores: Collection<Chore>; wakeDue(): void };
  chores = service.chores;
  return service;
}

const add = (id: string, dueAt: string | null = NOW) => chores.insert({ id, dueAt, done: [] });
const rested = (id: string) => eventually(async () => !(await chores.get(id))?.leased && chores.get(id));

test("due work is done once, by one of the nodes, and then never again", async () => {
  const seen: string[] = [];
  await workers(note(seen), {}, ["alpha", "beta", "gamma"]);
  await Promise.all(Array.from({ length: 60 }, (_, index) => add(`${index}`)));
  await eventually(async () => (await chores.nextDue()) === null);
  expect(seen).toHaveLength(60);
  expect(new Set(seen).size).toBe(60);
  expect(await rested("0")).toMatchObject({ dueAt: null, leased: false, fence: 1 });
});

test("the handler says when the work is due again", async () => {
  const later = "2999-01-01T00:00:00.000Z";
  await workers(async () => later);
  await add("a");
  expect(
    await eventually(async () => ((await chores.get("a"))?.dueAt === later ? chores.get("a") : null)),
  ).toMatchObject({ leased: false, dueFailures: 0 });
});

test("a handler that gives nothing has written the end itself", async () => {
  await workers(async ({ id, fence }, _, all) => {
    await all.change(id, { fence }, { $set: { done: ["by hand"], dueAt: null, leased: false } });
    return undefined;
  });
  await add("a");
  const chore = await eventually(async () => ((await chores.get("a"))?.done.length ? chores.get("a") : null));
  expect(chore).toMatchObject({ dueAt: null, rev: 3 });
});

test("work that fails is tried again after growing pauses, until it succeeds", async () => {
  const pauses: number[] = [];
  let attempts = 0;
  const pause = (failures: number) => {
    pauses.push(failures);
    return 1;
  };
  await workers(
    async () => {
      if (++attempts < 4) throw new Error("not yet");
      return null;
    },
    { pause },
  );
  await add("a");
  await eventually(async () => (await chores.nextDue()) === null);
  expect(attempts).toBe(4);
  expect(pauses).toEqual([1, 2, 3]);
  expect(await rested("a")).toMatchObject({ dueFailures: 0 });
});

test("trap 10: when a lease has run out another goes on, and whoever held it changes nothing any more", async () => {
  const hang = Promise.withResolvers<void>();
  const writes: unknown[] = [];
  const late = Promise.withResolvers<void>();
  await workers(
    async ({ id, fence }, _, all) => {
      if (fence === 1) await hang.promise;
      writes.push(await all.change(id, { fence }, { $push: { done: `fence ${fence}` } }));
      if (fence === 1) late.resolve();
      return null;
    },
    { lease: 20 },
    ["alpha", "beta"],
  );
  await add("a");
  await eventually(async () => (await chores.get("a"))?.done.length);
  expect(await rested("a")).toMatchObject({ done: ["fence 2"], dueAt: null });
  hang.resolve();
  await late.promise;
  expect(writes.at(-1)).toBeNull();
  expect(await chores.get("a")).toMatchObject({ done: ["fence 2"], dueAt: null, fence: 2 });
});

test("who sets an earlier time during the work has it done again", async () => {
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  let times = 0;
  // No look in between: the wish must still stand when the first work has ended.
  const service = await workers(
    async () => {
      times++;
      begun.resolve();
      if (times === 1) await go.promise;
      return null;
    },
    { every: 60_000 },
  );
  await add("a");
  service.wakeDue();
  await begun.promise;
  await chores.change("a", {}, { $set: { dueAt: NOW } });
  go.resolve();
  await eventually(async () => {
    service.wakeDue();
    return (await chores.nextDue()) === null;
  });
  expect(times).toBe(2);
});

test("a handler that takes more time by itself still ends its work", async () => {
  await workers(async ({ id, fence }, _, all) => {
    await all.change(id, { fence }, { $set: { dueAt: "2998-01-01T00:00:00.000Z" } });
    return null;
  });
  await add("a");
  await eventually(async () => (await chores.get("a"))?.dueAt === null);
});

test("a full house goes on with the rest as soon as there is room, without waiting for the next look", async () => {
  let most = 0;
  let now = 0;
  const seen: string[] = [];
  const service = await workers(
    async ({ id }) => {
      most = Math.max(most, ++now);
      await new Promise((resume) => setImmediate(resume));
      now--;
      seen.push(id);
      return null;
    },
    { atOnce: 4, every: 60_000 },
  );
  await Promise.all(Array.from({ length: 30 }, (_, index) => add(`${index}`)));
  service.wakeDue();
  await eventually(() => seen.length === 30);
  expect(most).toBe(4);
});

test("waking finds at once what has just been made", async () => {
  const seen: string[] = [];
  const service = await workers(note(seen), { every: 60_000 });
  await add("a");
  service.wakeDue();
  const second = add("b").then(() => service.wakeDue());
  await eventually(() => seen.length === 2);
  await second;
});

test("calls made by due work say which service makes them", async () => {
  let caller: unknown;
  await workers(async (_, ctx) => {
    await (ctx as unknown as { call(action: string): Promise<unknown> }).call("witness.see");
    return null;
  });
  const see = (ctx: { caller: unknown }) => {
    caller = ctx.caller;
  };
  node.broker.createService({ name: "witness", actions: { see } } as never);
  await add("a");
  await eventually(() => caller);
  expect(caller).toBe("maids");
});

test("stopping waits for work under way while the other services still answer, and begins no more", async () => {
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const seen: unknown[] = [];
  await workers(
    async ({ id }, ctx) => {
      begun.resolve();
      await go.promise;
      seen.push(id, await (ctx as unknown as { call(action: string): Promise<unknown> }).call("witness.see"));
      return null;
    },
    { atOnce: 1 },
  );
  node.broker.createService({ name: "witness", actions: { see: () => "seen" } });
  await add("a");
  await begun.promise;
  await add("b");
  const stopped = node.stop();
  await eventually(() => (node.broker as unknown as { stopping: boolean }).stopping);
  go.resolve();
  await stopped;
  expect(seen).toEqual(["a", "seen"]);
});
