import { randomInt } from "node:crypto";
import { z } from "zod";
import { due } from "../../mixins/due/due.mixin.ts";
import type { Doc } from "../../mixins/store/collection.ts";
import { store } from "../../mixins/store/store.mixin.ts";
import { defineService } from "../cluster.ts";
import { conflict, typeOf, unprocessable } from "../shared/errors.ts";
import { Answer, idempotencyContract } from "./idempotency.contract.ts";

/** Longer than any keyed action may take: a claim that lapsed has lost its gateway. */
const LEASE = 40_000;
const KEPT = 24 * 60 * 60_000;

const Claim = z.object({
  id: z.string(),
  rev: z.int(),
  v: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** While the request runs the end of its lease, then when the answer is forgotten. */
  dueAt: z.string().nullable(),
  leased: z.boolean(),
  fence: z.int(),
  fingerprint: z.string(),
  done: z.boolean(),
  answer: Answer.nullable(),
}) satisfies z.ZodType<Doc>;
type Claim = z.output<typeof Claim>;

const at = (milliseconds: number): string => new Date(Date.now() + milliseconds).toISOString();

/**
 * A claim that is due is removed, whether it is a day old or its gateway died: keyed services give a request that comes
 * again its first effect, so nothing runs twice.
 */
export default defineService(idempotencyContract, {
  mixins: [
    store({ name: "claims", version: 1, schema: Claim, indexes: [{ keys: ["dueAt"] }] }),
    due<Claim>({
      collection: "claims",
      lease: LEASE,
      atOnce: 200,
      every: 1_000,
      async work({ id, fence }) {
        await this.claims.purge({ id, fence }, 1);
        return undefined;
      },
    }),
  ],

  actions: {
    async claim(ctx) {
      const { id, fingerprint } = ctx.params;
      // Random, so that a claim made anew is never taken for one of the same id that lapsed.
      const mine = { id, fingerprint, done: false, answer: null, leased: true, fence: randomInt(2 ** 47) };
      try {
        const { fence } = await this.claims.insert({ ...mine, dueAt: at(LEASE) });
        return { state: "mine" as const, fence };
      } catch (error) {
        if (typeOf(error) !== "CLAIMS_TAKEN") throw error;
      }
      const lapsed = await this.claims.change(
        id,
        { done: false, $or: [{ leased: false }, { dueAt: { $lte: at(0) } }] },
        { $set: { fingerprint, leased: true, dueAt: at(LEASE) }, $inc: { fence: 1 } },
      );
      if (lapsed) return { state: "mine" as const, fence: lapsed.fence };
      const other = await this.claims.get(id);
      if (other && other.fingerprint !== fingerprint) {
        throw unprocessable("IDEMPOTENCY_KEY_REUSED", "This Idempotency-Key came with another request before");
      }
      if (!other?.done) {
        throw conflict("IDEMPOTENCY_IN_PROGRESS", "A request with this Idempotency-Key is running: ask again soon");
      }
      return { state: "repeat" as const, answer: other.answer };
    },

    async complete(ctx) {
      const { id, fence, answer } = ctx.params;
      await this.claims.change(
        id,
        { fence, done: false },
        { $set: { done: true, answer, leased: false, dueAt: at(KEPT) } },
      );
    },

    async abandon(ctx) {
      const { id, fence } = ctx.params;
      await this.claims.purge({ id, fence, done: false }, 1);
    },
  },
});
