import { newId } from "../../services/shared/ids.ts";
import { address } from "./checkout.ts";

/** What one buyer sent and heard. `answer` is missing where the shop died before it answered. */
export interface Attempt {
  key: string;
  body: Record<string, unknown>;
  answer?: { status: number; body: Record<string, unknown> & { id?: string; guestToken?: string; code?: string } };
}

export const json = { "Content-Type": "application/json" };

/** Sends an order under its key and notes the answer; a shop that dies meanwhile gives none. */
export async function send(url: string, attempt: Attempt): Promise<void> {
  const headers = { ...json, "Idempotency-Key": attempt.key };
  const body = JSON.stringify(attempt.body);
  const response = await fetch(`${url}/api/v1/orders`, { method: "POST", headers, body });
  attempt.answer = { status: response.status, body: (await response.json()) as never };
}

/** Opens a cart for one SKU and orders it by a guest; null where the shop died before the order was sent. */
export async function buy(url: string, sku: string, token: string, log: Attempt[]): Promise<Attempt | null> {
  const lines = JSON.stringify({ lines: [{ sku, quantity: 1 }] });
  const made = await fetch(`${url}/api/v1/carts`, { method: "POST", headers: json, body: lines });
  const { id: cartId } = (await made.json()) as { id: string };
  const body = { cartId, email: "ada@example.com", shippingAddress: address, paymentToken: token };
  const attempt: Attempt = { key: newId(), body };
  log.push(attempt);
  await send(url, attempt);
  return attempt;
}

/** Every item of a list, page by page. */
export async function everyItem<T>(url: string, headers: Record<string, string>): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page = new URL(url);
    page.searchParams.set("limit", "100");
    if (cursor) page.searchParams.set("cursor", cursor);
    const response = await fetch(page, { headers });
    const list = (await response.json()) as { items: T[]; nextCursor: string | null };
    items.push(...list.items);
    cursor = list.nextCursor;
  }
  return items;
}

/** The administrator's headers. */
export async function signIn(url: string, password: string): Promise<{ Authorization: string }> {
  const body = JSON.stringify({ email: "admin@example.com", password });
  const response = await fetch(`${url}/api/v1/auth/login`, { method: "POST", headers: json, body });
  const { accessToken } = (await response.json()) as { accessToken: string };
  return { Authorization: `Bearer ${accessToken}` };
}
