import { setTimeout as pause } from "node:timers/promises";
import type { Chance } from "./chance.ts";
import { type Answer, type Gateways, NoAnswer, type Question } from "./client.ts";
import type { Market } from "./market.ts";
import type { Purchase, Told } from "./observations.ts";
import { Till } from "./till.ts";

const API = "/api/v1";
const PASSWORD = "a chaotic buyer's password";
/** Every third buyer has an account. */
const CUSTOMERS = 3;
/** Milliseconds between two purchases of a buyer. */
const THINK = [1_000, 9_000] as const;
const PATIENCE = 20_000;
/** How often a pending order is looked at, a second apart. */
const LOOKS = 8;

const CARDS = {
  tok_ok: 58,
  tok_declined: 9,
  tok_insufficient_funds: 3,
  tok_requires_action: 10,
  tok_delayed: 8,
  tok_timeout: 5,
  tok_error: 5,
  tok_unheard_of: 2,
} as const;

const WAYS = { plain: 45, twice: 13, impatient: 20, vanishing: 5, repeating: 17 } as const;

interface Place {
  number: number;
  chance: Chance;
  gateways: Gateways;
  market: Market;
  now: () => number;
  purchases: Purchase[];
}

/** One of many who shop at the same time, in every way that a shop must bear. */
export class Buyer {
  readonly #place: Place;
  readonly #till: Till;
  readonly #account: string | undefined;
  #token: Record<string, string> = {};
  /** Orders that wait for a word at the bank that nobody will give. */
  readonly #left: Purchase[] = [];

  constructor(place: Place) {
    this.#place = place;
    this.#till = new Till(place);
    this.#account = place.number % CUSTOMERS === 0 ? `customer-${place.number}@chaos.example` : undefined;
  }

  async shop(until: { at: number }): Promise<void> {
    const { chance, now } = this.#place;
    await pause(chance.whole(0, THINK[1]));
    while (now() < until.at) {
      const begun = now();
      try {
        await this.#turn();
      } catch (error) {
        // Whatever was bought is noted; who could not fill a cart tries another time.
        if (!(error instanceof NoAnswer)) throw error;
      }
      // Who had to wait takes longer to come back: a slow machine is not buried under its shoppers.
      await pause(chance.whole(...THINK) + Math.min(2 * (now() - begun), PATIENCE));
    }
  }

  /** What hangs in the air at closing time: everybody asks for an answer once more, and gives up what they left. */
  async close(): Promise<string[]> {
    for (const purchase of this.#left) await this.#till.cancel(purchase);
    return this.#till.settleAll();
  }

  async #turn(): Promise<void> {
    const { chance } = this.#place;
    const cartId = await this.#cart();
    if (!cartId) return;
    const way = chance.weighted(WAYS);
    const card = chance.weighted(CARDS);
    // Who never comes back would leave the bank waiting.
    const token = way === "vanishing" && card === "tok_requires_action" ? "tok_ok" : card;
    const purchase = this.#till.open({ cartId, token, headers: this.#token, forget: way === "vanishing" });
    const told = await this.#buy(purchase, way);
    if (told) await this.#afterwards(purchase, told);
  }

  async #buy(purchase: Purchase, way: keyof typeof WAYS): Promise<Told | undefined> {
    const { chance, gateways } = this.#place;
    const till = this.#till;
    const gateway = this.#gateway();
    switch (way) {
      case "plain":
        return till.settle(purchase, gateway);
      case "twice": {
        const both = Array.from({ length: Math.max(2, gateways.count) }, (_, at) =>
          till.ask(purchase, { gateway: at }),
        );
        await Promise.all(both);
        return till.settle(purchase, gateway);
      }
      case "impatient":
        await till.ask(purchase, { gateway, hangUpAfter: chance.whole(1, 400) });
        await pause(chance.whole(100, 6_000));
        return till.settle(purchase, gateway + 1);
      case "vanishing":
        await till.ask(purchase, { gateway, hangUpAfter: chance.whole(1, 200) });
        return undefined;
      case "repeating": {
        const told = await till.settle(purchase, gateway);
        await pause(chance.whole(0, 2_000));
        await till.ask(purchase, { gateway: gateway + 1 });
        return told;
      }
    }
  }

  /** What shoppers do when they have heard: confirm at the bank, change their mind, take another card, look. */
  async #afterwards(purchase: Purchase, told: Told): Promise<void> {
    const { chance } = this.#place;
    if (told.status === 402 && chance.likely(0.5)) {
      const { cartId } = purchase;
      const second = this.#till.open({ cartId, token: "tok_ok", headers: this.#token, forget: false });
      await this.#till.settle(second, this.#gateway());
      return;
    }
    if (told.status >= 300) return;
    if (told.state === "pending" && purchase.token === "tok_requires_action") {
      const decision = chance.weighted({ approve: 55, refuse: 20, cancel: 15, leave: 10 });
      if (decision === "cancel") await this.#till.cancel(purchase);
      // A customer has one cart, and would sit in front of it.
      else if (decision === "leave") await (this.#account ? this.#till.cancel(purchase) : this.#left.push(purchase));
      else await this.#till.decide(purchase, decision);
    } else if (chance.likely(0.12)) {
      await pause(chance.whole(0, 1_500));
      await this.#till.cancel(purchase);
    }
    for (let look = 0; look < LOOKS; look++) {
      const seen = await this.#till.look(purchase, this.#gateway());
      if (seen && seen.state !== "pending") return;
      await pause(1_000);
    }
  }

  #gateway = (): number => this.#place.chance.whole(0, this.#place.gateways.count - 1);

  /** Fills a cart; its id, or undefined where that did not work out. */
  async #cart(): Promise<string | undefined> {
    const { chance, market, now } = this.#place;
    if (this.#account && !(await this.#signedIn())) return undefined;
    const lines = market.wish(chance, now());
    const merging = this.#account !== undefined && chance.likely(0.25);
    const made = await this.#ask("POST", "/carts", { json: { lines }, headers: merging ? {} : this.#token });
    const id = made.json?.id as string | undefined;
    if (made.status !== 201 || !merging) return made.status === 201 ? id : undefined;
    const json = { email: this.#account, password: PASSWORD, cartId: id };
    const login = await this.#ask("POST", "/auth/login", { json });
    if (login.status !== 200) return undefined;
    this.#token = { Authorization: `Bearer ${login.json.accessToken}` };
    const mine = await this.#ask("GET", "/me/cart", { headers: this.#token });
    return mine.status === 200 && mine.json.lines.length ? (mine.json.id as string) : undefined;
  }

  async #signedIn(): Promise<boolean> {
    if (this.#token.Authorization) return true;
    const person = { email: this.#account, password: PASSWORD };
    let answer = await this.#ask("POST", "/auth/register", {
      json: { ...person, name: `Buyer ${this.#place.number}` },
    });
    // The first answer may have been lost.
    if (answer.status === 409) answer = await this.#ask("POST", "/auth/login", { json: person });
    if (answer.status >= 300) return false;
    this.#token = { Authorization: `Bearer ${answer.json.accessToken}` };
    return true;
  }

  async #ask(method: string, path: string, question: Question): Promise<Answer> {
    const answer = await this.#place.gateways.ask(method, API + path, { gateway: this.#gateway(), ...question });
    // The token has ended, or the session.
    if (answer.status === 401) this.#token = {};
    return answer;
  }
}
