import type { RunningShop } from "../support/running-shop.ts";

/** Bytes of memory, seconds after the orders began. */
export interface Sample {
  at: number;
  rss: number;
  orders: number;
}

/** Notes the shop's memory every second, with the number of orders until then. */
export class MemoryLog {
  readonly samples: Sample[] = [];
  readonly #began = performance.now();
  readonly #timer: NodeJS.Timeout;

  constructor(shop: RunningShop, orders: () => number) {
    const look = async () => {
      const { memory } = await shop.stats();
      this.samples.push({ at: (performance.now() - this.#began) / 1_000, rss: memory.rss, orders: orders() });
    };
    this.#timer = setInterval(() => void look().catch(() => undefined), 1_000);
  }

  stop(): readonly Sample[] {
    clearInterval(this.#timer);
    return this.samples;
  }
}

/** About so many of the samples, evenly over time, the last one among them. */
export function thinned<T>(samples: readonly T[], most: number): T[] {
  if (samples.length <= most) return [...samples];
  return Array.from({ length: most }, (_, at) => samples[Math.round((at * (samples.length - 1)) / (most - 1))] as T);
}
