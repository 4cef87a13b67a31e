import { type Base, type Ctx, contextOf, defineMixin, type Mixin } from "../../services/cluster.ts";
import { pauseBefore } from "../durable-events/backoff.ts";
import type { Collection, Doc } from "../store/collection.ts";

/** When the work on this document is due again; null: never; undefined: the handler has written that itself. */
type Next = string | null | undefined;

interface DueOptions<T extends Doc> {
  /** The collection that the store mixin lends under this name; its index on `dueAt` finds the work. */
  collection: string;
  /** Milliseconds that a claim lasts; another node takes over after it. */
  lease: number;
  /** How many documents this node works on at once. */
  atOnce?: number;
  /** Milliseconds between looks; `wakeDue` looks now. */
  every?: number;
  // biome-ignore lint/suspicious/noExplicitAny: a service's own methods are known where the handler is written
  work(this: any, doc: T & { fence: number }, ctx: Ctx): Promise<Next>;
}

interface Lends {
  /** Looks for due work now, because some has just been made. */
  wakeDue(): void;
}

interface State {
  timer?: NodeJS.Timeout | undefined;
  busy: Map<string, Promise<void>>;
  stopped: boolean;
  looking: boolean;
}

/**
 * Work that must happen later or again: the document says when, a node claims it by lease with a fence, and whatever
 * dies, another goes on. A failure is tried again with growing pauses. Writes of the handler name the fence in their
 * guard, so that a node that lost its lease changes nothing.
 */
export function due<T extends Doc>(options: DueOptions<T>): Mixin<Lends> {
  const { lease, atOnce = 16, every = 250 } = options;
  const states = new WeakMap<object, State>();
  const stateOf = (service: object): State => states.get(service) as State;
  const documents = (service: Base): Collection<T> =>
    (service as unknown as Record<string, Collection<T>>)[options.collection] as Collection<T>;

  async function look(service: Base): Promise<void> {
    const state = stateOf(service);
    if (state.looking || state.stopped) return;
    state.looking = true;
    clearTimeout(state.timer);
    try {
      const room = atOnce - state.busy.size;
      const claimed = room > 0 ? await documents(service).claimDue(lease, room) : [];
      for (const doc of claimed) {
        const run = one(service, doc).finally(() => state.busy.delete(doc.id));
        state.busy.set(doc.id, run);
      }
    } catch (error) {
      service.logger.error(`Due work of ${options.collection} could not be claimed`, error);
    }
    state.looking = false;
    if (!state.stopped) state.timer = setTimeout(() => look(service), every).unref();
  }

  async function one(service: Base, doc: T & { fence: number }): Promise<void> {
    let next: Next;
    let failures = 0;
    try {
      next = await options.work.call(service, doc, contextOf(service));
      if (next === undefined) return;
    } catch (error) {
      failures = ((doc as { dueFailures?: number }).dueFailures ?? 0) + 1;
      next = new Date(Date.now() + pauseBefore(failures)).toISOString();
      service.logger.warn(`Due work on ${options.collection} ${doc.id} failed, attempt ${failures}`, error);
    }
    // Another's fence means that another works on it now: nothing to write.
    await documents(service)
      .change(doc.id, { fence: doc.fence }, { $set: { dueAt: next, leased: false, dueFailures: failures } })
      .catch((error) => service.logger.warn(`Due work on ${doc.id} could not be put back`, error));
  }

  return defineMixin<Lends>({
    methods: {
      wakeDue() {
        const state = states.get(this);
        if (state && !state.looking) void look(this);
      },
    },
    created() {
      states.set(this, { busy: new Map(), stopped: false, looking: false });
      // Not before every service of this node has started: work needs the others.
      this.broker.localBus.once("$broker.started", () => void look(this));
    },
    async stopped() {
      const state = stateOf(this);
      state.stopped = true;
      clearTimeout(state.timer);
      await Promise.all(state.busy.values());
    },
  });
}
