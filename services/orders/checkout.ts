import { pauseBefore } from "../../mixins/durable-events/backoff.ts";
import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import type { Collection, Filter } from "../../mixins/store/collection.ts";
import { type Ctx, event } from "../cluster.ts";
import { fact, type Outcome, PATIENCE, paid, type Reason, type Step, steps } from "./checkout-steps.ts";
import type { OrderDocument } from "./order.documents.ts";
import { move } from "./order-status.ts";
import type { TimelineEntry } from "./orders.contract.ts";

/** How long a node may be silent before another goes on with its order. */
export const LEASE = 15_000;
/** Milliseconds in which a node that goes on need not tell the others that it does. */
const BRISK = 1_000;
/** A step before the confirmation is tried so often; then the order is given up. */
const ATTEMPTS = 12;

interface Changes {
  set: Record<string, unknown>;
  timeline: TimelineEntry[];
  events: DurableEvent[];
  /** What is told of the order's end, as it stands when that is stored. */
  end: ((stored: OrderDocument) => DurableEvent) | null;
}
const nothing = (): Changes => ({ set: {}, timeline: [], events: [], end: null });

/** The final refusal of a checkout's step, with the data of the error that told it. */
export interface Refusal extends Reason {
  detailed?: unknown;
}

/**
 * Moves one order as far as it goes now, under the lease that `order.fence` stands for; every write is guarded by it.
 * Steps are idempotent, so whoever takes over repeats what is not recorded. Progress is written where somebody else
 * must know of it: after a payment's answer that took its time or refused, with the confirmation, and at the end.
 */
export class CheckoutRun {
  readonly #orders: Collection<OrderDocument>;
  readonly #ctx: Ctx;
  /** Whether the shopper still waits for this run, and hears its refusal as the answer. */
  answered: boolean;
  /** Nobody has worked on this order before. */
  readonly #first: boolean;
  #order: OrderDocument;
  #pending = nothing();
  #writtenAt = performance.now();
  refusal: Refusal | null = null;

  constructor(orders: Collection<OrderDocument>, ctx: Ctx, order: OrderDocument, { answered = false } = {}) {
    this.answered = answered;
    this.#first = answered;
    this.#orders = orders;
    this.#ctx = ctx;
    this.#order = order;
  }

