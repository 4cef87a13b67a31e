import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "./answer.ts";
import { isKnown, strongTag } from "./conditions.ts";
import { type Kept, KeptAnswers } from "./kept-answers.ts";

/** What clients keep they ask for again: the ETag tells them whether it still holds. */
const REVALIDATE = ["Cache-Control", "no-cache"];

/** Public reads as they leave: made ready once, sent many times. */
export class KeptReads {
  readonly answers = new KeptAnswers();
  readonly #head: readonly string[];

  /** `head`: what every answer says, names and values in turn. */
  constructor(head: readonly string[]) {
    this.#head = head;
  }

  /** The answer to a request without a body that somebody has asked before; who asks must be known to be allowed. */
  find({ method, url, headers }: IncomingMessage): Kept | undefined {
    if (method !== "GET" && method !== "HEAD") return undefined;
    if (headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined) return undefined;
    return this.answers.find(url as string);
  }

  /** Makes an answer ready and keeps it, where nothing has changed since it was asked for. */
  keep(url: string, { type, body, tags }: Answer, begun: number): Kept {
    const bytes = Buffer.from(body as string);
    const etag = strongTag(bytes);
    // What the client keeps has its other headers already.
    const unchangedHead = [...REVALIDATE, "ETag", etag];
    const head = [
      ...this.#head,
      ...unchangedHead,
      "Content-Type",
      type as string,
      "Content-Length",
      String(bytes.length),
    ];
    const kept = { etag, body: bytes.toString("latin1"), head, unchangedHead };
    this.answers.keep(url, kept, tags ?? [], begun);
    return kept;
  }

  /** `own`: the headers of this one answer. */
  send(req: IncomingMessage, res: ServerResponse, kept: Kept, own: readonly string[]): void {
    if (isKnown(kept.etag, req.headers["if-none-match"])) {
      res.writeHead(304, [...kept.unchangedHead, ...own]).end();
    } else {
      res.writeHead(200, [...kept.head, ...own]).end(req.method === "HEAD" ? "" : kept.body, "latin1");
    }
  }
}
