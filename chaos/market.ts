import { newId } from "../services/shared/ids.ts";
import type { Chance } from "./chance.ts";
import type { Gateways } from "./client.ts";

const API = "/api/v1";
const ADMIN_EMAIL = "admin@example.com";
/** Each scarce SKU is what everybody wants for so long; milliseconds. */
const CRAZE = 4_000;
const PLENTY = 8;
const MANY = 100_000;

/** What is for sale: some SKUs in any quantity, and for every few seconds another of which there are few. */
export class Market {
  readonly delivered: ReadonlyMap<string, number>;
  readonly slugs: readonly string[];
  readonly #plenty: readonly string[];
  readonly #scarce: readonly string[];

  private constructor(delivered: Map<string, number>, slugs: string[]) {
    this.delivered = delivered;
    this.slugs = slugs;
    this.#plenty = [...delivered.keys()].filter((sku) => sku.startsWith("PLENTY"));
    this.#scarce = [...delivered.keys()].filter((sku) => sku.startsWith("SCARCE"));
  }

  /** Puts everything on the shelves. */
  static async open(gateways: Gateways, password: string, chance: Chance, seconds: number): Promise<Market> {
    const headers = await staff(gateways, password);
    const delivered = new Map<string, number>();
    const slugs: string[] = [];
    for (let n = 1; n <= PLENTY; n++) delivered.set(`PLENTY-${n}`, MANY);
    for (let n = 1; n <= Math.ceil((seconds * 1_000) / CRAZE) + 2; n++)
      delivered.set(`SCARCE-${n}`, chance.whole(3, 8));
    for (const [sku, units] of delivered) {
      const variants = [{ sku, price: { amount: 100 * chance.whole(5, 200), currency: "USD" } }];
      const product = { name: `Thing ${sku}`, slug: `thing-${sku.toLowerCase()}`, variants };
      await gateways.must("POST", `${API}/admin/products`, { json: product, headers }, 1);
      const json = { delta: units, reason: "delivery" };
      const once = { ...headers, "Idempotency-Key": newId() };
      await gateways.must("POST", `${API}/inventory/${sku}/adjustments`, { json, headers: once });
      if (sku.startsWith("PLENTY")) slugs.push(product.slug);
    }
    return new Market(delivered, slugs);
  }

  /** What a shopper puts into the cart now. */
  wish(chance: Chance, now: number): { sku: string; quantity: number }[] {
    const plenty = () => ({ sku: chance.pick(this.#plenty), quantity: chance.whole(1, 3) });
    const craze = this.#scarce[Math.floor(now / CRAZE) % this.#scarce.length] as string;
    const scarce = { sku: craze, quantity: chance.likely(0.8) ? 1 : 2 };
    switch (chance.weighted({ plenty: 50, scarce: 30, both: 20 })) {
      case "plenty":
        return [plenty()];
      case "scarce":
        return [scarce];
      case "both":
        return [plenty(), scarce];
    }
  }

  /** What the probe buys, each time something else: it is not there to make a best-seller. */
  steady(turn: number): string {
    return this.#plenty[turn % this.#plenty.length] as string;
  }
}

/** The administrator's headers, good for a quarter of an hour. */
export async function staff(gateways: Gateways, password: string): Promise<Record<string, string>> {
  const json = { email: ADMIN_EMAIL, password };
  const { accessToken } = await gateways.must<{ accessToken: string }>("POST", `${API}/auth/login`, { json });
  return { Authorization: `Bearer ${accessToken}` };
}
