import type { Filter as MongoFilter, UpdateFilter } from "mongodb";
import { unavailable } from "../../services/shared/errors.ts";
import type { DurableEvent } from "../durable-events/event-bus.ts";
import type { Doc, Events, Filter, Operators } from "./collection.ts";
import { apply, matches } from "./language.ts";
import type { MongoDocuments } from "./mongo-documents.ts";
import type { Stored } from "./mongo-entries.ts";
import { toEntries } from "./mongo-entries.ts";
import { both, HIDDEN, toMongo, toUpdate } from "./mongo-language.ts";
import { type Turn, Turns } from "./turns.ts";

/** Milliseconds that a change tries for whose events depend on its outcome; who asks waits for about as long. */
const PATIENCE = 8_000;
/** The longest pause after a lost race. */
const LONGEST_PAUSE = 8;
/** Who need not read wins every race: after so many it lets other nodes have theirs, for so many milliseconds. */
const STREAK = 8;
const COURTESY = 3;
const pause = (most: number): Promise<void> => new Promise((resume) => setTimeout(resume, 1 + Math.random() * most));
/** Events on one document that nobody could publish: with more it would become too large to be written. */
const MOST_EVENTS = 5_000;
const FULL = { [`outbox.${MOST_EVENTS}`]: { $exists: true } };

interface Change<T> {
  id: string;
  guard: Filter;
  operators: Operators;
  events: Events<T>;
}

/** Guarded changes of one collection's documents. */
export class MongoChanges<T extends Doc> {
  readonly #in: MongoDocuments<T>;
  readonly #turns = new Turns<T>();

  constructor(documents: MongoDocuments<T>) {
    this.#in = documents;
  }

  change(change: Change<T>): Promise<T | null> {
    const { id, events } = change;
    if (typeof events !== "function") return this.#once(change, events);
    const giveUp = Date.now() + PATIENCE;
    // Of one node only one at a time: the others would lose against it and read in vain.
    return this.#turns.take(id, (turn) => this.#telling(change, events, { turn, giveUp }));
  }

  async #once({ id, guard, operators }: Change<T>, events: DurableEvent[]): Promise<T | null> {
    const { version } = this.#in.spec;
    const asked = both(toMongo(guard), version > 1 ? { v: { $gte: version } } : {});
    for (;;) {
      const changed = await this.#write(id, asked, operators, { events, at: new Date().toISOString() });
      if (changed) return changed;
      if (!(await this.#in.ask(() => this.#in.schema.upgradeOne(id), id))) return null;
    }
  }

  /** Reads, reckons what the change will come to, and writes it if nobody was there in between; otherwise again. */
  async #telling(
    { id, guard, operators }: Change<T>,
    events: (changed: T) => DurableEvent[],
    { turn, giveUp }: { turn: Turn<T>; giveUp: number },
  ): Promise<T | null> {
    if (++turn.streak > STREAK) {
      turn.left = undefined;
      turn.streak = 0;
      await pause(COURTESY);
    }
    // Whoever had the turn before has just written it, so that it need not be read.
    let seen = turn.left && matches(guard, turn.left) ? turn.left : null;
    for (let attempt = 0; Date.now() < giveUp; attempt++) {
      seen ??= await this.#current(id, guard);
      if (!seen) return null;
      const outcome = this.#outcome(seen, operators);
      const unchanged = both(toMongo(guard), { rev: seen.rev, v: seen.v });
      const changed = await this.#write(id, unchanged, operators, { events: events(outcome), at: outcome.updatedAt });
      if (changed) {
        turn.left = changed;
        return changed;
      }
      seen = null;
      await pause(Math.min(LONGEST_PAUSE, attempt));
    }
    const { name } = this.#in.spec;
    throw unavailable("STORE_BUSY", `Too many change one of the ${name} at once`, { collection: name, id });
  }

  /** The document as the primary has it, where it fulfils the guard; an older one is brought up to date before. */
  async #current(id: string, guard: Filter): Promise<T | null> {
    const where = both({ _id: id, deletedAt: null }, toMongo(guard)) as MongoFilter<Stored>;
    const options = { projection: HIDDEN, readConcern: "local" } as const;
    for (;;) {
      const raw = await this.#in.ask(() => this.#in.stored().findOne(where, options), id);
      if (raw && raw.v >= this.#in.spec.version) return this.#in.toDoc(raw);
      if (!(await this.#in.ask(() => this.#in.schema.upgradeOne(id), id))) return null;
    }
  }

  #outcome(doc: T, operators: Operators): T {
    const outcome = JSON.parse(JSON.stringify(doc)) as T;
    apply(operators, outcome);
    outcome.rev++;
    outcome.updatedAt = new Date().toISOString();
    return this.#in.check(outcome);
  }

  /** In tests, so that a mistake is told before it is stored, also by a test server that takes more than MongoDB does. */
  async #rehearse(where: MongoFilter<Stored>, operators: Operators): Promise<void> {
    if (process.env.NODE_ENV !== "test") return;
    const raw = await this.#in.stored().findOne(where, { projection: HIDDEN });
    if (raw) this.#outcome(this.#in.toDoc(raw), operators);
  }

  /** The one write of a change. */
  async #write(
    id: string,
    guard: Filter,
    operators: Operators,
    { events, at }: { events: DurableEvent[]; at: string },
  ): Promise<T | null> {
    const entries = toEntries(events, at);
    const update = toUpdate(operators, at, entries) as UpdateFilter<Stored>;
    // Asked for only while the bus is away: otherwise outboxes are short.
    const filling = entries.length > 0 && this.#in.outbox.resting;
    const own = both({ _id: id, deletedAt: null }, filling ? { $nor: [FULL] } : {});
    const where = both(own, guard) as MongoFilter<Stored>;
    const options = { returnDocument: "after", projection: HIDDEN } as const;
    const raw = await this.#in.ask(async () => {
      await this.#rehearse(where, operators);
      return this.#in.stored().findOneAndUpdate(where, update, options);
    }, id);
    if (raw) return this.#in.told(this.#in.check(this.#in.toDoc(raw)), entries);
    if (filling) await this.#refuseFull(id);
    return null;
  }

  async #refuseFull(id: string): Promise<void> {
    const full = { _id: id, ...FULL } as MongoFilter<Stored>;
    if (!(await this.#in.ask(() => this.#in.stored().findOne(full, { projection: { _id: 1 } }), id))) return;
    const { name } = this.#in.spec;
    throw unavailable("EVENTS_UNPUBLISHED", `Too many events of one of the ${name} wait to be published`, { id });
  }
}
