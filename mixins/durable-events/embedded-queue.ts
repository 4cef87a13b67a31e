import type { ServiceBroker } from "moleculer";
import type { SqliteFile } from "../embedded/sqlite-file.ts";
import type { DurableEvent } from "../platform.ts";
import { pauseBefore } from "./backoff.ts";
import type { Consume, DeadLetter, EventBus } from "./event-bus.ts";

export const ATTEMPTS = 12;
const AT_ONCE = 32;
const KEPT_FOR = 7 * 24 * 3600_000;

export type Log = ServiceBroker["logger"];

interface Delivery {
  seq: number;
  attempts: number;
  event: DurableEvent;
}
interface Group {
  handlers: Map<string, Consume>;
  running: Set<number>;
}

/**
 * Durable events in the documents' own SQLite file: an event and its deliveries, one for each group, are rows of the
 * very commit that made it true. A delivery leaves when its handler has succeeded, or as a dead letter.
 */
export class EmbeddedQueue implements EventBus {
  readonly #file: SqliteFile;
  readonly #groups = new Map<string, Group>();
  readonly #log: () => Log | undefined;
  #running = false;
  #timer: NodeJS.Timeout | undefined;
  #idle: (() => void)[] = [];

  constructor(file: SqliteFile, log: () => Log | undefined) {
    this.#file = file;
    this.#log = log;
    file.db.exec(`
      create table if not exists events (
        seq integer primary key, id text not null unique, name text not null, payload text not null, at integer not null
      ) strict;
      create index if not exists events_at on events (at);
      create table if not exists deliveries (
        consumers text not null, seq integer not null, attempts integer not null default 0, due integer not null,
        primary key (consumers, seq)
      ) strict, without rowid;
      create index if not exists deliveries_due on deliveries (consumers, due);
      create table if not exists dead_letters (
        id text primary key, consumers text not null, event text not null, attempts integer not null, error text not null,
        at integer not null
      ) strict;
      create table if not exists consumer_groups (consumers text not null, name text not null, primary key (consumers, name))
        strict, without rowid`);
  }

  subscribe(group: string, handlers: Map<string, Consume>): void {
    this.#groups.set(group, { handlers, running: new Set() });
  }

  async start(): Promise<void> {
    await this.#file.write(() => this.#join());
    this.#running = true;
    this.wake();
  }

  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    if (this.#busy() > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Stores events inside a write that is under way. */
  enqueue(events: DurableEvent[]): void {
    const at = Date.now();
    const add = this.#file.prepare("insert or ignore into events (id, name, payload, at) values (?, ?, ?, ?)");
    const deliver = this.#file.prepare("insert into deliveries (consumers, seq, due) values (?, ?, 0)");
    for (const { id, name, payload } of events) {
      const { changes, lastInsertRowid } = add.run(id, name, JSON.stringify(payload), at);
      if (changes === 0) continue;
      for (const [group, { handlers }] of this.#groups) if (handlers.has(name)) deliver.run(group, lastInsertRowid);
    }
  }

  async publish(events: DurableEvent[]): Promise<void> {
    await this.#file.write(() => this.enqueue(events));
    this.wake();
  }

  wake(): void {
    if (!this.#running) return;
    clearTimeout(this.#timer);
    for (const [name, group] of this.#groups) this.#pull(name, group);
    this.#sleep();
  }

  async deadLetters(limit: number): Promise<DeadLetter[]> {
    const rows = this.#file.prepare("select * from dead_letters order by at desc limit ?").all(limit);
    return rows.map((row) => ({
      id: row.id as string,
      group: row.consumers as string,
      event: JSON.parse(row.event as string) as DurableEvent,
      attempts: row.attempts as number,
      error: row.error as string,
      at: new Date(row.at as number).toISOString(),
    }));
  }

  async redrive(id: string): Promise<boolean> {
    const row = this.#file.prepare("select consumers, event from dead_letters where id = ?").get(id);
    if (!row) return false;
    const event = JSON.parse(row.event as string) as DurableEvent;
    await this.#file.write(() => {
      const add =
        "insert into events (id, name, payload, at) values (?, ?, ?, ?) on conflict (id) do update set at = at returning seq";
      const at = Date.now();
      const seq = this.#file.prepare(add).get(event.id, event.name, JSON.stringify(event.payload), at)?.seq as number;
      this.#file
        .prepare("insert or ignore into deliveries (consumers, seq, due) values (?, ?, 0)")
        .run(row.consumers as string, seq);
      this.#file.prepare("delete from dead_letters where id = ?").run(id);
    });
    this.wake();
    return true;
  }

  async discard(id: string): Promise<boolean> {
    const { changes } = await this.#file.write(() =>
      this.#file.prepare("delete from dead_letters where id = ?").run(id),
    );
    return changes > 0;
  }

  async backlog(): Promise<{ waiting: number; oldest: number; dead: number }> {
    const count = (sql: string) => this.#file.prepare(sql).get()?.n as number;
    const oldest = count("select min(at) as n from deliveries join events using (seq)") ?? Date.now();
    return {
      waiting: count("select count(*) as n from deliveries"),
      oldest: Math.max(0, Date.now() - oldest),
      dead: count("select count(*) as n from dead_letters"),
    };
  }

  /** Gives a group that is new, or newly wants an event, what came before; forgets events that everybody has had. */
  #join(): void {
    const known = this.#file.prepare("select 1 from consumer_groups where consumers = ? and name = ?");
    for (const [group, { handlers }] of this.#groups) {
      for (const name of handlers.keys()) {
        if (known.get(group, name)) continue;
        this.#file
          .prepare("insert or ignore into deliveries (consumers, seq, due) select ?, seq, 0 from events where name = ?")
          .run(group, name);
        this.#file.prepare("insert into consumer_groups (consumers, name) values (?, ?)").run(group, name);
      }
    }
    const old = "delete from events where at < ? and not exists (select 1 from deliveries d where d.seq = events.seq)";
    this.#file.prepare(old).run(Date.now() - KEPT_FOR);
  }

  #pull(name: string, group: Group): void {
    const room = AT_ONCE - group.running.size;
    if (room <= 0) return;
    const sql = `select d.seq, d.attempts, e.id, e.name, e.payload from deliveries d join events e using (seq)
                 where d.consumers = ? and d.due <= ? order by d.due, d.seq limit ?`;
    // What runs is still in the table: without a look past it, a full house of running ones would hide the rest.
    const rows = this.#file.prepare(sql).all(name, Date.now(), AT_ONCE * 2);
    for (const row of rows.filter(({ seq }) => !group.running.has(seq as number)).slice(0, room)) {
      const event = { id: row.id as string, name: row.name as string, payload: JSON.parse(row.payload as string) };
      void this.#deliver(name, group, { seq: row.seq as number, attempts: row.attempts as number, event });
    }
  }

