import { setTimeout } from "node:timers/promises";
import type { EventBus } from "../../mixins/durable-events/event-bus.ts";
import { type Actions, type Ctx, cluster } from "../cluster.ts";
import type { ServiceContract } from "../contract.ts";
import { settled } from "../shared/settle.ts";
import type { Findings, Repairs } from "../shared/shapes.ts";

const MINUTE = 60_000;
const SHOWN = 100;

/** What each part of the shop found; `missing` are parts that this node does not run. */
export interface Audit {
  parts: (Findings & { part: string })[];
  missing: string[];
}

type AuditAction = Extract<keyof Actions, `${string}.audit`>;
const AUDITS = cluster
  .filter((contract: ServiceContract) => "audit" in contract.actions)
  .map(({ name }) => `${name}.audit` as AuditAction);

/** Asks every service that keeps rules whether they hold, and the event queue whether all is delivered. */
export async function audit(
  ctx: Ctx,
  events: EventBus,
  runs: (action: string) => boolean,
  patience = 10_000,
): Promise<Audit> {
  await caughtUp(events, patience);
  const here = AUDITS.filter(runs);
  const parts = [];
  const end = Date.now() + patience;
  for (const action of here) {
    parts.push({ part: serviceOf(action), ...(await found(ctx, action, events, end)) });
  }
  parts.push({ part: "events", ...(await delivered(events)) });
  return { parts, missing: AUDITS.filter((action) => !here.includes(action)).map(serviceOf) };
}

/** What a part finds; some of it may come right when what was under way is handled. */
async function found(ctx: Ctx, action: AuditAction, events: EventBus, end: number): Promise<Findings> {
  for (;;) {
    const { waiting } = await events.backlog();
    const result: Findings = await ctx.call(action, undefined, { timeout: 0 });
    if (!result.findings.length || !waiting || Date.now() > end) return result;
    await setTimeout(100);
  }
}

/** A shop that was away for long has old events, and hands them out in its first moments. */
async function caughtUp(events: EventBus, patience: number): Promise<void> {
  const end = Date.now() + patience;
  for (;;) {
    const { waiting, oldest } = await events.backlog();
    if (!waiting || oldest <= MINUTE || Date.now() > end) return;
    await setTimeout(100);
  }
}

/** How the rules stand by what is kept incrementally, without reading everything. */
export async function invariants(ctx: Ctx, runs: (action: string) => boolean) {
  const here = (["inventory.invariants", "orders.invariants", "payments.invariants"] as const).filter(runs);
  return Promise.all(here.map(async (action) => ({ part: serviceOf(action), ...(await ctx.call(action)) })));
}

/**
 * Mends what is safe, part by part, and says what it did. Dead letters are delivered again before all else: what one of
 * them will write must not be written in its place.
 */
export async function repair(
  ctx: Ctx,
  events: EventBus,
  runs: (action: string) => boolean,
  patience = 30_000,
): Promise<Repairs> {
  const here = (["inventory.repair", "orders.repair"] as const).filter(runs);
  const repairs = await redriven(events);
  const left: Repairs["repairs"] = [];
  await settled(async () => ((await events.backlog()).waiting ? [true] : []), patience);
  for (const action of here) {
    const done: Repairs = await ctx.call(action, undefined, { timeout: 0 });
    repairs.push(...done.repairs);
    left.push(...(done.left ?? []));
  }
  return { repairs, left };
}

/** Sends every dead letter again, once. */
async function redriven(events: EventBus): Promise<Repairs["repairs"]> {
  const seen = new Set<string>();
  const repairs: Repairs["repairs"] = [];
  for (;;) {
    // What has failed again may stand before the others.
    const letters = (await events.deadLetters(SHOWN + seen.size)).filter(({ id }) => !seen.has(id));
    if (letters.length === 0) return repairs;
    for (const { id, event } of letters) {
      seen.add(id);
      if (!(await events.redrive(id))) continue;
      repairs.push({ rule: "every event is handled", subject: id, detail: `${event.name} is delivered again` });
    }
  }
}

const serviceOf = (action: string): string => action.split(".")[0] as string;

async function delivered(events: EventBus): Promise<Findings> {
  const { waiting, oldest, dead } = await events.backlog();
  const letters = await events.deadLetters(SHOWN);
  const findings = letters.map(({ id, event, attempts, error }) => ({
    rule: "every event is handled",
    subject: id,
    detail: `${event.name} is a dead letter after ${attempts} attempts: ${error}`,
  }));
  if (dead > letters.length) {
    const rule = "every event is handled";
    findings.push({ rule, subject: "dead letters", detail: `${dead - letters.length} more` });
  }
  if (waiting && oldest > MINUTE) {
    findings.push({
      rule: "no event waits longer than a minute",
      subject: "the queue",
      detail: `${waiting} wait, the oldest for ${Math.round(oldest / 1_000)} s`,
    });
  }
  return { findings, figures: { waiting, dead } };
}
