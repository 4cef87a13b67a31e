import { type Base, type Ctx, contextOf, defineMixin, type Mixin } from "../../services/cluster.ts";
import { pauseBefore } from "../durable-events/backoff.ts";
import { beforeStop } from "../platform.ts";
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
  /** Milliseconds before another attempt after so many failures. */
  pause?: (failures: number) => number;
  // biome-ignore lint/suspicious/noExplicitAny: a service's own methods are known where the handler is written
  work(this: any, doc: T & { fence: number }, ctx: Ctx): Promise<Next>;
}

interface Lends {
  /** Looks for due work now, because some has just been made. */
  wakeDue(): void;
}

interface State {
  timer?: NodeJS.Timeout | undefined;
  busy: Set<Promise<void>>;
  stopped: boolean;
  looking: Promise<void> | undefined;
  /** Somebody asked for a look while one was under way. */
  again: boolean;
  /** The last look found as much as there was room for. */
  more: boolean;
}

/**
 * Work that must happen later or again: the document says when, a node claims it by lease with a fence, and whatever
 * dies, another goes on. A failure is tried again with growing pauses. Writes of the handler name the fence in their
 * guard, so that a node that lost its lease changes nothing. Who sets `dueAt` to an earlier time during the work has
 * it done again then.
 */
export function due<T extends Doc>(options: DueOptions<T>): Mixin<Lends> {
  const { lease, atOnce = 16, every = 250, pause = pauseBefore } = options;
  const states = new WeakMap<object, State>();
  const stateOf = (service: object): State => states.get(service) as State;
  const documents = (service: Base): Collection<T> =>
    (service as unknown as Record<string, Collection<T>>)[options.collection] as Collection<T>;

  function look(service: Base): void {
    const state = stateOf(service);
    state.again = true;
    if (state.looking || state.stopped) return;
    clearTimeout(state.timer);
    state.looking = claimAll(service, state).finally(() => {
      state.looking = undefined;
      if (!state.stopped) state.timer = setTimeout(() => look(service), every).unref();
    });
  }

  async function claimAll(service: Base, state: State): Promise<void> {
    while (state.again && !state.stopped) {
      state.again = false;
      const room = atOnce - state.busy.size;
      state.more = room <= 0;
      if (state.more) return;
      try {
        const claimed = await documents(service).claimDue(lease, room);
        state.more = claimed.length === room;
        for (const doc of claimed) begin(service, state, doc);
      } catch (error) {
        service.logger.error(`Due work of ${options.collection} could not be claimed`, error);
      }
    }
  }

  function begin(service: Base, state: State, doc: T & { fence: number }): void {
    const run: Promise<void> = one(service, doc).finally(() => {
      state.busy.delete(run);
      if (state.more) look(service);
    });
    state.busy.add(run);
  }

  async function one(service: Base, doc: T & { fence: number }): Promise<void> {
    let next: Next;
    let failures = 0;
    try {
      next = await options.work.call(service, doc, contextOf(service));
      if (next === undefined) return;
    } catch (error) {
      failures = ((doc as { dueFailures?: number }).dueFailures ?? 0) + 1;
      next = new Date(Date.now() + pause(failures)).toISOString();
      service.logger.warn(`Due work on ${options.collection} ${doc.id} failed, attempt ${failures}`, error);
    }
    // Another fence: another node works on it now. An earlier `dueAt` than the lease's end: somebody wants it again.
    const guard = { fence: doc.fence, dueAt: { $gte: doc.dueAt } };
    await documents(service)
      .change(doc.id, guard, { $set: { dueAt: next, leased: false, dueFailures: failures } })
      .catch((error) => service.logger.warn(`Due work on ${doc.id} could not be put back`, error));
  }

  async function stop(service: Base): Promise<void> {
    const state = stateOf(service);
    state.stopped = true;
    clearTimeout(state.timer);
    await state.looking;
    await Promise.all(state.busy);
  }

  return defineMixin<Lends>({
    methods: {
      wakeDue() {
        if (states.has(this) && this.broker.started) look(this);
      },
    },
    created() {
      states.set(this, { busy: new Set(), stopped: false, looking: undefined, again: false, more: false });
      // Not before every service of this node has started, and no longer than they all run: work needs the others.
      this.broker.localBus.once("$broker.started", () => look(this));
      beforeStop(this.broker, () => stop(this));
    },
    stopped() {
      return stop(this);
    },
  });
}
