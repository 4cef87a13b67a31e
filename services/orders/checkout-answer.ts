import type { CheckoutRun } from "./checkout.ts";
import type { OrderDocument } from "./order.documents.ts";

/** Milliseconds that a shopper waits for the whole checkout; then it goes on without them. */
const ANSWER_WITHIN = 4_000;

/** How the checkout ended, or `late` where it goes on without the shopper, who is answered that it is pending. */
export async function endOf(
  run: Promise<OrderDocument | null>,
  checkout: CheckoutRun,
): Promise<OrderDocument | null | "late"> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), ANSWER_WITHIN);
  });
  const end = await Promise.race([run.catch(() => "late" as const), late]);
  clearTimeout(timer);
  // Refused already: how that was stored decides what is answered.
  if (end === "late" && checkout.refusal) return run;
  if (end === "late") checkout.answered = false;
  return end;
}
