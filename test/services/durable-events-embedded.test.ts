import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { pauseBefore } from "../../mixins/durable-events/backoff.ts";
import { EmbeddedQueue, type QueueOptions } from "../../mixins/durable-events/embedded-queue.ts";
import type { Consume, DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import { SqliteFile } from "../../mixins/embedded/sqlite-file.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryFolder } from "../support/services.ts";

let folder: string;
const open: { file: SqliteFile; queue: EmbeddedQueue }[] = [];
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await closeAll();
  rmSync(folder, { recursive: true, force: true });
});

const closeAll = async () => {
  for (const { file, queue } of open.splice(0)) {
    await queue.stop();
    await file.close();
  }
};

/** A queue on the test's folder with these groups; not started yet. */
function queueWith(groups: Record<string, Record<string, Consume>>, options: QueueOptions = {}) {
  const file = new SqliteFile(join(folder, "shop.db"));
  const queue = new EmbeddedQueue(file, () => undefined, { pause: () => 1, ...options });
  for (const [group, handlers] of Object.entries(groups)) queue.subscribe(group, new Map(Object.entries(handlers)));
  open.push({ file, queue });
  return { file, queue };
}

const placed = (id: string): DurableEvent => ({ id, name: "order.placed", payload: { number: id } });
const fail = () => {
  throw new Error("no mail today");
};
const idle = (queue: EmbeddedQueue) => eventually(async () => (await queue.backlog()).waiting === 0);

test("each group gets each event that it wants, with its id and payload, and no other", async () => {
  const seen: string[] = [];
  const { queue } = queueWith({
    mails: { "order.placed": ({ id, payload }) => void seen.push(`mails ${id} ${JSON.stringify(payload)}`) },
    search: { "order.placed": ({ id }) => void seen.push(`search ${id}`), "stock.changed": fail },
  });
  await queue.start();
  await queue.publish([placed("1"), { id: "2", name: "cart.opened", payload: {} }]);
  await idle(queue);
  expect(seen.sort()).toEqual(['mails 1 {"number":"1"}', "search 1"]);
});

test("an event that is stored twice under one id is told once", async () => {
  const seen: string[] = [];
  const { queue } = queueWith({ mails: { "order.placed": ({ id }) => void seen.push(id) } });
  await queue.start();
  await queue.publish([placed("1"), placed("1")]);
  await queue.publish([placed("1"), placed("2")]);
  await idle(queue);
  expect(seen).toEqual(["1", "2"]);
});

test("trap 26: a handler that throws has not had the event, and is asked again until it succeeds", async () => {
  let attempts = 0;
  const pauses: number[] = [];
  const handle = () => (++attempts < 4 ? fail() : undefined);
  const { queue } = queueWith(
    { mails: { "order.placed": handle } },
    {
      pause(after) {
        pauses.push(after);
        return 1;
      },
    },
  );
  await queue.start();
  await queue.publish([placed("1")]);
  await idle(queue);
  expect(attempts).toBe(4);
  expect(pauses).toEqual([1, 2, 3]);
  expect(await queue.deadLetters(9)).toEqual([]);
});

test("pauses between attempts double up to a minute", () => {
  expect([1, 2, 3, 8, 9, 10, 60].map(pauseBefore)).toEqual([200, 400, 800, 25_600, 51_200, 60_000, 60_000]);
});

test("one group's failure is not another's", async () => {
  const seen: string[] = [];
  const { queue } = queueWith(
    { mails: { "order.placed": fail }, search: { "order.placed": ({ id }) => void seen.push(id) } },
    { attempts: 2 },
  );
  await queue.start();
  await queue.publish([placed("1")]);
  await idle(queue);
  expect(seen).toEqual(["1"]);
  expect(await queue.deadLetters(9)).toMatchObject([{ group: "mails" }]);
});

test("after the last attempt an event is a dead letter, with what went wrong, and can be sent again", async () => {
  let broken = true;
  let attempts = 0;
  const handle = () => {
    attempts++;
    if (broken) fail();
  };
  const { queue } = queueWith({ mails: { "order.placed": handle } }, { attempts: 3 });
  await queue.start();
  await queue.publish([placed("1")]);
  const [letter] = await eventually(async () => {
    const letters = await queue.deadLetters(9);
    return letters.length && letters;
  });
  expect(letter).toMatchObject({ group: "mails", event: placed("1"), attempts: 3, error: "no mail today" });
  expect(await queue.backlog()).toMatchObject({ waiting: 0, dead: 1 });

  broken = false;
  expect(await queue.redrive(letter?.id as string)).toBe(true);
  await idle(queue);
  expect(attempts).toBe(4);
  expect(await queue.backlog()).toMatchObject({ dead: 0 });
  expect(await queue.redrive(letter?.id as string)).toBe(false);
});

