import { type Base, type Ctx, contextOf, defineMixin, type Mixin } from "../../services/cluster.ts";
import { named } from "../../services/shared/findings.ts";
import type { Findings } from "../../services/shared/shapes.ts";

export type Finding = Findings["findings"][number];

interface InvariantOptions {
  /** What is wrong with the subjects of these ids, by id; a subject that is in order may be left out. */
  // biome-ignore lint/suspicious/noExplicitAny: a service's own methods are known where the check is written
  check(this: any, ids: string[], ctx: Ctx): Promise<Map<string, Finding[]>>;
  /** Every id, for the one look at everything after a start. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  everything(this: any): AsyncIterable<string[]>;
  /** Milliseconds after a change in which what belongs to it may still be under way elsewhere. */
  settle?: number;
}

/** How the rules stand: what is broken now, how many subjects wait for their look, how many looks there were. */
export interface InvariantState {
  broken: Finding[];
  waiting: number;
  looks: number;
}

interface Lends {
  /** Something changed that the rules speak of: it is looked at when it has settled. */
  touch(id: string): void;
  invariants(): InvariantState;
}

interface Watch {
  touched: Map<string, number>;
  /** Of before the start, what comes next. */
  older: string[];
  broken: Map<string, Finding[]>;
  looks: number;
  timer?: NodeJS.Timeout;
  stopped: boolean;
}

const AT_ONCE = 100;
const EVERY = 1_000;
/** What was there before a start is looked at by so many at each look: a node that comes must not keep others from work. */
const OLDER = 20;

/**
 * Keeps a service's rules incrementally: what a change touched is checked again a moment later, and what is broken again
 * and again until it is right, so that how the rules stand is known without reading everything. A rule that breaks is an
 * error in the log and a gauge, `molecart.invariants.broken`.
 */
export function invariants({ check, everything, settle = 3_000 }: InvariantOptions): Mixin<Lends> {
  const watches = new WeakMap<object, Watch>();
  const watchOf = (service: object) => watches.get(service) as Watch;

  async function look(service: Base): Promise<void> {
    const watch = watchOf(service);
    const before = Date.now() - settle;
    const due = [...watch.touched].filter(([, at]) => at <= before).map(([id]) => id);
    // Half of a look at least is for either of the two.
    const again = [...watch.broken.keys()].slice(0, Math.max(AT_ONCE / 2, AT_ONCE - due.length));
    const rushed = due.length > AT_ONCE;
    const older = rushed ? [] : watch.older.splice(0, OLDER);
    const ids = [...new Set([...again, ...due].slice(0, AT_ONCE)), ...older];
    for (const id of ids) watch.touched.delete(id);
    try {
      if (ids.length) take(service, ids, await check.call(service, ids, contextOf(service)));
    } catch (error) {
      // Another service is away: the look is due again.
      for (const id of ids) if (!watch.touched.has(id)) watch.touched.set(id, before);
      service.logger.debug("The rules could not be looked at", error);
    }
    if (!watch.stopped) watch.timer = setTimeout(() => look(service), rushed ? 20 : EVERY).unref();
  }

  function take(service: Base, ids: string[], found: Map<string, Finding[]>): void {
    const watch = watchOf(service);
    watch.looks += ids.length;
    for (const id of ids) {
      const findings = found.get(id) ?? [];
      const isKnown = watch.broken.delete(id);
      if (findings.length === 0) continue;
      for (const { rule, subject, detail } of isKnown ? [] : findings) {
        service.logger.error(`Broken: ${rule}, ${subject}: ${detail}`);
      }
      // Behind the others: it is looked at again after them.
      watch.broken.set(id, findings);
    }
    service.broker.metrics?.set("molecart.invariants.broken", watch.broken.size, { service: service.name });
  }

  /** What was wrong before this start is found, too: a few at a time, so that nobody waits for it. */
  async function sweep(service: Base): Promise<void> {
    const watch = watchOf(service);
    for await (const ids of everything.call(service)) {
      watch.older.push(...ids);
      while (watch.older.length > OLDER && !watch.stopped) {
        await new Promise((resume) => setTimeout(resume, EVERY).unref());
      }
      if (watch.stopped) return;
    }
  }

  return defineMixin<Lends>({
    methods: {
      touch(id: string) {
        watches.get(this)?.touched.set(id, Date.now());
      },
      invariants(): InvariantState {
        const { broken, touched, older, looks } = watchOf(this);
        return { broken: named([...broken.values()].flat()), waiting: touched.size + older.length, looks };
      },
    },
    created() {
      watches.set(this, { touched: new Map(), older: [], broken: new Map(), looks: 0, stopped: false });
      const description = "Subjects for which a rule of the shop does not hold";
      const gauge = {
        name: "molecart.invariants.broken",
        type: "gauge" as const,
        labelNames: ["service"],
        description,
      };
      if (this.broker.isMetricsEnabled()) this.broker.metrics.register(gauge);
      this.broker.localBus.once("$broker.started", () => {
        void look(this);
        sweep(this).catch((error) => this.logger.warn("The first look at the rules broke off", error));
      });
    },
    stopped() {
      const watch = watchOf(this);
      watch.stopped = true;
      clearTimeout(watch.timer);
    },
  });
}
