import { Errors } from "moleculer";
import { tooLarge } from "../../services/shared/errors.ts";

/** Nothing has been asked yet: whoever sent so much can send less. */
export const requestTooLarge = (action: string, size: number, limit: number): Errors.MoleculerClientError =>
  tooLarge("REQUEST_TOO_LARGE", `The request of ${action} is larger than can be passed on`, { action, size, limit });

/** What was asked has been done: to ask again would do it again and give as much. */
export const answerTooLarge = (action: string, size: number, limit: number): Errors.MoleculerError =>
  new Errors.MoleculerError(`The answer of ${action} is larger than can be passed on`, 500, "ANSWER_TOO_LARGE", {
    action,
    size,
    limit,
  });

const LONGEST = 1_000;

/** An error as an answer carries it, without what makes it large. */
export function withoutDetails(error: object = {}): object {
  const { message = "" } = error as { message?: string };
  return { ...error, message: message.slice(0, LONGEST), data: undefined, stack: undefined };
}
