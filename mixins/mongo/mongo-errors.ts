import { MongoError, MongoParseError, MongoServerError } from "mongodb";
import { conflict, tooLarge, unavailable } from "../../services/shared/errors.ts";
import { ServerRefusedError } from "../servers.ts";

const AUTHENTICATION = new Set([13, 18, 33, 334, 8000]);
const DUPLICATE = new Set([11000, 11001, 12582]);
/** The document, or what it would become, passes 16 MB. */
const TOO_LARGE = new Set([10334, 17280, 17419, 17420]);
/**
 * No primary, shutting down, no majority in time, no room on the disk, or a cursor that went with its server: the same
 * may be done a little later.
 */
const AWAY = new Set([
  6, 7, 43, 50, 64, 89, 91, 100, 112, 133, 134, 175, 189, 202, 237, 262, 317, 9001, 10107, 11600, 11602, 13435, 13436,
  14031,
]);
const AWAY_NAMES =
  /^(Mongo(Network|NetworkTimeout|PoolCleared|PoolClosed|ConnectionPoolCleared|ServerSelection|ServerClosed|NotConnected|ClientClosed|TopologyClosed|WaitQueueTimeout|OperationTimeout|WriteConcern)|PoolClearedOnNetwork)Error$/;

/** A write into a connection that has just broken, which the driver may pass on as it is. */
const BROKEN_SOCKET = new Set(["EPIPE", "ECONNRESET", "ECONNREFUSED", "ECONNABORTED", "ETIMEDOUT", "EHOSTUNREACH"]);

const codeOf = (error: unknown): number => (error instanceof MongoServerError ? Number(error.code) : 0);

export const isTakenCode = (code: unknown): boolean => DUPLICATE.has(Number(code));
/** A unique key, or an id, is taken. */
export const isTaken = (error: unknown): boolean => isTakenCode(codeOf(error));

/** The server is away or cannot do its part now; what was asked may have been done or not. */
export const isAway = (error: unknown): boolean =>
  error instanceof MongoError
    ? AWAY_NAMES.test(error.name) || AWAY.has(codeOf(error)) || error.hasErrorLabel("RetryableWriteError")
    : BROKEN_SOCKET.has((error as NodeJS.ErrnoException | null)?.code ?? "");

/** Waiting does not help: the user, the password, a permission or the URL is wrong. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof MongoParseError || AUTHENTICATION.has(codeOf(error));

/** The driver says the same with a `RangeError`, where its buffer ends. */
export const isTooLarge = (error: unknown): boolean =>
  TOO_LARGE.has(codeOf(error)) || (error instanceof Error && /^RangeError.*(offset|bounds)/.test(String(error)));

/** What went wrong, in one line. */
export const why = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, " ").trim() || "no reason given";

/** What went wrong with a document of this collection, as callers understand it; what they could not help stays. */
export function toStoreError(error: unknown, collection: string, id?: string): unknown {
  const data = { collection, ...(id === undefined ? {} : { id }) };
  if (isTaken(error)) {
    const message = `Another of the ${collection} has this id or one of its unique keys`;
    return conflict(`${collection.toUpperCase()}_TAKEN`, message, id === undefined ? undefined : { id });
  }
  if (isAway(error))
    return unavailable("STORE_UNAVAILABLE", `The ${collection} cannot be reached: ${why(error)}`, data);
  if (isTooLarge(error)) return tooLarge("DOCUMENT_TOO_LARGE", `One of the ${collection} would pass 16 MB`, data);
  if (isRefusal(error)) return new ServerRefusedError(`MongoDB refuses us the ${collection}: ${why(error)}`);
  return error;
}
