import type { PaymentStatus } from "./payments.contract.ts";

/** A charge as the provider sees it; every answer and every webhook tells one of these. */
export interface Charge {
  /** Our key of the authorization, under which the provider keeps it. */
  key: string;
  /** The provider's own name for it. */
  reference: string;
  status: Exclude<PaymentStatus, "unknown">;
  amount: number;
  currency: string;
  /** What was taken and given back in whole. */
  captured: number;
  refunded: number;
  failure: { type: string; message: string } | null;
  /** Where the shopper must go, while the status is `requires_action`. */
  redirectUrl: string | null;
}

/** `key` makes a repeat of the request harmless; `charge` is the key of the authorization that it is about. */
export interface MoneyRequest {
  key: string;
  charge: string;
  amount: number;
  currency: string;
}

export interface ProviderEvent {
  id: string;
  type: string;
  /** Null where the event is of a type that this release does not know. */
  charge: Charge | null;
}

/**
 * What a payment provider must offer. Each call is idempotent by its key and answers with the charge as it stands then.
 * A `ProviderRefusal` is a definite no; any other failure leaves the outcome open.
 */
export interface PaymentProvider {
  name: string;
  title: string;
  authorize(request: MoneyRequest & { token: string }): Promise<Charge>;
  capture(request: MoneyRequest): Promise<Charge>;
  /** Sees to it that nothing is or will be held under the charge's key, also where the authorization never came. */
  void(request: MoneyRequest): Promise<Charge>;
  refund(request: MoneyRequest): Promise<Charge>;
  /** The charge under this key, or null where the provider has not seen it. */
  inquire(charge: string): Promise<Charge | null>;
  /** The event in these bytes; throws `WEBHOOK_SIGNATURE_INVALID` where the provider did not sign them. */
  verifyWebhook(body: string, headers: Record<string, string>, now: number): ProviderEvent;
  /** The event in bytes that were verified before. */
  readEvent(body: string): ProviderEvent;
}

/** The provider said no, and nothing was done. */
export class ProviderRefusal extends Error {}

/** The provider could not do it now; asking again under the same key may help. */
export class ProviderUnavailable extends Error {}

export class ProviderTimeout extends Error {}

/** What `work` gives within `ms`; what comes later is not waited for. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ProviderTimeout(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
