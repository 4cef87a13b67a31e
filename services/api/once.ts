import { type Answer, JSON_TYPE, PROBLEM_TYPE } from "./answer.ts";
import { isFinal } from "./idempotency-key.ts";

interface Stored {
  status: number;
  body: string;
}
type Claim = { state: "mine"; fence: number } | { state: "repeat"; answer: Stored | null };

export interface Once {
  claim(): Promise<Claim>;
  complete(fence: number, answer: Stored | null): Promise<void>;
  abandon(fence: number): Promise<void>;
  /** Asks the service; under the same key it gives the first effect. */
  run(): Promise<Answer>;
  /** The answer to an error, as the outside sees it. */
  refusal(error: unknown): Answer;
  /** A repeat asks the service again and so tells how things stand, instead of the first answer's bytes. */
  asItStands: boolean;
  failed(message: string, error: unknown): void;
}

const REPLAYED = { "Idempotent-Replayed": "true" };

/** One request under its key: run once, its final answer kept and given again; what was not final frees the key. */
export async function once(request: Once): Promise<Answer> {
  const claim = await request.claim();
  if (claim.state === "repeat") {
    const answer = claim.answer ? restored(claim.answer) : await request.run();
    return { ...answer, headers: { ...answer.headers, ...REPLAYED } };
  }
  let answer: Answer;
  try {
    answer = await request.run();
  } catch (error) {
    if (!isFinal(error)) {
      await request.abandon(claim.fence).catch((thrown) => request.failed("A key could not be given back", thrown));
      throw error;
    }
    answer = request.refusal(error);
  }
  const kept = request.asItStands ? null : { status: answer.status, body: answer.body as string };
  // What was done is done: the answer goes out even where it could not be kept, and the service knows the key too.
  await request
    .complete(claim.fence, kept)
    .catch((thrown) => request.failed("An answer could not be kept for its key", thrown));
  return answer;
}

const restored = ({ status, body }: Stored): Answer => ({
  status,
  body,
  ...(body ? { type: status < 400 ? JSON_TYPE : PROBLEM_TYPE } : {}),
});
