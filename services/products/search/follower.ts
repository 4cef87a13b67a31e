import { setImmediate as turn } from "node:timers/promises";
import type { Collection, Doc } from "../../../mixins/store/collection.ts";

const BATCH = 500;
/** Documents that are taken over before others get their turn. */
const AT_ONCE = 25;
const EVERY = 500;
/** After a hint: others may have more to tell. */
const SOON = 50;
/** Writes of other nodes may become visible later than the time in them says: */
const OVERLAP = 2_000;
/** and much later where a server was slow or away, for which every tenth look goes far back. */
const FAR_OVERLAP = 60_000;
const FAR_EVERY = 10;

const iso = (time: number): string => new Date(time).toISOString();

export interface FollowerOptions<T extends Doc> {
  documents: Pick<Collection<T>, "since">;
  take(doc: T): void;
  failed(error: unknown): void;
  now?(): number;
}

/**
 * Keeps something in memory like a collection: all of it at first, then what changed, a little overlapping; a version
 * that was taken already is not taken again. This node's own writes come at once through `taken`.
 */
export class Follower<T extends Doc> {
  readonly #options: FollowerOptions<T>;
  readonly #seen = new Map<string, { rev: number; at: string }>();
  /** When the last look began that came to its end. */
  #looked: number | undefined;
  #looks = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #woken = false;
  #look: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: FollowerOptions<T>) {
    this.#options = options;
  }

  /** Reads what has changed since the last look began, a little overlapping. */
  async catchUp(): Promise<void> {
    const { documents, now = Date.now } = this.#options;
    const begun = now();
    const overlap = ++this.#looks % FAR_EVERY === 0 ? FAR_OVERLAP : OVERLAP;
    let from = { at: this.#looked === undefined ? "" : iso(this.#looked - overlap), id: "" };
    for (;;) {
      const docs = await documents.since(from, BATCH);
      await this.taken(docs);
      const last = docs.at(-1);
      if (!last || docs.length < BATCH || this.#stopped) break;
      from = { at: last.updatedAt, id: last.id };
    }
    if (this.#stopped) return;
    this.#looked = begun;
    const forgotten = iso(begun - FAR_OVERLAP);
    for (const [id, { at }] of this.#seen) if (at < forgotten) this.#seen.delete(id);
  }

  /** Takes over documents as they came out of a write, or out of a look; older versions are ignored. */
  async taken(docs: readonly T[]): Promise<void> {
    for (const [at, doc] of docs.entries()) {
      if (at > 0 && at % AT_ONCE === 0) await turn();
      if ((this.#seen.get(doc.id)?.rev ?? 0) >= doc.rev) continue;
      this.#seen.set(doc.id, { rev: doc.rev, at: doc.updatedAt });
      this.#options.take(doc);
    }
  }

  /** Looks again and again, but never most of the time: a long look is followed by a long pause. */
  watch(pause = EVERY): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(async () => {
      const begun = performance.now();
      this.#looking = true;
      this.#woken = false;
      this.#look = this.catchUp().catch(this.#options.failed);
      await this.#look;
      this.#looking = false;
      this.watch(Math.max(this.#woken ? SOON : EVERY, 5 * (performance.now() - begun)));
    }, pause).unref();
  }

  /** Has the next look come soon: somebody says that there is something new. */
  wake(): void {
    if (this.#woken || !this.#timer) return;
    this.#woken = true;
    if (this.#looking) return;
    clearTimeout(this.#timer);
    this.watch(SOON);
  }

  /** Ends when the look that is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#look;
  }
}
