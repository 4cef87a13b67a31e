import type { Environment } from "./environment.ts";
import { sign } from "./ids.ts";
import { keyFor, secretKey } from "./secrets.ts";

type Secret = Pick<Environment, "SECRET_KEY" | "DATA_DIR">;
const keys = new WeakMap<Secret, string>();

/** Made once for a node's environment: the secret may be in a file. */
function keyOf(environment: Secret): string {
  const key = keys.get(environment) ?? keyFor(secretKey(environment), "order-token");
  keys.set(environment, key);
  return key;
}

/** What a guest shows to see an order again: made from the order's id and the shop's secret, and stored nowhere. */
export const orderToken = (environment: Secret, orderId: string): string => sign(keyOf(environment), orderId);
