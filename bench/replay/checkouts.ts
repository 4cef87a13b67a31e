import { accepted } from "../support/json-client.ts";
import { inLanes } from "../support/lanes.ts";
import type { RunningShop } from "../support/running-shop.ts";
import { cartsOf, type Invoice, type Line } from "./invoice.ts";
import type { Step } from "./plan.ts";
import { buyerOf, type Shoppers } from "./shoppers.ts";

const API = "/api/v1";

interface Order {
  id: string;
  status: string;
  guestToken?: string;
}

/** An order of our shop and the invoices that it stands for. */
export interface Placed {
  invoice: Invoice;
  canceledBy: Invoice | null;
}

/** Milliseconds of each request of its kind. */
export interface Latencies {
  cart: number[];
  order: number[];
  checkout: number[];
  cancel: number[];
}

export interface Options {
  width: number;
  /** What one cart takes. */
  most: { lines: number; quantity: number };
}

/** Carries out the plan over HTTP: carts and orders as their buyers, cancellations as the customers. */
export class Checkouts {
  readonly #shop: RunningShop;
  readonly #shoppers: Shoppers;
  readonly #options: Options;
  readonly #ordersOf = new Map<string, string[]>();
  readonly placed = new Map<string, Placed>();
  readonly latencies: Latencies = { cart: [], order: [], checkout: [], cancel: [] };
  /** Lines of carts. */
  lines = 0;
  /** Answered before they were finished. */
  pending = 0;
  /** Invoices that needed more than one cart. */
  split = 0;

  constructor(shop: RunningShop, shoppers: Shoppers, options: Options) {
    this.#shop = shop;
    this.#shoppers = shoppers;
    this.#options = options;
  }

  run(steps: readonly Step[]): Promise<void> {
    const laneOf = ({ invoice }: Step) => invoice.customer ?? invoice.no;
    return inLanes(steps, { width: this.#options.width, laneOf }, async (step) => {
      if (step.does === "order") await this.#order(step.invoice);
      else await this.#cancel(step.invoice, step.order);
    });
  }

  async #order(invoice: Invoice): Promise<void> {
    const carts = cartsOf(invoice.lines, this.#options.most);
    if (carts.length > 1) this.split++;
    const ids: string[] = [];
    for (const [at, lines] of carts.entries()) {
      const key = `online-retail-${invoice.no}${at ? `-${at + 1}` : ""}`;
      const { id } = await this.#buy(invoice, lines, key);
      ids.push(id);
      this.placed.set(id, { invoice, canceledBy: null });
    }
    this.#ordersOf.set(invoice.no, ids);
  }

  async #buy(invoice: Invoice, lines: readonly Line[], key: string): Promise<Order> {
    const { client } = this.#shop;
    const headers = await this.#shoppers.headers(invoice.customer);
    const wanted = lines.map(({ sku, quantity }) => ({ sku, quantity }));
    const made = await client.ask("POST", `${API}/carts`, { json: { lines: wanted }, headers });
    const { id: cartId } = accepted<{ id: string }>(`The cart of ${key}`, made);
    const json = { cartId, ...buyerOf(invoice), paymentToken: "tok_ok" };
    const answer = await client.ask("POST", `${API}/orders`, { json, headers: { ...headers, "Idempotency-Key": key } });
    const order = accepted<Order>(`The order ${key}`, answer);
    this.latencies.cart.push(made.ms);
    this.latencies.order.push(answer.ms);
    this.latencies.checkout.push(made.ms + answer.ms);
    this.lines += lines.length;
    if (answer.status === 202) await this.#settled(order, headers);
    return order;
  }

  /** A customer's next cart comes after this order: until then theirs is locked. */
  async #settled({ id, guestToken }: Order, headers: Record<string, string>): Promise<void> {
    this.pending++;
    const own = guestToken ? { ...headers, "X-Order-Token": guestToken } : headers;
    for (;;) {
      const { status } = await this.#shop.client.get<Order>(`${API}/orders/${id}`, own);
      if (status !== "pending") return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #cancel(invoice: Invoice, no: string): Promise<void> {
    const headers = await this.#shoppers.headers(invoice.customer);
    for (const id of this.#ordersOf.get(no) ?? []) {
      const answer = await this.#shop.client.ask("POST", `${API}/orders/${id}/cancel`, { json: {}, headers });
      accepted(`The cancellation ${invoice.no}`, answer);
      this.latencies.cancel.push(answer.ms);
      (this.placed.get(id) as Placed).canceledBy = invoice;
    }
  }
}
