import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { pauseBefore } from "../../mixins/durable-events/backoff.ts";
import { EmbeddedQueue, type QueueOptions } from "../../mixins/durable-events/embedded-queue.ts";
import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import { SqliteFile } from "../../mixins/embedded/sqlite-file.ts";
import { busConforms, fail, type Groups, idle, placed } from "../support/bus-conformance.ts";
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
function queueWith(groups: Groups, options: QueueOptions = {}) {
  const file = new SqliteFile(join(folder, "shop.db"));
  const queue = new EmbeddedQueue(file, () => undefined, { pause: () => 1, ...options });
  for (const [group, handlers] of Object.entries(groups)) queue.subscribe(group, new Map(Object.entries(handlers)));
  open.push({ file, queue });
  return { file, queue };
}

describe("the embedded queue as a bus", () => {
  busConforms({ open: async (groups, options) => queueWith(groups, options).queue, closeAll });
});

test("what is stored with a change waits for the start, too", async () => {
  const seen: string[] = [];
  const { file, queue } = queueWith({ mails: { "order.placed": ({ id }) => void seen.push(id) } });
  await file.write(() => queue.enqueue([placed("1")]));
  queue.wake();
  await new Promise((resume) => setImmediate(() => setImmediate(resume)));
  expect(seen).toEqual([]);
  await queue.start();
  await idle(queue);
  expect(seen).toEqual(["1"]);
});

test("pauses between attempts double up to a minute", () => {
  expect([1, 2, 3, 8, 9, 10, 60].map(pauseBefore)).toEqual([200, 400, 800, 25_600, 51_200, 60_000, 60_000]);
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

test("what waited when an earlier release was here last is delivered, with the attempts that it has had", async () => {
  const earlier = new SqliteFile(join(folder, "shop.db"));
  earlier.db.exec(`
    create table events (
      seq integer primary key, id text not null unique, name text not null, payload text not null, at integer not null
    ) strict;
    create index events_at on events (at);
    create index events_name on events (name, seq);
    create table deliveries (
      consumers text not null, seq integer not null, attempts integer not null default 0, due integer not null,
      primary key (consumers, seq)
    ) strict, without rowid;
    create index deliveries_due on deliveries (consumers, due, seq);
    create index deliveries_seq on deliveries (seq);
    create table consumer_groups (consumers text not null, name text not null, primary key (consumers, name))
      strict, without rowid;
    insert into consumer_groups values ('mails', 'order.placed');
    insert into events values (1, 'a', 'order.placed', '{}', ${Date.now()}), (2, 'b', 'order.placed', '{}', ${Date.now()});
    insert into deliveries values ('mails', 1, 2, ${Date.now() - 1}), ('mails', 2, 0, 0)`);
  await earlier.close();
  for (let start = 0; start < 2; start++) {
    const { file, queue } = queueWith({ mails: { "order.placed": fail } }, { attempts: 4, pause: () => 60_000 });
    await queue.start();
    const attempts = "select seq, attempts from deliveries order by seq";
    await eventually(() =>
      file.db
        .prepare(attempts)
        .all()
        .every((row) => row.attempts !== 0 && row.attempts !== 2),
    );
    expect(file.db.prepare(attempts).all()).toMatchObject([
      { seq: 1, attempts: 3 },
      { seq: 2, attempts: 1 },
    ]);
    await closeAll();
  }
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
