import { Errors } from "moleculer";

/**
 * Errors that cross the wire keep Moleculer's own classes (subclasses arrive as plain `Error`), so callers branch on
 * `type`: subject and problem. `code` is the HTTP status, `data` holds ids and figures that an edge may show.
 */
type Data = Record<string, unknown>;

const client =
  (code: number) =>
  (type: string, message: string, data?: Data): Errors.MoleculerClientError =>
    new Errors.MoleculerClientError(message, code, type, data);

export const badRequest = client(400);
export const unauthorized = client(401);
/** The payment method was refused. */
export const paymentRequired = client(402);
export const forbidden = client(403);
export const notFound = client(404);
export const methodNotAllowed = client(405);
export const timedOut = client(408);
export const conflict = client(409);
export const preconditionFailed = client(412);
export const tooLarge = client(413);
export const tooLong = client(414);
export const unsupported = client(415);
export const unprocessable = client(422);
export const tooMany = client(429);

/** One field that does not fit: where it is, counted in steps, and what is wrong. */
export interface FieldProblem {
  path: (string | number)[];
  message: string;
}

export const invalid = (fields: FieldProblem[]): Errors.MoleculerClientError =>
  unprocessable("VALIDATION_ERROR", "Some fields are not valid", {
    errors: fields.map(({ path, message }) => ({ path: path.join("."), message })),
  });

/** Something this side needs is away; the caller may try again. */
export const unavailable = (type: string, message: string, data?: Data): Errors.MoleculerRetryableError =>
  new Errors.MoleculerRetryableError(message, 503, type, data);

/** The `type` of whatever was thrown, or `undefined` where it has none. */
export const typeOf = (error: unknown): string | undefined =>
  error instanceof Error && "type" in error && typeof error.type === "string" ? error.type : undefined;

/** This node's release does not go with one that runs in the cluster. */
export class IncompatibleReleaseError extends Error {}
/** Told on the node that must end for it, though it runs. */
export const INCOMPATIBLE = "$release.incompatible";
