import { pauseBefore } from "../../mixins/durable-events/backoff.ts";
import { type Heard, nextStep, type OperationKind, type Step } from "./next-step.ts";
import type { PaymentRecord } from "./payment.tables.ts";
import { isEnded, learn, unanswered } from "./payment-status.ts";
import { type Claim, isLeased, type PaymentStore } from "./payment-store.ts";
import { type Change, keyOf } from "./payment-writes.ts";
import { type Charge, type PaymentProvider, ProviderRefusal, ProviderUnavailable, within } from "./provider.ts";

export interface Patience {
  /** Milliseconds until an answer of the provider is no longer waited for. */
  answer: number;
  /** Milliseconds between looks at a payment whose result comes by webhook, should that get lost. */
  webhook: number;
}

interface Log {
  warn(...words: unknown[]): void;
}

/** What the provider said to a step: a charge, that it knows none, a definite no, or nothing. */
type Reply = { charge: Charge } | { missing: true } | { refused: string } | { silent: string };

/** Pauses before the provider is asked once more in the same call, where it could not do it now. */
const PAUSES = [50, 150];

/** Takes claimed payments on, step by step, until there is nothing to do but wait; no lock is held over a call. */
export class Cashier {
  readonly #store: PaymentStore;
  readonly #providers: ReadonlyMap<string, PaymentProvider>;
  readonly #patience: Patience;
  readonly #log: Log;
  readonly #running = new Map<string, Promise<PaymentRecord>>();

  constructor(store: PaymentStore, providers: ReadonlyMap<string, PaymentProvider>, patience: Patience, log: Log) {
    this.#store = store;
    this.#providers = providers;
    this.#patience = patience;
    this.#log = log;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Does the steps of a claim; resolves with the payment as it stands after them. */
  work(claim: Claim): Promise<PaymentRecord> {
    const { orderId } = claim.payment;
    const run = this.#advance(claim).finally(() => {
      if (this.#running.get(orderId) === run) this.#running.delete(orderId);
    });
    this.#running.set(orderId, run);
    return run;
  }

  /** The payment when whoever works on it has finished, here or, within the time of an answer, on another node. */
  async settled(payment: PaymentRecord): Promise<PaymentRecord> {
    const run = this.#running.get(payment.orderId);
    await run?.catch(() => undefined);
    let now = run ? await this.#again(payment) : payment;
    const end = Date.now() + this.#patience.answer;
    for (let pause = 20; isLeased(now) && Date.now() + pause < end; pause *= 1.5) {
      await new Promise((resume) => setTimeout(resume, pause));
      now = await this.#again(now);
    }
    return now;
  }

  async #again(payment: PaymentRecord): Promise<PaymentRecord> {
    return (await this.#store.ofOrder(payment.orderId)) ?? payment;
  }

  async idle(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }

  async #advance(claim: Claim): Promise<PaymentRecord> {
    const { fence, id } = claim.payment;
    const tried = new Set<Step>();
    let { payment, step } = claim;
    let heard: Heard = "nothing";
    if (step === null) ({ payment } = await this.#store.change(payment, (now) => this.#rest(now, fence)));
    while (step !== null) {
      tried.add(step);
      const asked: Step = step;
      const reply = await this.#ask(asked, payment);
      if ("charge" in reply) heard = "found";
      else if ("missing" in reply) heard = "missing";
      const next = heard;
      ({ payment, step } = await this.#store.change(payment, (now) =>
        this.#record(now, fence, asked, reply, next, tried),
      ));
      if ("refused" in reply || "silent" in reply) {
        const said = "refused" in reply ? reply.refused : reply.silent;
        this.#log.warn(`The ${asked} of payment ${id} is ${"refused" in reply ? "refused" : "open"}: ${said}`);
      }
    }
    return payment;
  }

  /** The payment after this reply, with the next step or the time to look again. */
  #record(now: PaymentRecord, fence: number, asked: Step, reply: Reply, heard: Heard, tried: Set<Step>): Change {
    let payment = now;
    let operation: Change["operation"];
    if ("charge" in reply) {
      payment = { ...learn(now, reply.charge, "answer").payment, token: null };
    } else if ("silent" in reply) {
      if (asked === "authorize") payment = unanswered(now);
      if (asked !== "inquire") operation = { kind: asked, state: "unknown", error: reply.silent };
    } else if ("refused" in reply && asked === "authorize") {
      payment = {
        ...now,
        status: "failed",
        failure: { type: "PAYMENT_DECLINED", message: reply.refused },
        token: null,
      };
    } else if ("refused" in reply && asked !== "inquire") {
      operation = { kind: asked, state: "failed", error: reply.refused };
    }
    // Another holds the lease: what the provider said counts, what to do next is not ours to say.
    if (now.fence !== fence) return { payment, operation };
    // After a no the provider is asked how the charge stands; what was tried already waits for its time.
    const next =
      "silent" in reply || isEnded(payment.status) ? null : "refused" in reply ? "inquire" : nextStep(payment, heard);
    if (next && !tried.has(next)) return { payment, operation, step: next };
    const failing = "silent" in reply || next !== null;
    return { ...this.#rest(payment, fence, failing), operation };
  }

  /** The payment without a claim, due again where it has somewhere to go. */
  #rest(payment: PaymentRecord, fence: number, failing = false): Change {
    if (payment.fence !== fence) return { payment };
    const failures = failing ? payment.failures + 1 : 0;
    const { status } = payment;
    const waits = status === "pending" || status === "unknown" || status === "requires_action";
    const pause = failing ? pauseBefore(failures) : waits ? this.#patience.webhook : null;
    const dueAt = pause === null || (isEnded(status) && !failing) ? null : Date.now() + pause;
    return { payment: { ...payment, leased: false, dueAt, failures } };
  }

  async #ask(step: Step, payment: PaymentRecord): Promise<Reply> {
    const provider = this.#providers.get(payment.provider);
    if (!provider) return { silent: `there is no provider ${payment.provider}` };
    for (let attempt = 0; ; attempt++) {
      try {
        const charge = await within(this.#patience.answer, call(provider, step, payment));
        return charge ? { charge } : { missing: true };
      } catch (error) {
        const said = (error as Error).message;
        if (error instanceof ProviderRefusal) return { refused: said };
        const pause = PAUSES[attempt];
        if (!(error instanceof ProviderUnavailable) || pause === undefined) return { silent: said };
        await new Promise((resume) => setTimeout(resume, pause));
      }
    }
  }
}

function call(provider: PaymentProvider, step: Step, payment: PaymentRecord): Promise<Charge | null> {
  const charge = keyOf(payment, "authorize");
  if (step === "inquire") return provider.inquire(charge);
  const kind: OperationKind = step;
  const { amount, currency, captured, refunded, token } = payment;
  const request = { key: keyOf(payment, kind), charge, amount, currency };
  switch (kind) {
    case "authorize":
      // Without the token the provider cannot repeat it, and with its key alone it still tells what came of it.
      return provider.authorize({ ...request, token: token ?? "" });
    case "capture":
      return provider.capture(request);
    case "void":
      return provider.void(request);
    case "refund":
      return provider.refund({ ...request, amount: captured - refunded });
  }
}
