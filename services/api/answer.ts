import type { Readable } from "node:stream";
import type { ActionContract, Rest } from "../contract.ts";
import { resultPage } from "./pages.ts";

export const JSON_TYPE = "application/json; charset=utf-8";
export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

export interface Answer {
  status: number;
  type?: string;
  body: string | Readable;
  headers?: Record<string, string>;
}

interface Spoken {
  contract: Pick<ActionContract, "returns" | "stream">;
  rest: Rest;
}

/** How a result is told over HTTP; `asPage` where the question was an HTML form. */
export function answerOf({ contract, rest }: Spoken, result: unknown, asPage = false): Answer {
  const status = statusOf(rest, result);
  if (contract.stream === "out") return { status, type: "application/x-ndjson", body: result as Readable };
  if (status === 204 || !contract.returns) return { status: 204, body: "" };
  if (asPage) return { status, type: "text/html; charset=utf-8", body: resultPage(result) };
  if (typeof result === "string") return { status, type: "text/html; charset=utf-8", body: result };
  return { status, type: JSON_TYPE, body: JSON.stringify(result) };
}

function statusOf({ status = 200, acceptedWhile }: Rest, result: unknown): number {
  if (!acceptedWhile || typeof result !== "object" || result === null) return status;
  const { field, value } = acceptedWhile;
  return (result as Record<string, unknown>)[field] === value ? 202 : status;
}
