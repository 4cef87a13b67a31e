import { z } from "zod";
import { badRequest } from "../../shared/errors.ts";
import { PaymentStatus } from "../payments.contract.ts";
import type { Charge, MoneyRequest, PaymentProvider, ProviderEvent } from "../provider.ts";
import type { SandboxBank } from "./sandbox-bank.ts";
import { assertSigned } from "./signature.ts";

const Event = z.object({ id: z.string().max(200), type: z.string().max(100), charge: z.unknown() });
const KNOWN = /^charge\.(pending|requires_action|authorized|declined|captured|voided|refunded)$/;
const EventCharge = z.object({
  key: z.string(),
  reference: z.string(),
  status: PaymentStatus.exclude(["unknown"]),
  amount: z.int(),
  currency: z.string(),
  captured: z.int(),
  refunded: z.int(),
  failure: z.object({ type: z.string(), message: z.string() }).nullable(),
  redirectUrl: z.string().nullable(),
});

/** The sandbox bank as a provider: for trials, tests and the first look. */
export class SandboxProvider implements PaymentProvider {
  readonly name = "sandbox";
  readonly title = "Sandbox card";
  readonly #bank: SandboxBank;
  readonly #webhookKey: string;

  constructor(bank: SandboxBank, webhookKey: string) {
    this.#bank = bank;
    this.#webhookKey = webhookKey;
  }

  authorize = (request: MoneyRequest & { token: string }): Promise<Charge> => this.#bank.authorize(request);
  capture = (request: MoneyRequest): Promise<Charge> => this.#bank.capture(request);
  void = (request: MoneyRequest): Promise<Charge> => this.#bank.void(request);
  refund = (request: MoneyRequest): Promise<Charge> => this.#bank.refund(request);
  inquire = (charge: string): Promise<Charge | null> => this.#bank.inquire(charge);

  verifyWebhook(body: string, headers: Record<string, string>, now: number): ProviderEvent {
    assertSigned(this.#webhookKey, body, headers, now);
    return this.readEvent(body);
  }

  readEvent(body: string): ProviderEvent {
    const event = Event.safeParse(json(body));
    if (!event.success) throw badRequest("WEBHOOK_BODY_INVALID", "The event cannot be read");
    const { id, type, charge } = event.data;
    return { id, type, charge: KNOWN.test(type) ? (EventCharge.safeParse(charge).data ?? null) : null };
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
