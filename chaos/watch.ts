import { setTimeout as pause } from "node:timers/promises";
import type { Chance } from "./chance.ts";
import type { Gateways } from "./client.ts";
import type { Market } from "./market.ts";
import type { Purchase } from "./observations.ts";
import type { Probe } from "./recovery.ts";
import { Till } from "./till.ts";

const EVERY = 500;
/** A shop that answers nobody is not asked by more and more at once. */
const AT_ONCE = 40;
const PATIENCE = 15_000;
/** The probe's number among the buyers. */
const PROBE = -1;

interface Place {
  chance: Chance;
  gateways: Gateways;
  market: Market;
  now: () => number;
  purchases: Purchase[];
}

/** Every half a second a simple checkout and a look at a product, as a shopper with two gateways has them. */
export class Watch {
  readonly probes: Probe[] = [];
  readonly #place: Place;
  readonly #till: Till;
  #running = new Set<Promise<void>>();
  #on = true;

  constructor(place: Place) {
    this.#place = place;
    this.#till = new Till({ ...place, number: PROBE });
  }

  async run(): Promise<void> {
    for (let turn = 0; this.#on; turn++) {
      if (this.#running.size < AT_ONCE) {
        this.#begin("checkout", () => this.#buy(turn));
        this.#begin("read", () => this.#read(turn));
      }
      await pause(EVERY);
    }
  }

  async stop(): Promise<string[]> {
    this.#on = false;
    await Promise.all(this.#running);
    return this.#till.settleAll();
  }

  #begin(kind: Probe["kind"], look: () => Promise<boolean>): void {
    const { now } = this.#place;
    const at = now();
    const running: Promise<void> = look()
      .catch(() => false)
      .then((ok) => {
        this.probes.push({ kind, at, ms: now() - at, ok });
        this.#running.delete(running);
      });
    this.#running.add(running);
  }

  /** A whole checkout; what fails is tried again elsewhere, and takes as long as that takes. */
  async #buy(turn: number): Promise<boolean> {
    const { gateways, market, now } = this.#place;
    const end = now() + PATIENCE;
    const json = { lines: [{ sku: market.steady(turn), quantity: 1 }] };
    let cartId: string | undefined;
    for (let gateway = turn; !cartId && now() < end; gateway++) {
      const made = await gateways.ask("POST", "/api/v1/carts", { json, gateway, patience: PATIENCE }).catch(() => null);
      if (made?.status === 201) cartId = made.json.id;
      else await pause(100);
    }
    if (!cartId) return false;
    const purchase = this.#till.open({ cartId, token: "tok_ok", headers: {}, forget: false });
    const told = await this.#till.settle(purchase, turn, end - now());
    return told?.status === 201;
  }

  async #read(turn: number): Promise<boolean> {
    const { gateways, market, now } = this.#place;
    const end = now() + PATIENCE;
    const path = `/api/v1/products/${market.slugs[turn % market.slugs.length]}`;
    for (let gateway = turn; now() < end; gateway++) {
      const read = await gateways.ask("GET", path, { gateway, patience: PATIENCE }).catch(() => null);
      if (read?.status === 200) return true;
      await pause(100);
    }
    return false;
  }
}
