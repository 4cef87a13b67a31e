import type { Platform } from "../../mixins/platform.ts";
import { notFound } from "../shared/errors.ts";
import { keyFor, secretKey } from "../shared/secrets.ts";
import { Ticker } from "../shared/ticker.ts";
import { Cashier } from "./cashier.ts";
import { take, takeLeftovers } from "./inbox.ts";
import { migrate } from "./migrate.ts";
import { OutboxRelay } from "./outbox-relay.ts";
import type { PaymentRecord } from "./payment.tables.ts";
import { requestCapture, requestUndo } from "./payment-status.ts";
import { PaymentStore } from "./payment-store.ts";
import type { PaymentProvider } from "./provider.ts";
import { prepare } from "./sandbox/sandbox.tables.ts";
import { SandboxBank } from "./sandbox/sandbox-bank.ts";
import { SandboxProvider } from "./sandbox/sandbox-provider.ts";
import { WebhookSender } from "./sandbox/webhook-sender.ts";

export interface PaymentSettings {
  /** Milliseconds until a provider's answer is no longer waited for. */
  answerWithin: number;
  /** Milliseconds between looks at a payment whose result comes by webhook, should that get lost. */
  webhookWithin: number;
  /** Milliseconds until the sandbox bank decides a `tok_delayed` charge. */
  sandboxDelay: number;
}

interface Log {
  info(...words: unknown[]): void;
  warn(...words: unknown[]): void;
  error(...words: unknown[]): void;
}

const AT_ONCE = 32;
/** The provider that new payments are made with. */
const DEFAULT = "sandbox";

export const sandboxWebhookKey = (environment: Platform["environment"]): string =>
  keyFor(secretKey(environment), "sandbox-webhook");

/** Everything behind the payments of one node: their database, their providers, and the work that goes on by itself. */
export class PaymentDesk {
  readonly store: PaymentStore;
  readonly bank: SandboxBank;
  /** Hears of payments whose money or state has changed. */
  changed: (paymentId: string) => void = () => undefined;
  readonly providers: ReadonlyMap<string, PaymentProvider>;
  readonly #platform: Platform;
  readonly #log: Log;
  readonly #cashier: Cashier;
  readonly #due: Ticker;
  readonly #sender: WebhookSender;
  readonly #tickers: Ticker[];

  constructor(platform: Platform, settings: PaymentSettings, log: Log) {
    const { PUBLIC_URL: publicUrl, GATEWAY_URL: gatewayUrl } = platform.environment;
    const key = sandboxWebhookKey(platform.environment);
    const sandbox = platform.sql("sandbox");
    const sender = new WebhookSender(sandbox.db(), { url: `${gatewayUrl}/api/v1/payments/webhooks/sandbox`, key, log });
    const sending = new Ticker(() => sender.sendDue(), 250, log);
    this.#platform = platform;
    this.#log = log;
    this.#sender = sender;
    this.bank = new SandboxBank(sandbox, {
      publicUrl,
      delay: settings.sandboxDelay,
      late: settings.answerWithin * 1.5,
      queued: () => sending.wake(),
    });
    const provider = new SandboxProvider(this.bank, key);
    this.providers = new Map([[provider.name, provider]]);
    this.store = new PaymentStore(platform.sql("money"), (events) => {
      relay.add(events);
      relaying.wake();
    });
    const relay = new OutboxRelay(this.store.db, platform.events, (id) => this.changed(id));
    const relaying = new Ticker(() => relay.look(), 1_000, log);
    const patience = { answer: settings.answerWithin, webhook: settings.webhookWithin };
    this.#cashier = new Cashier(this.store, this.providers, patience, log);
    this.#due = new Ticker(() => this.#workDue(), 250, log);
    const leftovers = new Ticker(() => takeLeftovers(this.store, this.providers, log), 60_000, log);
    this.#tickers = [this.#due, relaying, leftovers, new Ticker(() => this.bank.decideDelayed(), 100, log), sending];
  }

  async open(): Promise<void> {
    await migrate(this.#platform.sql("money"), this.#log);
    await this.store.freeLeases();
    await prepare(this.#platform.sql("sandbox"));
  }

  start(): void {
    for (const ticker of this.#tickers) ticker.start();
  }

  async stop(): Promise<void> {
    this.#sender.stop();
    for (const ticker of this.#tickers) await ticker.stop();
    await this.#cashier.idle();
  }

  async authorize(
    orderId: string,
    amount: { amount: number; currency: string },
    token: string,
  ): Promise<PaymentRecord> {
    const opened = await this.store.open({ orderId, provider: DEFAULT, ...amount, token });
    if (opened) return this.#cashier.work(opened);
    return (await this.#takeOn(orderId, (payment) => payment)) as PaymentRecord;
  }

  async capture(orderId: string): Promise<PaymentRecord> {
    const payment = await this.#takeOn(orderId, requestCapture);
    if (!payment) throw notFound("PAYMENT_UNKNOWN", "The order has no payment", { orderId });
    return payment;
  }

  async undo(orderId: string): Promise<PaymentRecord> {
    const { CURRENCY: currency } = this.#platform.environment;
    const known = await this.#takeOn(orderId, requestUndo);
    if (known) return known;
    const closed = await this.store.close({ orderId, provider: DEFAULT, amount: 0, currency, token: null });
    // An authorization may have come between the look and the write.
    return closed.status === "voided" ? closed : ((await this.#takeOn(orderId, requestUndo)) ?? closed);
  }

  /** Stores what a provider tells and does it; the signature comes before everything else. */
  async hear(name: string, body: string, headers: Record<string, string>): Promise<void> {
    const provider = this.providers.get(name);
    if (!provider) throw notFound("PROVIDER_UNKNOWN", "There is no such payment provider");
    const event = provider.verifyWebhook(body, headers, Date.now());
    await take(this.store, provider, event, body, this.#log);
    this.#due.wake();
  }

  /** Records a wish and does what it needs, or waits for whoever is at it on this node already. */
  async #takeOn(orderId: string, wish: (payment: PaymentRecord) => PaymentRecord): Promise<PaymentRecord | null> {
    const claim = await this.store.claim(orderId, wish);
    if (!claim) return null;
    return claim.step ? this.#cashier.work(claim) : this.#cashier.settled(claim.payment);
  }

  async #workDue(): Promise<void> {
    const room = AT_ONCE - this.#cashier.running;
    if (room <= 0) return;
    for (const claim of await this.store.claimDue(room)) {
      this.#cashier
        .work(claim)
        .catch((error) => this.#log.error(`The payment of order ${claim.payment.orderId} cannot go on`, error));
    }
  }
}
