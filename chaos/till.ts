import { setTimeout as pause } from "node:timers/promises";
import { newId } from "../services/shared/ids.ts";
import type { Chance } from "./chance.ts";
import type { Answer, Gateways } from "./client.ts";
import type { Purchase, Told } from "./observations.ts";

const ORDERS = "/api/v1/orders";
const address = { name: "Ada Lovelace", line1: "1 Main St", city: "Springfield", postalCode: "12345", country: "US" };
/** Longer than a claim on a key lasts (40 s), which a gateway that died has left behind. */
const PATIENCE = 75_000;
const PAUSE = [300, 1_500] as const;

interface Counter {
  number: number;
  chance: Chance;
  gateways: Gateways;
  now: () => number;
  purchases: Purchase[];
}

/** Where one buyer's orders are sent off, asked after and canceled, and everything is noted that was heard. */
export class Till {
  readonly #counter: Counter;
  /** What shows that an order is the buyer's. */
  readonly #proofs = new Map<Purchase, Record<string, string>>();
  /** Where the bank asks the shopper. */
  readonly #pages = new Map<Purchase, string>();
  /** Purchases that the buyer wants an answer to. */
  readonly #open = new Set<Purchase>();

  constructor(counter: Counter) {
    this.#counter = counter;
  }

  /** A new purchase; who forgets it never asks what has become of it. */
  open(wish: { cartId: string; token: string; headers: Record<string, string>; forget: boolean }): Purchase {
    const { number, purchases } = this.#counter;
    const { cartId, token, headers, forget } = wish;
    const key = newId();
    const email = `buyer-${number}-${key}@chaos.example`;
    const purchase = { buyer: number, key, email, cartId, token, answers: [], unanswered: 0, seen: [] };
    purchases.push(purchase);
    this.#proofs.set(purchase, headers);
    if (!forget) this.#open.add(purchase);
    return purchase;
  }

  /** Sends the order once; what was told, or undefined where nobody answered. */
  async ask(purchase: Purchase, how: { gateway: number; hangUpAfter?: number }): Promise<Told | undefined> {
    const { cartId, email, token, key } = purchase;
    const json = { cartId, email, shippingAddress: address, paymentToken: token };
    const headers = { ...this.#account(purchase), "Idempotency-Key": key };
    let answer: Answer;
    try {
      answer = await this.#counter.gateways.ask("POST", ORDERS, { json, headers, ...how });
    } catch {
      purchase.unanswered++;
      return undefined;
    }
    const told = this.#told(answer);
    purchase.answers.push(told);
    if (answer.json?.guestToken) this.#proofs.set(purchase, { "X-Order-Token": answer.json.guestToken });
    if (answer.json?.nextAction) this.#pages.set(purchase, new URL(answer.json.nextAction.url).pathname);
    if (isFinal(told)) this.#open.delete(purchase);
    return told;
  }

  /** Asks under the same key, here and there, until there is a final answer. */
  async settle(purchase: Purchase, first: number, patience = PATIENCE): Promise<Told | undefined> {
    const { chance, now } = this.#counter;
    const end = now() + patience;
    for (let gateway = first; ; gateway++) {
      const told = await this.ask(purchase, { gateway });
      if (told && isFinal(told)) return told;
      if (now() > end) return undefined;
      await pause(chance.whole(...PAUSE));
    }
  }

  /** Asks for every answer that is missing; what is still missing then, in words. */
  async settleAll(): Promise<string[]> {
    const open = [...this.#open];
    const ends = await Promise.all(open.map((purchase) => this.settle(purchase, 0)));
    return open
      .filter((_, at) => !ends[at])
      .map(({ key, answers }) => `the key ${key} has no final answer, but ${answers.map(({ code }) => code)}`);
  }

  /** Looks at the order as its buyer. */
  async look(purchase: Purchase, gateway: number): Promise<Told | undefined> {
    const path = this.#path(purchase);
    if (!path) return undefined;
    try {
      const answer = await this.#counter.gateways.ask("GET", path, { headers: this.#proof(purchase), gateway });
      if (answer.status !== 200) return undefined;
      const told = this.#told(answer);
      purchase.seen.push(told);
      return told;
    } catch {
      return undefined;
    }
  }

  async cancel(purchase: Purchase): Promise<void> {
    const path = this.#path(purchase);
    if (!path) return;
    const at = this.#counter.now();
    const headers = this.#proof(purchase);
    purchase.cancel = { at, status: 0 };
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        const { status } = await this.#counter.gateways.ask("POST", `${path}/cancel`, { headers, gateway: attempt });
        purchase.cancel = { at, status };
        if (status < 500) return;
      } catch {
        // Whether it was heard is not known: asking again does no harm.
      }
      await pause(500);
    }
  }

  /** Says yes or no at the bank; where nobody hears it, the order is canceled. */
  async decide(purchase: Purchase, decision: "approve" | "refuse"): Promise<void> {
    const page = this.#pages.get(purchase);
    for (let attempt = 0; page && attempt < 20; attempt++) {
      try {
        const { status } = await this.#counter.gateways.ask("POST", page, { json: { decision }, gateway: attempt });
        if (status < 500) return;
      } catch {
        // The bank takes the first word, and hears it again without harm.
      }
      await pause(500);
    }
    await this.cancel(purchase);
  }

  #told({ status, json }: Answer): Told {
    const good = status < 300;
    const orderId = (good ? json?.id : json?.orderId) as string | undefined;
    return {
      at: this.#counter.now(),
      status,
      ...(json?.code ? { code: String(json.code) } : {}),
      ...(orderId ? { orderId } : {}),
      ...(good && json?.status ? { state: json.status, total: json.total?.amount } : {}),
    };
  }

  #proof = (purchase: Purchase): Record<string, string> => this.#proofs.get(purchase) ?? {};
  #account(purchase: Purchase): Record<string, string> {
    const { Authorization } = this.#proof(purchase);
    return Authorization ? { Authorization } : {};
  }
  #path({ answers }: Purchase): string | undefined {
    const id = answers.find(({ status, orderId }) => status < 300 && orderId)?.orderId;
    return id && `${ORDERS}/${id}`;
  }
}

/** Whether asking again under the same key would tell nothing else. */
const isFinal = ({ status, code }: Told): boolean =>
  status < 500 && status !== 429 && code !== "IDEMPOTENCY_IN_PROGRESS";
