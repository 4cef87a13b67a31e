import type { Environment } from "./environment.ts";
import { sign } from "./ids.ts";
import { keyFor, secretKey } from "./secrets.ts";

/** What a guest shows to see an order again: made from the order's id and the shop's secret, and stored nowhere. */
export const orderToken = (environment: Pick<Environment, "SECRET_KEY" | "DATA_DIR">, orderId: string): string =>
  sign(keyFor(secretKey(environment), "order-token"), orderId);
