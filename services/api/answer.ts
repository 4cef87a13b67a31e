import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type { Access, ActionContract, Rest } from "../contract.ts";
import { isKnown, versionTag, weakTag } from "./conditions.ts";
import { tagsOf } from "./kept-answers.ts";
import { resultPage } from "./pages.ts";

export const JSON_TYPE = "application/json; charset=utf-8";
export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

export interface Answer {
  status: number;
  type?: string;
  body: string | Readable;
  headers?: Record<string, string>;
  /** Until one of these is told as outdated, the answer may be kept and given to anybody. */
  tags?: readonly string[];
}

interface Spoken {
  contract: Pick<ActionContract, "returns" | "stream" | "access" | "kept">;
  rest: Rest;
}

/** How a result is told over HTTP; `asPage` where the question was an HTML form. */
export function answerOf({ contract, rest }: Spoken, result: unknown, asPage = false): Answer {
  const status = statusOf(rest, result);
  if (contract.stream === "out") return { status, type: "application/x-ndjson", body: result as Readable };
  if (status === 204 || !contract.returns) return { status: 204, body: "" };
  if (asPage) return { status, type: "text/html; charset=utf-8", body: resultPage(result) };
  if (typeof result === "string") return { status, type: "text/html; charset=utf-8", body: result };
  const told = { status, type: JSON_TYPE, body: JSON.stringify(result) };
  if (contract.kept) return { ...told, tags: tagsOf(contract.kept.until, result) };
  const rev = isForStaff(contract.access) ? (result as { rev?: unknown } | null)?.rev : undefined;
  return Number.isInteger(rev) ? { ...told, headers: { ETag: versionTag(rev as number) } } : told;
}

/**
 * The answer to a GET with its ETag; 304 where the client has it already. A version's own tag is for `If-Match` only:
 * beside the version such answers show what changes without it, as stock does.
 */
export function conditional({ method, headers }: IncomingMessage, answer: Answer): Answer {
  const { status, type, body } = answer;
  if ((method !== "GET" && method !== "HEAD") || status !== 200 || type !== JSON_TYPE) return answer;
  const etag = answer.headers?.ETag ?? weakTag(body as string);
  if (!etag.startsWith("W/")) return answer;
  const tagged = { ...answer.headers, ETag: etag };
  return isKnown(etag, headers["if-none-match"])
    ? { status: 304, body: "", headers: tagged }
    : { ...answer, headers: tagged };
}

const isForStaff = (access: Access): boolean => typeof access === "string" && access.includes(":");

function statusOf({ status = 200, acceptedWhile }: Rest, result: unknown): number {
  if (!acceptedWhile || typeof result !== "object" || result === null) return status;
  const { field, value } = acceptedWhile;
  return (result as Record<string, unknown>)[field] === value ? 202 : status;
}
