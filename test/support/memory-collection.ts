import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import type {
  Collection,
  CollectionSpec,
  Doc,
  Draft,
  Events,
  Filter,
  Operators,
} from "../../mixins/store/collection.ts";
import { apply, matches } from "../../mixins/store/language.ts";
import { conflict } from "../../services/shared/errors.ts";

type Offered = "get" | "getMany" | "find" | "insert" | "change" | "bulk" | "purge";

/** Documents in a map, for tests that must come between any two of a rule's reads and writes; each of them is atomic. */
export class MemoryCollection<T extends Doc> implements Pick<Collection<T>, Offered> {
  readonly docs = new Map<string, T>();
  readonly told: DurableEvent[] = [];
  /** Runs before each read and write: it may wait, or throw as a process dies. */
  before: () => Promise<void> = async () => undefined;
  readonly #spec: CollectionSpec<T>;

  constructor(spec: CollectionSpec<T>) {
    this.#spec = spec;
  }

  /** As the services take it; what is not offered here is not there. */
  asCollection(): Collection<T> {
    return this as unknown as Collection<T>;
  }

  async get(id: string): Promise<T | null> {
    await this.before();
    return structuredClone(this.docs.get(id) ?? null);
  }

  async getMany(ids: string[]): Promise<T[]> {
    await this.before();
    return structuredClone(ids.flatMap((id) => this.docs.get(id) ?? []));
  }

  /** In no order. */
  async find(filter: Filter, { limit }: { limit: number }): Promise<T[]> {
    await this.before();
    return structuredClone([...this.docs.values()].filter((doc) => matches(filter, doc)).slice(0, limit));
  }

  async insert(draft: Draft<T>, events: DurableEvent[] = []): Promise<T> {
    await this.before();
    const doc = this.#add(draft);
    if (!doc) throw conflict(`${this.#spec.name.toUpperCase()}_TAKEN`, "It is taken", { id: draft.id });
    this.told.push(...events);
    return doc;
  }

  async change(id: string, guard: Filter, operators: Operators, events: Events<T> = []): Promise<T | null> {
    await this.before();
    const doc = structuredClone(this.docs.get(id));
    if (!doc || !matches(guard, doc)) return null;
    apply(operators, doc);
    doc.rev++;
    this.#spec.schema.parse(doc);
    this.docs.set(id, doc);
    this.told.push(...(typeof events === "function" ? events(structuredClone(doc)) : events));
    return structuredClone(doc);
  }

  /** One document after the other, as a server does it: what is between two of them may come between. */
  async bulk(drafts: Draft<T>[]): Promise<{ inserted: T[]; refused: Draft<T>[] }> {
    const inserted: T[] = [];
    const refused: Draft<T>[] = [];
    for (const draft of drafts) {
      await this.before();
      const doc = this.#add(draft);
      if (doc) inserted.push(doc);
      else refused.push(draft);
    }
    return { inserted, refused };
  }

  async purge(filter: Filter, limit: number): Promise<number> {
    await this.before();
    const found = [...this.docs.values()].filter((doc) => matches(filter, doc)).slice(0, limit);
    for (const { id } of found) this.docs.delete(id);
    return found.length;
  }

  #add(draft: Draft<T>): T | null {
    if (this.docs.has(draft.id)) return null;
    const at = new Date().toISOString();
    const doc = {
      ...structuredClone(draft),
      rev: 1,
      v: this.#spec.version,
      createdAt: at,
      updatedAt: at,
    } as unknown as T;
    this.#spec.schema.parse(doc);
    this.docs.set(draft.id, doc);
    return structuredClone(doc);
  }
}
