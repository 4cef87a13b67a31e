import type { Charge } from "../provider.ts";

/** How the sandbox bank treats a payment token. */
export interface Behaviour {
  /** What becomes of the charge; `pending` turns into `authorized` later. */
  status: "authorized" | "declined" | "requires_action" | "pending";
  failure?: NonNullable<Charge["failure"]>;
  /** How often the bank fails before it does anything. */
  errors?: number;
  /** Whether the answer comes when nobody waits for it any more. */
  late?: boolean;
}

const declined = (type: string, message: string): Behaviour => ({ status: "declined", failure: { type, message } });

const tokens = new Map<string, Behaviour>([
  ["tok_ok", { status: "authorized" }],
  ["tok_declined", declined("PAYMENT_DECLINED", "The card was declined")],
  ["tok_insufficient_funds", declined("PAYMENT_DECLINED", "There is not enough money on the card")],
  ["tok_requires_action", { status: "requires_action" }],
  ["tok_timeout", { status: "authorized", late: true }],
  ["tok_error", { status: "authorized", errors: 2 }],
  ["tok_delayed", { status: "pending" }],
]);

/** What the bank does with this token; one that it does not know is declined. */
export const behaviourOf = (token: string): Behaviour =>
  tokens.get(token) ?? declined("PAYMENT_TOKEN_INVALID", "The payment method is not known");
