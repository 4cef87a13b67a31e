import { EVERYTHING } from "../shared/outdated.ts";

/** An answer's bytes, with the headers that it always has. */
export interface Kept {
  etag: string;
  /** A character for each byte: so node sends headers and body in one piece. */
  body: string;
  /** Names and values in turn, as `writeHead` takes them. */
  head: readonly string[];
  /** Those of a 304. */
  unchangedHead: readonly string[];
}

interface Entry extends Kept {
  at: number;
  bytes: number;
  tags: readonly string[];
  renewing: boolean;
}

interface Options {
  bytes?: number;
  maxAge?: number;
  now?(): number;
}

const LARGEST = 1_000_000;
/** What an entry takes beside its body: headers, tags, places in maps. */
const OVERHEAD = 2_000;
const REMEMBERED = 10_000;

/**
 * Answers to public reads by their URL, until what they show is told as outdated, and at most for `maxAge`, because the
 * telling may be lost. What was asked before a change and arrives after it is not kept.
 */
export class KeptAnswers {
  readonly #entries = new Map<string, Entry>();
  readonly #byTag = new Map<string, Set<string>>();
  /** When each tag was last told, in tellings. */
  readonly #told = new Map<string, number>();
  readonly #limit: number;
  readonly #maxAge: number;
  readonly #now: () => number;
  #tellings = 0;
  /** What began before this telling is not kept. */
  #floor = 0;
  #bytes = 0;

  constructor({ bytes = 32_000_000, maxAge = 1_000, now = () => Date.now() }: Options = {}) {
    this.#limit = bytes;
    this.#maxAge = maxAge;
    this.#now = now;
  }

  get size(): { answers: number; bytes: number } {
    return { answers: this.#entries.size, bytes: this.#bytes };
  }

  /** The answer to this URL, where there is one that holds. Somebody is sent to renew it before it is too old. */
  find(url: string): Kept | undefined {
    const entry = this.#entries.get(url) ?? (mayVary(url) ? this.#entries.get(normalized(url)) : undefined);
    if (entry === undefined) return undefined;
    const age = this.#now() - entry.at;
    if (age < this.#maxAge * 0.7) return entry;
    if (age >= this.#maxAge || age < 0 || !entry.renewing) {
      entry.renewing = true;
      return undefined;
    }
    return entry;
  }

  /** A mark to be taken before the answer is asked for. */
  begin(): number {
    return this.#tellings;
  }

  /** Keeps the answer, unless one of its tags was told as outdated since `begun`. */
  keep(url: string, kept: Kept, tags: readonly string[], begun: number): void {
    const bytes = kept.body.length + OVERHEAD + 2 * url.length;
    const outdated = begun < this.#floor || tags.some((tag) => (this.#told.get(tag) ?? 0) > begun);
    if (outdated || kept.body.length > LARGEST || bytes > this.#limit) return;
    const key = normalized(url);
    this.#remove(key);
    this.#entries.set(key, { ...kept, at: this.#now(), bytes, tags, renewing: false });
    this.#bytes += bytes;
    for (const tag of tags) {
      const keys = this.#byTag.get(tag);
      if (keys) keys.add(key);
      else this.#byTag.set(tag, new Set([key]));
    }
    this.#sweep();
  }

  /** Lets go of all answers that have one of these tags. */
  drop(tags: readonly string[]): void {
    const telling = ++this.#tellings;
    if (tags.includes(EVERYTHING)) {
      for (const key of [...this.#entries.keys()]) this.#remove(key);
      this.#forget();
      return;
    }
    for (const tag of tags) {
      this.#told.set(tag, telling);
      for (const key of [...(this.#byTag.get(tag) ?? [])]) this.#remove(key);
    }
    if (this.#told.size > REMEMBERED) this.#forget();
  }

  #forget(): void {
    this.#told.clear();
    this.#floor = this.#tellings;
  }

  /** What was renewed longest ago stands first: what is too old goes, then what nobody has asked for lately. */
  #sweep(): void {
    const oldest = this.#now() - this.#maxAge;
    for (const [key, { at }] of this.#entries) {
      if (at > oldest && this.#bytes <= this.#limit) break;
      this.#remove(key);
    }
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
    for (const tag of entry.tags) {
      const keys = this.#byTag.get(tag);
      keys?.delete(key);
      if (keys?.size === 0) this.#byTag.delete(tag);
    }
  }
}

const mayVary = (url: string): boolean => url.endsWith("/") || url.includes("&") || url.includes("?");

/** One spelling for the URLs that ask the same: no slash at the end, the fields of the query by name. */
export function normalized(url: string): string {
  const [, path = "", query = ""] = /^([^?]*)\??(.*)$/s.exec(url) ?? [];
  const bare = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
  if (query === "") return bare;
  if (!query.includes("&")) return `${bare}?${query}`;
  const nameOf = (field: string) => field.split("=", 1)[0] as string;
  const fields = query.split("&").filter((field) => field !== "");
  const sorted = fields.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0));
  return sorted.length ? `${bare}?${sorted.join("&")}` : bare;
}

/** The tags of a result: `product:{items.id}` has one for each item. */
export function tagsOf(until: readonly string[], result: unknown): string[] {
  return until.flatMap((tag) => {
    const [, before = tag, path, after = ""] = /^([^{]*)\{([\w.]+)\}(.*)$/.exec(tag) ?? [];
    return path === undefined ? [before] : valuesAt(path.split("."), result).map((value) => before + value + after);
  });
}

function valuesAt([step, ...rest]: string[], value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => valuesAt([step as string, ...rest], one));
  if (step === undefined) return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  const next = (value as Record<string, unknown>)[step];
  if (Array.isArray(next)) return next.flatMap((one) => valuesAt(rest, one));
  return next === undefined ? [] : valuesAt(rest, next);
}
