import { unavailable } from "../../services/shared/errors.ts";

interface Failure {
  code?: string;
  severity?: string;
  message?: string;
}

/** What PostgreSQL answers when it will not have us: password, role, database, or a right that is missing. */
const REFUSALS = new Set(["28P01", "28000", "3D000", "42501", "3F000"]);
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/;
/** Connection lost, shut down, starting, cannot write (a standby), full or out of connections, input and output. */
const AWAY = /^(08|53|58|57P0|25006|25P03|XX000)/;
/** A statement or a lock took too long; the connection is as good as before. */
const SLOW = new Set(["57014", "55P03"]);
/** Another transaction was in the way, and this one was undone. */
const UNDONE = new Set(["40001", "40P01"]);
/** What `pg` says itself of a connection that is gone or silent. */
const LOST = /^(Connection terminated|timeout e|Query read timeout|Client (has|was)|The server does not)/;

const sqlState = (error: unknown): string =>
  (error as Failure | null)?.severity ? ((error as Failure).code ?? "") : "";

/** One line on why; a list of tried addresses has no message of its own. */
export const whyOf = (error: unknown): string => {
  const { message, code } = error as Failure;
  return (message || code || String(error)).split("\n", 1)[0] as string;
};

/** Whether waiting does not help: somebody has to change a setting. */
export const isRefusal = (error: unknown): boolean =>
  REFUSALS.has(sqlState(error)) || CERTIFICATE.test((error as Failure).code ?? "");

/** Whether the connection is not to be used any more. */
export function isLost(error: unknown): boolean {
  const state = sqlState(error);
  if (state) return AWAY.test(state);
  const { code = "", message = "" } = error as Failure;
  return /^(E[A-Z_]+)$/.test(code) || LOST.test(message);
}

/** A plan that is kept for a query and no longer fits: the table was changed meanwhile, as in a rolling update. */
export const isOutdated = (error: unknown): boolean =>
  sqlState(error) === "0A000" && /cached plan/.test((error as Failure).message ?? "");

export const isUndone = (error: unknown): boolean => UNDONE.has(sqlState(error));

/** The error as callers know it: what may succeed later is a 503 that may be tried again. */
export const toldAs = (error: unknown): unknown =>
  isLost(error) || SLOW.has(sqlState(error)) || isUndone(error) || isOutdated(error)
    ? Object.assign(unavailable("STORAGE_UNAVAILABLE", `The data could not be stored or read: ${whyOf(error)}`), {
        cause: error,
      })
    : error;

/** What PostgreSQL or the connection said, behind what callers are told. */
export const causeOf = (error: unknown): unknown => (error as { cause?: unknown } | null)?.cause ?? error;
