import type { SqliteFile } from "../embedded/sqlite-file.ts";
import type { Log } from "../log.ts";
import { isWorthAnother, PATIENCE, pauseBefore } from "./backoff.ts";
import type { Consume, DeadLetter, DurableEvent, EventBus } from "./event-bus.ts";
import { type Delivery, QueueTables } from "./queue-tables.ts";

const PRUNED_EVERY = 3600_000;
const LONGEST_SLEEP = 60_000;

export interface QueueOptions {
  /** After so many the event is a dead letter, unless it only waits for something to come back: then it has patience. */
  attempts?: number;
  /** Milliseconds. */
  patience?: number;
  /** Milliseconds before the attempt after so many. */
  pause?: (attempts: number) => number;
  /** How many events a group handles at once. */
  atOnce?: number;
}

interface Group {
  handlers: Map<string, Consume>;
  /** What is being handled, or rests because its outcome could not be stored. */
  running: Set<number>;
  resting: Set<number>;
  /** Something may be due for it in the table that it has not been given. */
  news: boolean;
  /** When the first of its postponed deliveries falls due. */
  next: number;
}

/**
 * Durable events in the documents' own SQLite file: an event and its deliveries, one for each group, are rows of the
 * very commit that made it true. A delivery leaves when its handler has succeeded, or as a dead letter.
 */
export class EmbeddedQueue implements EventBus {
  readonly #file: SqliteFile;
  readonly #tables: QueueTables;
  readonly #log: () => Log | undefined;
  readonly #options: Required<QueueOptions>;
  readonly #groups = new Map<string, Group>();
  /** By event: also groups that this process does not run, which get theirs when they are back. */
  readonly #wanting = new Map<string, Set<string>>();
  #running = false;
  #woken = false;
  #timer: { timeout: NodeJS.Timeout; at: number } | undefined;
  #pruning: NodeJS.Timeout | undefined;
  #idle: (() => void)[] = [];