test("a dead letter can be dropped", async () => {
  const { queue } = queueWith({ mails: { "order.placed": fail } }, { attempts: 1 });
  await queue.start();
  await queue.publish([placed("1")]);
  const letters = await eventually(async () => {
    const found = await queue.deadLetters(9);
    return found.length && found;
  });
  expect(await queue.discard(letters[0]?.id as string)).toBe(true);
  expect(await queue.discard(letters[0]?.id as string)).toBe(false);
  expect(await queue.backlog()).toEqual({ waiting: 0, oldest: 0, dead: 0 });
});

test("trap 8: nothing is consumed before everything has started, and nothing of before is lost", async () => {
  const seen: string[] = [];
  const { file, queue } = queueWith({ mails: { "order.placed": ({ id }) => void seen.push(id) } });
  await queue.publish([placed("1")]);
  await file.write(() => queue.enqueue([placed("2")]));
  queue.wake();
  await new Promise((resume) => setImmediate(() => setImmediate(resume)));
  expect(seen).toEqual([]);
  await queue.start();
  await idle(queue);
  expect(seen.sort()).toEqual(["1", "2"]);
});

test("trap 21: an event stored with its change is delivered although the process died before", async () => {
  const writer = spawn(process.execPath, [resolve(import.meta.dirname, "../support/event-writer.ts"), folder]);
  await once(writer.stdout, "data");
  writer.kill("SIGKILL");
  await once(writer, "exit");

  const seen: DurableEvent[] = [];
  const { queue } = queueWith({ mails: { "order.placed": (event) => void seen.push(event) } });
  await queue.start();
  await idle(queue);
  expect(seen).toEqual([{ id: "1", name: "order.placed", payload: { number: "7K3F-92QD" } }]);
});

test("a group that joins later gets what came before, once", async () => {
  const first = queueWith({ mails: { "order.placed": () => undefined } });
  await first.queue.start();
  await first.queue.publish([placed("1"), placed("2")]);
  await idle(first.queue);
  await closeAll();

  const seen: string[] = [];
  for (let start = 0; start < 2; start++) {
    const { queue } = queueWith({
      mails: { "order.placed": () => void seen.push("mails again") },
      search: { "order.placed": ({ id }) => void seen.push(id) },
    });
    await queue.start();
    await idle(queue);
    await closeAll();
  }
  expect(seen).toEqual(["1", "2"]);
});

test("a group that is away for a while gets what came in the meantime", async () => {
  const both = queueWith({ mails: { "order.placed": () => undefined }, search: { "order.placed": () => undefined } });
  await both.queue.start();
  await closeAll();
  const without = queueWith({ search: { "order.placed": () => undefined } });
  await without.queue.start();
  await without.queue.publish([placed("1")]);
  await closeAll();
  const seen: string[] = [];
  const back = queueWith({ mails: { "order.placed": ({ id }) => void seen.push(id) } });
  await back.queue.start();
  await eventually(() => seen.length);
  expect(seen).toEqual(["1"]);
});

test("trap 9: what everybody has had is forgotten after a week, also what waits for groups long gone", async () => {
  const groups = { mails: { "order.placed": () => undefined }, gone: { "order.placed": fail } };
  const both = queueWith(groups, { pause: () => 60_000 });
  await both.queue.start();
  await both.queue.publish([placed("1"), placed("2")]);
  await eventually(() => both.file.db.prepare("select count(*) as n from deliveries").get()?.n === 2);
  await closeAll();
  const aged = new SqliteFile(join(folder, "shop.db"));
  aged.db.exec(`update events set at = at - ${8 * 24 * 3600_000} where id = '1'`);
  await aged.close();
  const { file, queue } = queueWith({ mails: { "order.placed": () => undefined } });
  await queue.start();
  expect(file.db.prepare("select id from events").all()).toMatchObject([{ id: "2" }]);
  expect(await queue.backlog()).toMatchObject({ waiting: 1 });
});