  async #deliver(name: string, group: Group, { seq, attempts, event }: Delivery): Promise<void> {
    group.running.add(seq);
    try {
      await group.handlers.get(event.name)?.(event);
      await this.#file.write(() => this.#leave(name, seq));
    } catch (error) {
      await this.#refused(name, { seq, attempts: attempts + 1, event }, error).catch((worse) =>
        this.#log()?.error(`The failure of ${event.name} at ${name} could not be stored`, worse),
      );
    }
    group.running.delete(seq);
    if (this.#running) this.#again(name, group);
    else if (this.#busy() === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #refused(name: string, { seq, attempts, event }: Delivery, error: unknown): Promise<void> {
    const text = error instanceof Error ? error.message : String(error);
    this.#log()?.warn(`${name} could not handle ${event.name} ${event.id} at attempt ${attempts}: ${text}`);
    await this.#file.write(() => {
      if (attempts < ATTEMPTS) {
        this.#file
          .prepare("update deliveries set attempts = ?, due = ? where consumers = ? and seq = ?")
          .run(attempts, Date.now() + pauseBefore(attempts), name, seq);
        return;
      }
      this.#file
        .prepare(
          "insert or replace into dead_letters (id, consumers, event, attempts, error, at) values (?, ?, ?, ?, ?, ?)",
        )
        .run(`${name}:${event.id}`, name, JSON.stringify(event), attempts, text.slice(0, 2_000), Date.now());
      this.#leave(name, seq);
    });
  }

  #leave(group: string, seq: number): void {
    this.#file.prepare("delete from deliveries where consumers = ? and seq = ?").run(group, seq);
  }

  #again(name: string, group: Group): void {
    // One look for all that finish in this turn.
    if (group.running.size < AT_ONCE / 2) this.#pull(name, group);
    this.#sleep();
  }

  #sleep(): void {
    clearTimeout(this.#timer);
    const next = this.#file.prepare("select min(due) as due from deliveries where due > ?").get(Date.now())?.due;
    const pause = typeof next === "number" ? Math.max(5, next - Date.now()) : 60_000;
    this.#timer = setTimeout(() => this.wake(), Math.min(pause, 60_000));
    this.#timer.unref();
  }

  #busy(): number {
    return [...this.#groups.values()].reduce((total, { running }) => total + running.size, 0);
  }
}
