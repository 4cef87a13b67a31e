import { newId } from "../../services/shared/ids.ts";
import { type Attempt, json, send } from "./buyer.ts";
import { address } from "./checkout.ts";
import { eventually } from "./eventually.ts";

export interface Wish {
  sku: string;
  token?: string;
  email?: string;
}

/** Guests who ask all gateways in turn, and once more until the shop has answered. */
export function guestsOf(urls: readonly string[]) {
  let turn = 0;
  const next = () => urls[turn++ % urls.length] as string;
  const again = <T>(work: () => Promise<T | null>) =>
    eventually(work, { within: 60_000, every: 250 }) as Promise<NonNullable<T>>;

  /** Orders one of it, always with the same key. */
  return async ({ sku, token = "tok_ok", email = "ada@example.com" }: Wish): Promise<Attempt> => {
    const cartId = await again(async () => {
      const body = JSON.stringify({ lines: [{ sku, quantity: 1 }] });
      const made = await fetch(`${next()}/api/v1/carts`, { method: "POST", headers: json, body });
      return made.status === 201 ? ((await made.json()) as { id: string }).id : null;
    });
    const attempt: Attempt = { key: newId(), body: { cartId, email, shippingAddress: address, paymentToken: token } };
    await again(async () => {
      await send(next(), attempt);
      const { status = 500, body } = attempt.answer ?? {};
      return status < 500 && body?.code !== "IDEMPOTENCY_IN_PROGRESS";
    });
    return attempt;
  };
}
