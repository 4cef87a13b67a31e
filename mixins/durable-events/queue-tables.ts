import type { SqliteFile } from "../embedded/sqlite-file.ts";
import type { DeadLetter, DurableEvent } from "./event-bus.ts";

export interface Delivery {
  seq: number;
  /** Milliseconds of the epoch; 0 until the first attempt has failed. */
  due: number;
  attempts: number;
  /** When the event was stored; milliseconds of the epoch. */
  at: number;
  event: DurableEvent;
}

const KEPT_FOR = 7 * 24 * 3600_000;

/** In the order in which a group is given its deliveries: every event passes through here, and one tree is all it costs. */
const DELIVERIES = `create table if not exists deliveries (
    consumers text not null, due integer not null, seq integer not null, attempts integer not null default 0,
    primary key (consumers, due, seq)
  ) strict, without rowid`;

/** Earlier releases had an index for each question: what was asked once an hour cost something with each event. */
function leaner({ db }: SqliteFile): void {
  db.exec(`
    begin;
    alter table deliveries rename to earlier;
    ${DELIVERIES};
    insert into deliveries (consumers, due, seq, attempts) select consumers, due, seq, attempts from earlier;
    drop table earlier;
    drop index events_at;
    drop index events_name;
    commit`);
}

/** The queue's rows: events, their deliveries (one for each group), dead letters, and who wants which event. */
export class QueueTables {
  readonly #file: SqliteFile;
  /** The first event of the commit under way: from there on nothing is true yet. */
  #open: { done: Promise<void>; from: number } | undefined;

  /** Whether `due` leaves out what is not on disk yet. */
  get hiding(): boolean {
    return this.#open !== undefined;
  }

  constructor(file: SqliteFile) {
    this.#file = file;
    file.db.exec(`
      create table if not exists events (
        seq integer primary key, id text not null unique, name text not null, payload text not null, at integer not null
      ) strict;
      ${DELIVERIES};
      create table if not exists dead_letters (
        id text primary key, consumers text not null, event text not null, attempts integer not null, error text not null,
        at integer not null
      ) strict;
      create table if not exists consumer_groups (consumers text not null, name text not null, primary key (consumers, name))
        strict, without rowid`);
    if (file.db.prepare("select 1 from sqlite_schema where name = 'deliveries_due'").get()) leaner(file);
  }

  /** Who wanted which event when this file was last used. */
  groups(): { group: string; name: string }[] {
    const rows = this.#file.prepare("select consumers, name from consumer_groups").all();
    return rows.map((row) => ({ group: row.consumers as string, name: row.name as string }));
  }

  add({ id, name, payload }: DurableEvent, groups: Iterable<string>): void {
    const add = this.#file.prepare("insert or ignore into events (id, name, payload, at) values (?, ?, ?, ?)");
    const { changes, lastInsertRowid } = add.run(id, name, JSON.stringify(payload), Date.now());
    if (changes === 0) return;
    this.#hideUntilStored(Number(lastInsertRowid));
    for (const group of groups) this.#deliver(group, Number(lastInsertRowid));
  }

  /** Gives the group what came before of events that are new to it, and forgets what it no longer wants. */
  join(group: string, names: string[]): void {
    const known = this.#file.prepare("select 1 from consumer_groups where consumers = ? and name = ?");
    for (const name of names.filter((one) => !known.get(group, one))) {
      const before =
        "insert or ignore into deliveries (consumers, seq, due) select ?, seq, 0 from events where name = ?";
      this.#file.prepare(before).run(group, name);
      this.#file.prepare("insert into consumer_groups (consumers, name) values (?, ?)").run(group, name);
    }
    const gone = "delete from consumer_groups where consumers = ? and name not in (select value from json_each(?))";
    this.#file.prepare(gone).run(group, JSON.stringify(names));
  }

  /** Forgets old events that everybody has had, and what waits for groups that have not been there for as long. */
  prune(present: string[]): void {
    const before = Date.now() - KEPT_FOR;
    this.#file
      .prepare(
        `delete from deliveries where consumers not in (select value from json_each(?))
         and exists (select 1 from events e where e.seq = deliveries.seq and e.at < ?)`,
      )
      .run(JSON.stringify(present), before);
    this.#file
      .prepare(
        `delete from events where seq in (select seq from events order by seq limit 20000)
         and at < ? and seq not in (select seq from deliveries)`,
      )
      .run(before);
  }