test("events are handled at the same time, but no more than the house holds", async () => {
  let now = 0;
  let most = 0;
  let done = 0;
  const handle = async () => {
    most = Math.max(most, ++now);
    await new Promise((resume) => setTimeout(resume, 2));
    now--;
    done++;
  };
  const { queue } = queueWith({ mails: { "order.placed": handle } }, { atOnce: 5 });
  await queue.start();
  await queue.publish(Array.from({ length: 60 }, (_, index) => placed(`${index}`)));
  await idle(queue);
  expect(done).toBe(60);
  expect(most).toBe(5);
});

test("handlers that hang keep their places only: the others go on", async () => {
  const release: (() => void)[] = [];
  let done = 0;
  const handle = ({ id }: DurableEvent) =>
    Number(id) < 4 ? new Promise<void>((resume) => release.push(resume)) : void done++;
  const { queue } = queueWith({ mails: { "order.placed": handle } }, { atOnce: 5 });
  await queue.start();
  await queue.publish(Array.from({ length: 40 }, (_, index) => placed(`${index}`)));
  await eventually(() => done === 36);
  for (const resume of release) resume();
  await idle(queue);
});

test("stopping waits for the handlers that run and begins no others; the next start goes on", async () => {
  const finish = Promise.withResolvers<void>();
  const seen: string[] = [];
  const handle = async ({ id }: DurableEvent) => {
    if (id === "1") await finish.promise;
    seen.push(id);
  };
  const { queue } = queueWith({ mails: { "order.placed": handle } }, { atOnce: 1 });
  await queue.start();
  await queue.publish([placed("1"), placed("2")]);
  await new Promise((resume) => setImmediate(() => setImmediate(resume)));
  let stopped = false;
  const stop = queue.stop().then(() => {
    stopped = true;
  });
  await new Promise((resume) => setImmediate(resume));
  expect(stopped).toBe(false);
  finish.resolve();
  await stop;
  expect(seen).toEqual(["1"]);
  await closeAll();

  const next = queueWith({ mails: { "order.placed": handle } });
  await next.queue.start();
  await idle(next.queue);
  expect(seen).toEqual(["1", "2"]);
});

test("no event is told before it is on disk: one whose commit fails never happened", async () => {
  const seen: string[] = [];
  const { file, queue } = queueWith({ mails: { "order.placed": ({ id }) => void seen.push(id) } });
  await queue.start();
  file.db.exec("pragma foreign_keys = on; create table p (id integer primary key)");
  file.db.exec("create table c (id references p deferrable initially deferred)");
  const pinned = file.pin();
  const bad = file.write(() => queue.enqueue([placed("1")]));
  queue.wake();
  await new Promise((resume) => setImmediate(() => setImmediate(resume)));
  expect(seen).toEqual([]);
  file.db.exec("insert into c values (1)");
  const unpinned = file.unpin(pinned);
  await expect(bad).rejects.toMatchObject({ type: "STORAGE_UNAVAILABLE" });
  await expect(unpinned).rejects.toMatchObject({ type: "STORAGE_UNAVAILABLE" });
  await queue.publish([placed("2")]);
  await idle(queue);
  expect(seen).toEqual(["2"]);
});

test("while outcomes cannot be stored, handlers are not called without end", async () => {
  let handled = 0;
  const rests: number[] = [];
  const { file, queue } = queueWith(
    {
      mails: {
        "order.placed": () => {
          handled++;
          file.db.exec("pragma query_only = on");
        },
      },
    },
    {
      pause(after) {
        rests.push(after);
        return 50;
      },
    },
  );
  await queue.start();
  await queue.publish([placed("1")]);
  await eventually(() => rests.length > 0);
  const before = handled;
  for (let turn = 0; turn < 20; turn++) {
    queue.wake();
    await new Promise((resume) => setImmediate(resume));
  }
  expect(handled).toBe(before);
  file.db.exec("pragma query_only = off");
});

test("the backlog tells how many wait and for how long the oldest has been due", async () => {
  const { file, queue } = queueWith({ mails: { "order.placed": () => undefined } });
  await queue.publish([placed("1"), placed("2")]);
  file.db.exec("update events set at = at - 5000 where id = '1'");
  const { waiting, oldest } = await queue.backlog();
  expect(waiting).toBe(2);
  expect(oldest).toBeGreaterThanOrEqual(5_000);
});
