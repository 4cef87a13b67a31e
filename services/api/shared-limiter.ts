import type { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";

/** Counts points by key in windows of `duration` seconds; rejects with a `RateLimiterRes` over `points`. */
export interface Limiter {
  points: number;
  consume(key: string): Promise<{ remainingPoints: number }>;
}

const REMEMBERED = 10_000;
/** Milliseconds that a request waits for Redis, and until one that does not answer is asked again. */
const PATIENCE = 250;
const AGAIN = 1_000;

/** Counts in Redis for all gateways together; by itself while Redis is away. */
export function limiter(keyPrefix: string, duration: number, redis: Redis | undefined): Limiter {
  if (!redis) return new RateLimiterMemory({ keyPrefix, points: 1, duration });
  return new SharedLimiter(keyPrefix, duration, redis);
}

interface Taken {
  left: number;
  /** What was there for others when it was taken. */
  beyond: number;
  until: number;
}

/**
 * Takes a tenth of what is allowed at a time, and hands it out without asking again: most requests need no round trip,
 * and all gateways together allow no more than one would.
 */
class SharedLimiter implements Limiter {
  readonly #shared: RateLimiterRedis;
  readonly #alone: RateLimiterMemory;
  readonly #taken = new Map<string, Taken>();
  readonly #asking = new Map<string, Promise<boolean>>();
  #away = false;
  #again = 0;

  constructor(keyPrefix: string, duration: number, redis: Redis) {
    this.#alone = new RateLimiterMemory({ keyPrefix, points: 1, duration });
    this.#shared = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: `limits:${keyPrefix}`,
      points: 1,
      duration,
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
  }

  async consume(key: string): Promise<{ remainingPoints: number }> {
    for (;;) {
      const taken = this.#taken.get(key);
      if (taken && taken.left > 0 && Date.now() < taken.until) {
        taken.left--;
        return { remainingPoints: taken.left + taken.beyond };
      }
      if (!(await this.#asked(key))) return this.#alone.consume(key);
    }
  }

  /** Whether there may be more of this key now: those who need more at the same time ask once. */
  #asked(key: string): Promise<boolean> {
    if (this.#away) {
      this.#probe(key);
      return Promise.resolve(false);
    }
    const known = this.#asking.get(key);
    if (known) return known;
    const asking = within(PATIENCE, this.#take(key))
      .then((answered) => {
        if (answered === undefined) this.#lose();
        return answered === true;
      })
      .finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  /** Nobody waits for a Redis that has not answered, but one in a while finds out whether it does again. */
  #probe(key: string): void {
    if (Date.now() < this.#again) return;
    this.#again = Date.now() + AGAIN;
    this.#take(key).catch(() => undefined);
  }

  /** Takes some of this key; false where Redis does not answer, and rejects where nothing is left. */
  async #take(key: string): Promise<boolean> {
    const block = Math.max(1, Math.floor(this.points / 10));
    const answer = await this.#shared.consume(key, block).catch((error: unknown) => error);
    if (!(answer instanceof RateLimiterRes)) {
      this.#lose();
      return false;
    }
    this.#away = false;
    const { consumedPoints, msBeforeNext } = answer;
    // Of the last block only a part may lie within the limit.
    const left = Math.min(block, block + this.points - consumedPoints);
    if (left <= 0) throw answer;
    this.#taken.delete(key);
    if (this.#taken.size >= REMEMBERED) this.#taken.delete(this.#taken.keys().next().value as string);
    const beyond = Math.max(0, this.points - consumedPoints);
    this.#taken.set(key, { left, beyond, until: Date.now() + msBeforeNext });
    return true;
  }

  #lose(): void {
    this.#away = true;
    this.#again = Date.now() + AGAIN;
  }
}

/** Undefined where it takes longer. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), milliseconds);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