  /** What is due for the group and on disk, oldest first, without what `busy` knows. */
  due(group: string, now: number, limit: number, busy: (seq: number) => boolean = () => false): Delivery[] {
    // SQLite plans by the limit: as a parameter it would have the statement compiled again each time.
    const sql = `select d.seq, d.due, d.attempts, e.id, e.name, e.payload, e.at from deliveries d join events e using (seq)
                 where d.consumers = ? and d.due <= ? and d.seq < ? order by d.due, d.seq limit ${limit}`;
    const rows = this.#file.prepare(sql).all(group, now, this.#open?.from ?? Number.MAX_SAFE_INTEGER);
    const free = rows.filter((row) => !busy(row.seq as number));
    return free.map((row) => ({
      seq: row.seq as number,
      due: row.due as number,
      attempts: row.attempts as number,
      at: row.at as number,
      event: { id: row.id as string, name: row.name as string, payload: JSON.parse(row.payload as string) },
    }));
  }

  /** When the group's next attempt is due that is not due yet. */
  next(group: string, now: number): number | null {
    const sql = "select min(due) as due from deliveries where consumers = ? and due > ?";
    return (this.#file.prepare(sql).get(group, now)?.due as number | null) ?? null;
  }

  leave(group: string, { seq, due }: Delivery): void {
    this.#file.prepare("delete from deliveries where consumers = ? and due = ? and seq = ?").run(group, due, seq);
  }

  postpone(group: string, { seq, due, attempts }: Delivery, until: number): void {
    const sql = "update deliveries set attempts = ?, due = ? where consumers = ? and due = ? and seq = ?";
    this.#file.prepare(sql).run(attempts, until, group, due, seq);
  }

  bury(group: string, delivery: Delivery, error: string): void {
    const { attempts, event } = delivery;
    const sql =
      "insert or replace into dead_letters (id, consumers, event, attempts, error, at) values (?, ?, ?, ?, ?, ?)";
    const row = [`${group}:${event.id}`, group, JSON.stringify(event), attempts, error.slice(0, 2_000), Date.now()];
    this.#file.prepare(sql).run(...row);
    this.leave(group, delivery);
  }

  deadLetters(limit: number): DeadLetter[] {
    const rows = this.#file.prepare("select * from dead_letters order by at desc, id limit ?").all(limit);
    return rows.map((row) => ({
      id: row.id as string,
      group: row.consumers as string,
      event: JSON.parse(row.event as string) as DurableEvent,
      attempts: row.attempts as number,
      error: row.error as string,
      at: new Date(row.at as number).toISOString(),
    }));
  }

  redrive(id: string): boolean {
    const row = this.#file.prepare("select consumers, event from dead_letters where id = ?").get(id);
    if (!row) return false;
    const event = JSON.parse(row.event as string) as DurableEvent;
    const add = `insert into events (id, name, payload, at) values (?, ?, ?, ?)
                 on conflict (id) do update set at = excluded.at returning seq`;
    const { seq } = this.#file.prepare(add).get(event.id, event.name, JSON.stringify(event.payload), Date.now()) as {
      seq: number;
    };
    this.#deliver(row.consumers as string, seq);
    return this.discard(id);
  }

  discard(id: string): boolean {
    return this.#file.prepare("delete from dead_letters where id = ?").run(id).changes > 0;
  }

  backlog(): { waiting: number; oldest: number; dead: number } {
    const number = (sql: string) => this.#file.prepare(sql).get()?.n as number | null;
    // Fresh ones are due since they were stored, others since their pause is over.
    const since = "select min(iif(d.due = 0, e.at, d.due)) as n from deliveries d join events e using (seq)";
    return {
      waiting: number("select count(*) as n from deliveries") ?? 0,
      oldest: Math.max(0, Date.now() - (number(since) ?? Date.now())),
      dead: number("select count(*) as n from dead_letters") ?? 0,
    };
  }

  #deliver(group: string, seq: number): void {
    this.#file.prepare("insert or ignore into deliveries (consumers, seq, due) values (?, ?, 0)").run(group, seq);
  }

  #hideUntilStored(seq: number): void {
    const done = this.#file.settled();
    if (!done || this.#open?.done === done) return;
    const open = { done, from: seq };
    this.#open = open;
    const show = () => {
      if (this.#open === open) this.#open = undefined;
    };
    done.then(show, show);
  }
}
