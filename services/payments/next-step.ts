import type { Standing } from "./payment-status.ts";

/** What is asked of the provider; all but `inquire` are recorded as operations before they are asked. */
export type Step = "authorize" | "capture" | "void" | "refund" | "inquire";
export type OperationKind = Exclude<Step, "inquire">;

/** What the provider has said of this charge since somebody began to work on the payment. */
export type Heard = "nothing" | "found" | "missing";

/**
 * The next thing to ask of the provider, or null where there is nothing to do but wait. An outcome that is not known is
 * asked for before anything is done about it.
 */
export function nextStep(payment: Standing, heard: Heard): Step | null {
  const { captureRequested, voidRequested } = payment;
  switch (payment.status) {
    case "pending":
    case "unknown":
      if (heard === "nothing") return "inquire";
      if (voidRequested) return "void";
      return heard === "missing" ? "authorize" : null;
    case "requires_action":
      if (voidRequested) return "void";
      return heard === "nothing" ? "inquire" : null;
    case "authorized":
      // A capture may be on its way.
      if (voidRequested) return captureRequested && heard === "nothing" ? "inquire" : "void";
      return captureRequested ? "capture" : null;
    case "captured":
    case "partially_refunded":
      return voidRequested ? "refund" : null;
    default:
      return heard === "nothing" ? "inquire" : null;
  }
}

/** How operations ended, as far as the payment's standing tells; those of which it tells nothing are left out. */
export function ends(payment: Standing): Partial<Record<OperationKind, "succeeded" | "failed">> {
  const { status, reference } = payment;
  const known = status === "pending" ? reference !== null : status !== "unknown";
  return {
    ...(known ? { authorize: status === "failed" ? "failed" : "succeeded" } : {}),
    ...(["captured", "partially_refunded", "refunded"].includes(status)
      ? { capture: "succeeded", void: "failed" }
      : {}),
    ...(status === "voided" ? { capture: "failed", void: "succeeded" } : {}),
    ...(status === "failed" ? { capture: "failed", void: "succeeded" } : {}),
    ...(status === "refunded" ? { refund: "succeeded" } : {}),
  };
}