  /** The order where this run left it; null when another node has taken it over meanwhile. */
  async run(): Promise<OrderDocument | null> {
    const { checkout, cancelRequestedAt, status } = this.#order;
    if (checkout.next === null && (status === "canceled" || !cancelRequestedAt)) await this.#followPayment();
    for (;;) {
      const { cancelRequestedAt, status } = this.#order;
      if (cancelRequestedAt && this.#direction() === "forward" && status !== "canceled") {
        this.#giveUp({ type: "CANCELED_BY_REQUEST", message: "The order was canceled on request" });
      }
      // Another node may have the order by now, and have confirmed it: nothing of that is to be undone.
      if (this.#direction() === "back" && this.#mayBeAnothers() && !(await this.#save())) return null;
      const step = steps.find(({ name }) => name === this.#next());
      const act = (one: Step) => (this.#direction() === "forward" ? this.#forward(one) : this.#back(one));
      const pause = step ? await act(step) : null;
      if (this.#order.deletedAt) return this.#order;
      if (!step || pause !== null) {
        const put = await this.#putDown(pause === null ? null : new Date(Date.now() + pause).toISOString());
        if (put) return put;
        // Somebody has asked to cancel since this run last looked, or another node has the order now.
        const saved = await this.#save();
        if (!saved) return null;
        continue;
      }
      // Between the payment's answer and the commit somebody may have asked to cancel: the write brings that along.
      const told = step.name === "confirm" || (step.name === "authorize" && !(await this.#undisturbed()));
      if (told && !(await this.#save())) return null;
    }
  }

  /** By the clock; and who was not the first does not turn round unrecorded. */
  #mayBeAnothers = () =>
    Date.parse(this.#order.dueAt ?? "") < Date.now() + LEASE / 3 ||
    (!this.#first && this.#order.checkout.direction === "forward");
  #direction = () => (this.#pending.set["checkout.direction"] ?? this.#order.checkout.direction) as "forward" | "back";
  #next = () => {
    const { set } = this.#pending;
    return ("checkout.next" in set ? set["checkout.next"] : this.#order.checkout.next) as Step["name"] | null;
  };
  #attempts = () => (this.#pending.set["checkout.attempts"] ?? this.#order.checkout.attempts) as number;

  /** Runs one step; null to go on at once, or milliseconds until it is due again. */
  async #forward(step: Step): Promise<number | null> {
    const started = performance.now();
    const attempt = this.#attempts() + 1;
    let outcome: Outcome;
    try {
      outcome = await step.run(this.#ctx, this.#order);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#tell(step, "failed", attempt, started, message);
      if (attempt >= ATTEMPTS && this.#order.status === "pending") {
        this.#giveUp({ type: "CHECKOUT_FAILED", message: "The order could not be completed" });
        return null;
      }
      this.#pending.set["checkout.attempts"] = attempt;
      return pauseBefore(attempt);
    }
    Object.assign(this.#pending.set, outcome.set);
    this.#pending.events.push(...(outcome.events ?? []));
    if (outcome.state === "waiting") return this.#wait(step, outcome, attempt, started);
    this.#tell(step, outcome.state, attempt, started, outcome.detail);
    if (outcome.state === "failed") {
      this.refusal = { ...outcome.reason, detailed: outcome.detailed };
      this.#pending.set["checkout.refused"] = outcome.detailed ?? null;
      // Whoever has been told of the order, or waits for it elsewhere, must find it.
      if (step.name === "lock" && this.answered && (await this.#discard())) return null;
      this.#giveUp(outcome.reason);
      return null;
    }
    const after = steps[steps.indexOf(step) + 1]?.name ?? null;
    Object.assign(this.#pending.set, { "checkout.next": after, "checkout.attempts": 0, "checkout.deadline": null });
    return null;
  }

  /** Waiting is told once; afterwards the order looks again and again until the deadline. */
  #wait(step: Step, outcome: Outcome & { state: "waiting" }, attempt: number, started: number): number | null {
    const deadline = this.#order.checkout.deadline ?? outcome.deadline ?? null;
    const last = this.#order.timeline.at(-1);
    if (last?.outcome !== "waiting" || last.detail !== outcome.detail) {
      this.#tell(step, "waiting", attempt, started, outcome.detail);
    }
    if (deadline && deadline <= new Date().toISOString()) {
      this.#giveUp({ type: "PAYMENT_TIMED_OUT", message: "The payment was not confirmed in time" });
      return null;
    }
    Object.assign(this.#pending.set, { "checkout.attempts": attempt, "checkout.deadline": deadline });
    return Math.min(pauseBefore(attempt), PATIENCE / 60);
  }

  /** Compensates one step; a failure is tried again until it succeeds. */
  async #back(step: Step): Promise<number | null> {
    const started = performance.now();
    const attempt = this.#attempts() + 1;
    try {
      const undone = await step.compensate?.(this.#ctx, this.#order);
      if (undone) {
        Object.assign(this.#pending.set, undone.set);
        this.#tell(step, "compensated", attempt, started, undone.detail);
      }
    } catch (error) {
      this.#tell(step, "failed", attempt, started, error instanceof Error ? error.message : String(error));
      this.#pending.set["checkout.attempts"] = attempt;
      return pauseBefore(attempt);
    }
    const before = steps[steps.indexOf(step) - 1]?.name ?? null;
    Object.assign(this.#pending.set, { "checkout.next": before, "checkout.attempts": 0 });
    if (before === null) this.#end();
    return null;
  }

  /** Turns the order round: from here on compensations run, of every step that may have begun. */
  #giveUp(reason: Reason): void {
    const next = this.#next() ?? (steps.at(-1) as Step).name;
    // Who had the order before may have begun, or yet begin, all that comes before the next record.
    const from = !this.#first && (next === "lock" || next === "hold") ? "authorize" : next;
    Object.assign(this.#pending.set, {
      "checkout.direction": "back",
      "checkout.next": from,
      "checkout.attempts": 0,
      "checkout.token": null,
      reason,
      nextAction: null,
    });
  }

  /**
   * An order that could not even lock its cart never was: nobody is told of it, and its key is free again. False where
   * somebody has been told of it already.
   */
  async #discard(): Promise<boolean> {
    const gathered = this.#pending;
    this.#pending = nothing();
    this.#pending.set = {
      deletedAt: new Date().toISOString(),
      key: null,
      "checkout.next": null,
      "checkout.token": null,
    };
    if (await this.#putDown(null, { toldPending: { $ne: true } })) return true;
    this.#pending = gathered;
    return false;
  }

  #end(): void {
    const reason = (this.#pending.set.reason ?? this.#order.reason) as Reason;
    const before = this.#order;
    this.#pending.set.status = move(before, "canceled");
    this.#pending.end = ({ toldPending }) =>
      event("order.canceled", `${before.id}:canceled`, {
        ...fact(before),
        reason,
        // Who has heard that it is confirmed, or pending, hears that it is not.
        answered: this.answered && before.status === "pending" && !toldPending,
      });
  }

  #tell(step: Step, outcome: TimelineEntry["outcome"], attempt: number, started: number, detail: string): void {
    const ms = Math.round(performance.now() - started);
    const at = new Date().toISOString();
    this.#pending.timeline.push({ at, step: step.name, outcome, attempt, node: this.#ctx.broker.nodeID, ms, detail });
  }

  /** An order with nothing left to do takes over what has become of its payment. */
  async #followPayment(): Promise<void> {
    const payment = await this.#ctx.call("payments.ofOrder", { orderId: this.#order.id });
    if (payment) Object.assign(this.#pending.set, paid(payment));
  }

  /** Whether the order goes forward, was written a moment ago and nobody has written it since. */
  async #undisturbed(): Promise<boolean> {
    if (this.#direction() !== "forward" || performance.now() - this.#writtenAt > BRISK) return false;
    return (await this.#orders.get(this.#order.id))?.rev === this.#order.rev;
  }

  /** Ends the lease; null where somebody has asked to cancel since the order was read, or the lease is another's. */
  #putDown(dueAt: string | null, more: Filter = {}): Promise<OrderDocument | null> {
    const guard = { cancelRequestedAt: this.#order.cancelRequestedAt, ...more };
    return this.#save({ dueAt, leased: false, dueFailures: 0 }, guard);
  }

  /** Writes what has gathered and goes on with the order's newest state. */
  async #save(
    lease: Record<string, unknown> = { dueAt: new Date(Date.now() + LEASE).toISOString() },
    guard: Filter = {},
  ): Promise<OrderDocument | null> {
    const { set, timeline, events, end } = this.#pending;
    const saved = await this.#orders.change(
      this.#order.id,
      { fence: this.#order.fence ?? null, ...guard },
      { $set: { ...set, ...lease }, $push: { timeline: { $each: timeline, $slice: -200 } } },
      end ? (stored) => [...events, end(stored)] : events,
    );
    if (saved) {
      this.#writtenAt = performance.now();
      this.#order = saved;
      this.#pending = nothing();
    }
    return saved;
  }
}