  constructor(file: SqliteFile, log: () => Log | undefined, options: QueueOptions = {}) {
    this.#file = file;
    this.#log = log;
    // What is handled in one turn shares its commits: with a few at once a busy shop's events fall ever further behind.
    this.#options = { attempts: 12, patience: PATIENCE, pause: pauseBefore, atOnce: 256, ...options };
    this.#tables = new QueueTables(file);
    for (const { group, name } of this.#tables.groups()) this.#want(group, name);
  }

  subscribe(group: string, handlers: Map<string, Consume>): void {
    this.#groups.set(group, { handlers, running: new Set(), resting: new Set(), news: true, next: 0 });
    for (const name of handlers.keys()) this.#want(group, name);
  }

  async start(): Promise<void> {
    await this.#file.write(() => {
      for (const [group, { handlers }] of this.#groups) this.#tables.join(group, [...handlers.keys()]);
    });
    await this.#prune();
    this.#pruning = setInterval(() => {
      this.#prune().catch((error) => this.#log()?.warn("Old events could not be forgotten", error));
    }, PRUNED_EVERY).unref();
    this.#running = true;
    this.wake();
  }

  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer?.timeout);
    this.#timer = undefined;
    clearInterval(this.#pruning);
    if (this.#busy() > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Stores events inside a write that is under way. */
  enqueue(events: DurableEvent[]): void {
    for (const event of events) {
      const wanting = this.#wanting.get(event.name) ?? [];
      this.#tables.add(event, wanting);
      for (const name of wanting) this.#tell(this.#groups.get(name));
    }
  }

  async publish(events: DurableEvent[]): Promise<void> {
    await this.#file.write(() => this.enqueue(events));
    this.wake();
  }

  /** One look for all that wake it in this turn. */
  wake(): void {
    if (!this.#running || this.#woken) return;
    this.#woken = true;
    setImmediate(() => {
      this.#woken = false;
      if (this.#running) this.#look();
    });
  }

  async deadLetters(limit: number): Promise<DeadLetter[]> {
    await this.#file.settled();
    return this.#tables.deadLetters(limit);
  }

  async redrive(id: string): Promise<boolean> {
    const known = await this.#file.write(() => this.#tables.redrive(id));
    for (const group of this.#groups.values()) this.#tell(group);
    this.wake();
    return known;
  }

  discard(id: string): Promise<boolean> {
    return this.#file.write(() => this.#tables.discard(id));
  }

  async backlog(): Promise<{ waiting: number; oldest: number; dead: number }> {
    return this.#tables.backlog();
  }

  #want(group: string, name: string): void {
    const groups = this.#wanting.get(name) ?? new Set();
    this.#wanting.set(name, groups.add(group));
  }

  #prune(): Promise<void> {
    return this.#file.write(() => this.#tables.prune([...this.#groups.keys()]));
  }

  #tell(group: Group | undefined): void {
    if (group) group.news = true;
  }

  #look(): void {
    // One time for both questions: what falls due between two would be seen by neither.
    const now = Date.now();
    let next = now + LONGEST_SLEEP;
    for (const [name, group] of this.#groups) {
      const late = group.next <= now;
      if (late || group.news) this.#pull(name, group, now);
      if (late) group.next = this.#tables.next(name, now) ?? Number.POSITIVE_INFINITY;
      next = Math.min(next, group.next);
    }
    this.#sleep(next);
  }

  #sleep(until: number): void {
    if (this.#timer && this.#timer.at <= until) return;
    clearTimeout(this.#timer?.timeout);
    const wake = () => {
      this.#timer = undefined;
      this.wake();
    };
    this.#timer = { at: until, timeout: setTimeout(wake, Math.max(1, until - Date.now())).unref() };
  }

  #pull(name: string, group: Group, now: number): void {
    const { running, resting } = group;
    const room = this.#options.atOnce - running.size;
    // It is told of what is left when there is room again.
    group.news = true;
    if (room <= 0) return;
    // What runs or rests is still in the table and must not hide the others.
    const busy = (seq: number) => running.has(seq) || resting.has(seq);
    const free = this.#tables.due(name, now, room + running.size + resting.size, busy);
    // What is being stored is seen at the look that follows its commit.
    group.news = this.#tables.hiding || free.length >= room;
    for (const delivery of free.slice(0, room)) void this.#deliver(name, group, delivery);
  }

  async #deliver(name: string, group: Group, delivery: Delivery): Promise<void> {
    const { seq, event } = delivery;
    group.running.add(seq);
    try {
      const failure = await this.#handle(group, event);
      await (failure
        ? this.#refused(name, group, { ...delivery, attempts: delivery.attempts + 1 }, failure)
        : this.#file.write(() => this.#tables.leave(name, delivery)));
    } catch (error) {
      this.#log()?.error(`What became of ${event.name} ${event.id} at ${name} could not be stored`, error);
      this.#rest(group, seq);
    }
    group.running.delete(seq);
    if (group.news) this.wake();
    if (this.#busy() === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Null, or what the handler threw. */
  async #handle(group: Group, event: DurableEvent): Promise<{ error: unknown } | null> {
    try {
      await group.handlers.get(event.name)?.(event);
      return null;
    } catch (error) {
      return { error };
    }
  }

  async #refused(name: string, group: Group, delivery: Delivery, failure: { error: unknown }): Promise<void> {
    const { attempts, event, at } = delivery;
    const error = (failure.error as Error | undefined)?.message ?? String(failure.error);
    this.#log()?.warn(`${name} could not handle ${event.name} ${event.id} at attempt ${attempts}: ${error}`);
    const last = !isWorthAnother({ attempt: attempts, age: Date.now() - at, ...failure }, this.#options);
    const until = last ? Number.POSITIVE_INFINITY : Date.now() + this.#options.pause(attempts);
    await this.#file.write(() => {
      if (last) this.#tables.bury(name, delivery, error);
      else this.#tables.postpone(name, delivery, until);
    });
    group.next = Math.min(group.next, until);
    if (!last) this.#sleep(group.next);
  }

  /** While the disk is full, an event would otherwise be handled without end. */
  #rest(group: Group, seq: number): void {
    group.resting.add(seq);
    setTimeout(() => {
      group.resting.delete(seq);
      group.news = true;
      this.wake();
    }, this.#options.pause(4)).unref();
  }

  #busy(): number {
    return [...this.#groups.values()].reduce((total, { running }) => total + running.size, 0);
  }
}
