import type { Redis } from "ioredis";
import type { RateLimiterRes } from "rate-limiter-flexible";
import { tooMany } from "../shared/errors.ts";
import { type Limiter, limiter } from "./shared-limiter.ts";

/** How much one address may ask. */
export interface Allowances {
  requestsPerSecond: number;
  signInsPerMinute: number;
}

const ACCOUNT = 320;

/** Counts requests by address, and sign-ins by address and by account. Over the limit is `RATE_LIMITED`. */
export class RateLimits {
  readonly #allowances: () => Allowances;
  readonly #requests: Limiter;
  readonly #signIns: Limiter;
  readonly #accounts: Limiter;

  /** `redis`: where several gateways count together. */
  constructor(allowances: () => Allowances, redis?: Redis) {
    this.#allowances = allowances;
    this.#requests = limiter("requests", 1, redis);
    this.#signIns = limiter("sign-ins", 60, redis);
    this.#accounts = limiter("accounts", 60, redis);
  }

  /** Counts one request; gives the headers that tell what is left. */
  async request(address: string): Promise<string[]> {
    const { requestsPerSecond } = this.#allowances();
    this.#requests.points = requestsPerSecond;
    try {
      const { remainingPoints } = await this.#requests.consume(address);
      return [
        "RateLimit-Policy",
        `"requests";q=${requestsPerSecond};w=1`,
        "RateLimit",
        `"requests";r=${remainingPoints};t=1`,
      ];
    } catch (refused) {
      throw over("requests", refused, requestsPerSecond, 1);
    }
  }

  /** Counts one sign-in of this address for this account. */
  async signIn(address: string, account: unknown): Promise<void> {
    const { signInsPerMinute } = this.#allowances();
    this.#signIns.points = signInsPerMinute;
    this.#accounts.points = signInsPerMinute;
    try {
      await this.#signIns.consume(address);
      if (typeof account === "string") await this.#accounts.consume(account.trim().toLowerCase().slice(0, ACCOUNT));
    } catch (refused) {
      throw over("sign-ins", refused, signInsPerMinute, 60);
    }
  }
}

function over(policy: string, refused: unknown, quota: number, window: number): unknown {
  if (refused instanceof Error) return refused;
  const retryAfter = Math.max(1, Math.ceil((refused as RateLimiterRes).msBeforeNext / 1_000));
  return tooMany("RATE_LIMITED", `Too many ${policy.replace("-", " ")}: try again in ${retryAfter} s`, {
    policy,
    quota,
    window,
    retryAfter,
  });
}

/** The headers of a refusal: which limit it was and when it opens again. */
export function limitHeaders({ policy, quota, window, retryAfter }: Record<string, unknown>): Record<string, string> {
  return {
    "Retry-After": String(retryAfter),
    "RateLimit-Policy": `"${policy}";q=${quota};w=${window}`,
    RateLimit: `"${policy}";r=0;t=${retryAfter}`,
  };
}
