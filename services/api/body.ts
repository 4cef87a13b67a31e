import type { IncomingMessage } from "node:http";
import { badRequest, timedOut, tooLarge, unsupported } from "../shared/errors.ts";

const LIMIT = 1_000_000;
/** What is read and thrown away, so that the sender gets to read the refusal. */
const DISCARDED = 16_000_000;
const DEPTH = 32;
const PATIENCE = 30_000;

const utf8 = new TextDecoder("utf-8", { fatal: true });

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/** The media type of the body, in lower case and without parameters. */
export const typeOfBody = ({ headers }: IncomingMessage): string =>
  (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";

/** The bytes of the body; throws where there are too many, or where they are too long in coming. */
export function readBody(req: IncomingMessage, limit = LIMIT): Promise<Buffer> {
  const encoding = req.headers["content-encoding"];
  if (encoding && encoding !== "identity") {
    throw unsupported("CONTENT_ENCODING_UNSUPPORTED", "Send the body as it is, not compressed");
  }
  if (Number(req.headers["content-length"] ?? 0) > DISCARDED) throw bodyTooLarge(limit);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const timer = setTimeout(
      () => reject(timedOut("BODY_TIMEOUT", "The body took too long to arrive")),
      PATIENCE,
    ).unref();
    req.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else chunks.length = 0;
      if (length > DISCARDED) reject(bodyTooLarge(limit));
    });
    const brokenOff = () => reject(badRequest("BODY_INCOMPLETE", "The body broke off"));
    req.on("end", () => (length > limit ? reject(bodyTooLarge(limit)) : resolve(Buffer.concat(chunks))));
    req.on("error", brokenOff);
    req.on("close", () => {
      clearTimeout(timer);
      // Every request closes: an error that nobody sees costs as much as one that somebody does.
      if (!req.readableEnded) brokenOff();
    });
  });
}

const bodyTooLarge = (limit: number) => tooLarge("BODY_TOO_LARGE", `A body may have ${limit} bytes`, { limit });

export function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw badRequest("BODY_MALFORMED", "The body is not text in UTF-8");
  }
}

/** The value that this JSON text stands for; throws on what is no JSON or nested too deep. */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badRequest("BODY_MALFORMED", `The body is not valid JSON: ${(error as Error).message}`);
  }
  if (deeperThan(DEPTH, value)) throw badRequest("BODY_TOO_DEEP", `A body may be nested ${DEPTH} levels deep`);
  return value;
}

function deeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => deeperThan(levels - 1, part));
}

/** The body as params: JSON, or a form where the action takes one. */
export async function readParams(req: IncomingMessage, form: boolean): Promise<unknown> {
  if (!hasBody(req)) return undefined;
  const type = typeOfBody(req);
  if (form && type === "application/x-www-form-urlencoded") {
    return Object.fromEntries(new URLSearchParams(decode(await readBody(req))));
  }
  if (!/^application\/([\w.-]+\+)?json$/.test(type)) {
    throw unsupported("CONTENT_TYPE_UNSUPPORTED", "Send the body as application/json");
  }
  const text = decode(await readBody(req));
  return text.trim() === "" ? undefined : parseJson(text);
}
