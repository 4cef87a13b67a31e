import type { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis } from "rate-limiter-flexible";

/** Counts points by key in windows of `duration` seconds; rejects with a `RateLimiterRes` over `points`. */
export interface Limiter {
  points: number;
  consume(key: string): Promise<{ remainingPoints: number }>;
}

const REMEMBERED = 10_000;

/** Counts in Redis for all gateways together; by itself while Redis is away. */
export function limiter(keyPrefix: string, duration: number, redis: Redis | undefined): Limiter {
  if (!redis) return new RateLimiterMemory({ keyPrefix, points: 1, duration });
  return new SharedLimiter(keyPrefix, duration, redis);
}

/**
 * Takes a tenth of what is allowed at a time, and hands it out without asking again: most requests need no round trip,
 * and all gateways together allow no more than one would.
 */
class SharedLimiter implements Limiter {
  readonly #shared: RateLimiterRedis;
  readonly #alone: RateLimiterMemory;
  readonly #taken = new Map<string, { left: number; beyond: number; until: number }>();
  #block = 1;

  constructor(keyPrefix: string, duration: number, redis: Redis) {
    this.#alone = new RateLimiterMemory({ keyPrefix, points: 1, duration });
    this.#shared = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: `limits:${keyPrefix}`,
      points: 1,
      duration,
      insuranceLimiter: this.#alone,
      rejectIfRedisNotReady: true,
    });
  }

  get points(): number {
    return this.#shared.points;
  }

  set points(points: number) {
    if (points === this.#shared.points) return;
    this.#shared.points = points;
    this.#alone.points = points;
    this.#block = blockOf(points);
  }

  async consume(key: string): Promise<{ remainingPoints: number }> {
    const now = Date.now();
    const taken = this.#taken.get(key);
    if (taken && taken.left > 0 && now < taken.until) {
      taken.left--;
      return { remainingPoints: taken.left + taken.beyond };
    }
    const { remainingPoints: beyond, msBeforeNext } = await this.#shared.consume(key, this.#block);
    this.#taken.delete(key);
    if (this.#taken.size >= REMEMBERED) this.#taken.delete(this.#taken.keys().next().value as string);
    this.#taken.set(key, { left: this.#block - 1, beyond, until: now + msBeforeNext });
    return { remainingPoints: beyond + this.#block - 1 };
  }
}

/** The largest part of which a whole number makes up `points`, at most a tenth. */
export function blockOf(points: number): number {
  for (let block = Math.floor(points / 10); block > 1; block--) if (points % block === 0) return block;
  return 1;
}
