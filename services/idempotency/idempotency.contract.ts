import { z } from "zod";
import { defineContract } from "../contract.ts";

const claim = { id: z.string().min(1).max(200) };

export const Answer = z.object({ status: z.int(), body: z.string() });

export const idempotencyContract = defineContract({
  name: "idempotency",
  actions: {
    claim: {
      summary:
        "Takes a key for a request: `mine` to go ahead, `repeat` where it was answered already; another one running or another body is a conflict.",
      params: z.strictObject({ ...claim, fingerprint: z.string().max(100) }),
      returns: z.discriminatedUnion("state", [
        z.object({ state: z.literal("mine"), fence: z.int() }),
        z.object({ state: z.literal("repeat"), answer: Answer.nullable() }),
      ]),
      access: "edge",
      idempotency: "none",
    },
    complete: {
      summary: "Keeps the final answer, for a day; without one the repeated request is asked of the service again.",
      params: z.strictObject({ ...claim, fence: z.int(), answer: Answer.nullable() }),
      access: "edge",
      idempotency: "natural",
    },
    abandon: {
      summary: "Gives a key back whose request had no final answer.",
      params: z.strictObject({ ...claim, fence: z.int() }),
      access: "edge",
      idempotency: "natural",
    },
  },
});
