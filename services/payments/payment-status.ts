import { conflict } from "../shared/errors.ts";
import type { PaymentStatus } from "./payments.contract.ts";
import type { Charge } from "./provider.ts";

/** Where a payment may go from each status. The provider may be ahead of what we know by more than one step. */
export const next = {
  pending: [
    "unknown",
    "requires_action",
    "authorized",
    "captured",
    "partially_refunded",
    "refunded",
    "voided",
    "failed",
  ],
  unknown: [
    "pending",
    "requires_action",
    "authorized",
    "captured",
    "partially_refunded",
    "refunded",
    "voided",
    "failed",
  ],
  requires_action: ["authorized", "captured", "partially_refunded", "refunded", "voided", "failed"],
  authorized: ["captured", "partially_refunded", "refunded", "voided", "failed"],
  captured: ["partially_refunded", "refunded"],
  partially_refunded: ["partially_refunded", "refunded"],
  refunded: [],
  // Only where the provider, asked again, holds money that we believed to be free: it is given back.
  voided: ["authorized", "captured"],
  failed: ["authorized", "captured", "voided"],
} as const satisfies Record<PaymentStatus, readonly PaymentStatus[]>;

/** What of a payment a provider's word can change. */
export interface Standing {
  orderId: string;
  status: PaymentStatus;
  amount: number;
  currency: string;
  captured: number;
  refunded: number;
  reference: string | null;
  redirectUrl: string | null;
  failure: { type: string; message: string } | null;
  captureRequested: boolean;
  voidRequested: boolean;
}

/**
 * `moved`: the payment goes on. `known`: it stands there already, or further on. `doubtful`: the word speaks of money
 * that we believe to be free, and may be an old one: ask the provider.
 */
export type Outcome = "moved" | "known" | "doubtful";

const ENDED: readonly PaymentStatus[] = ["voided", "failed", "refunded"];

/** True where no money is held or taken, and none will be. */
export const isEnded = (status: PaymentStatus): boolean => ENDED.includes(status);

/**
 * The payment after this word of the provider. Words may come in any order, often, and through an answer or a webhook:
 * the payment only ever goes forward. A webhook alone does not bring an ended payment back.
 */
export function learn<P extends Standing>(
  payment: P,
  charge: Charge,
  source: "answer" | "webhook",
): { payment: P; outcome: Outcome } {
  const { status, captured, refunded } = charge;
  // A charge that was voided in advance has no amount.
  if (status !== "voided" && (charge.amount !== payment.amount || charge.currency !== payment.currency)) {
    throw conflict(
      "PAYMENT_AMOUNT_CONFLICT",
      `The provider speaks of ${charge.amount} ${charge.currency}, the payment is of ${payment.amount} ${payment.currency}`,
      { orderId: payment.orderId },
    );
  }
  const onward: readonly PaymentStatus[] = next[payment.status];
  const further = captured > payment.captured || refunded > payment.refunded;
  if (status === payment.status && !further) {
    return { payment: { ...payment, reference: payment.reference ?? charge.reference }, outcome: "known" };
  }
  if (!onward.includes(status)) return { payment, outcome: "known" };
  const revives = isEnded(payment.status) && !isEnded(status);
  if (revives && source === "webhook") return { payment, outcome: "doubtful" };
  return {
    outcome: "moved",
    payment: {
      ...payment,
      status,
      captured: Math.max(captured, payment.captured),
      refunded: Math.max(refunded, payment.refunded),
      reference: charge.reference,
      redirectUrl: status === "requires_action" ? charge.redirectUrl : null,
      failure: status === "failed" ? charge.failure : status === "voided" ? payment.failure : null,
      captureRequested: payment.captureRequested && ["pending", "requires_action", "authorized"].includes(status),
      voidRequested: !isEnded(status) && (payment.voidRequested || revives),
    },
  };
}

/** The payment when the provider gave no answer to the authorization in time. */
export const unanswered = <P extends Standing>(payment: P): P =>
  payment.status === "pending" ? { ...payment, status: "unknown" } : payment;

/** The payment with the wish to take its money; throws where none is, or will be, set aside. */
export function requestCapture<P extends Standing>(payment: P): P {
  const { status, voidRequested, captureRequested, orderId } = payment;
  if (isEnded(status) || (status === "authorized" && voidRequested)) {
    const why = voidRequested ? "is being undone" : `is ${status}`;
    throw conflict("PAYMENT_NOT_AUTHORIZED", `The payment ${why}, nothing can be taken`, { orderId, status });
  }
  return status === "authorized" && !captureRequested ? { ...payment, captureRequested: true } : payment;
}

/** The payment with the wish that nothing is, or stays, charged. */
export const requestUndo = <P extends Standing>(payment: P): P =>
  isEnded(payment.status) || payment.voidRequested ? payment : { ...payment, voidRequested: true };
