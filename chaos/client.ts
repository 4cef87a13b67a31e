import { Agent, type IncomingMessage, request } from "node:http";
import type { Failed } from "./observations.ts";

/** What a gateway answered. */
export interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds, whoever asked says
  json: any;
}

export interface Question {
  json?: unknown;
  headers?: Record<string, string>;
  /** The gateway that is asked first; the others follow in turn. */
  gateway?: number;
  /** Hangs up after so many milliseconds. */
  hangUpAfter?: number;
  /** Milliseconds that the asker waits at most. */
  patience?: number;
}

/** Nobody answered: whether the request had an effect is not known. */
export class NoAnswer extends Error {}

/** The request was not read by anybody, so that another may be asked. */
class NotTaken extends Error {}

const PATIENCE = 20_000;
/** Milliseconds that a gateway is left alone which has said that it goes: it takes new connections two seconds more. */
const GOING = 3_000;

/** The gateways as shoppers reach them: one that goes or takes nobody is passed over, as a balancer in front would. */
export class Gateways {
  /** What did not go as it should. */
  readonly failed: Failed[] = [];
  /** Good answers and refusals, by status. */
  readonly statuses = new Map<number, number>();
  readonly #urls: readonly URL[];
  readonly #agents: readonly Agent[];
  readonly #now: () => number;
  /** Until when each is left alone. */
  readonly #going: number[];

  constructor(urls: readonly string[], now: () => number) {
    this.#urls = urls.map((url) => new URL(url));
    this.#agents = urls.map(() => new Agent({ keepAlive: true, maxSockets: 64 }));
    this.#going = urls.map(() => 0);
    this.#now = now;
  }

  get count(): number {
    return this.#urls.length;
  }

  /** Asks a gateway, and the next where nobody took the request; throws a `NoAnswer` where none answered. */
  async ask(method: string, path: string, question: Question = {}): Promise<Answer> {
    let why = "";
    for (const [turn, at] of this.#order(question.gateway ?? 0).entries()) {
      const begun = this.#now();
      const isLast = turn === this.count - 1;
      const note = (what: string, sentOn: boolean) => {
        const gateway = String(at);
        this.failed.push({ at: begun, until: this.#now(), request: `${method} ${path}`, what, gateway, sentOn });
      };
      try {
        const answer = await this.#once(at, method, path, question);
        if (answer.headers.connection === "close") this.#going[at] = this.#now() + GOING;
        this.statuses.set(answer.status, (this.statuses.get(answer.status) ?? 0) + 1);
        if (answer.status < 500) return answer;
        const code = String(answer.json?.code ?? "");
        // It says itself that it takes nobody.
        const sentOn = code === "NOT_READY" && !isLast;
        note(`${answer.status} ${code}`.trim(), sentOn);
        if (!sentOn) return answer;
      } catch (error) {
        why = (error as Error).message;
        const sentOn = error instanceof NotTaken && !isLast;
        if (why !== "hung up") note(why, sentOn);
        if (!sentOn) throw new NoAnswer(why);
      }
    }
    throw new NoAnswer(why);
  }

  /** The JSON of a good answer, asked for until there is one; for the run's own needs. */
  async must<T>(method: string, path: string, question: Question = {}, tries = 20): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      let problem: string;
      try {
        const { status, json } = await this.ask(method, path, { gateway: attempt, ...question });
        if (status < 300) return json as T;
        problem = `${status} ${JSON.stringify(json)}`;
      } catch (error) {
        problem = (error as Error).message;
      }
      if (attempt >= tries) throw new Error(`${method} ${path}: ${problem}`);
      await new Promise((again) => setTimeout(again, 500));
    }
  }

  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }

  /** All of them from this one on; those that go are asked last. */
  #order(first: number): number[] {
    const all = this.#urls.map((_, turn) => (first + turn) % this.count);
    const goes = (at: number) => Number(this.#now() < (this.#going[at] ?? 0));
    return all.sort((a, b) => goes(a) - goes(b));
  }

  #once(at: number, method: string, path: string, question: Question): Promise<Answer> {
    const { json, headers = {}, hangUpAfter, patience = PATIENCE } = question;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const body = json === undefined ? undefined : Buffer.from(JSON.stringify(json));
    const content = body ? { "Content-Type": "application/json", "Content-Length": body.length } : {};
    const { hostname, port } = this.#urls[at] as URL;
    const agent = this.#agents[at] as Agent;
    const sent = request({ agent, host: hostname, port, method, path, headers: { ...content, ...headers } });
    let begun = false;
    sent.on("response", (response) => {
      begun = true;
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", (error) => reject(new Error(`an answer broke off: ${codeOf(error)}`)));
      response.on("end", () => {
        const answer = { status: response.statusCode ?? 0, headers: response.headers };
        resolve({ ...answer, json: read(Buffer.concat(chunks).toString()) });
      });
    });
    sent.on("error", (error) => {
      const code = codeOf(error);
      // A connection that was kept and is closed at the other end while we use it: nobody read what we sent.
      const stale = sent.reusedSocket && !begun && (code === "ECONNRESET" || code === "EPIPE");
      reject(code === "ECONNREFUSED" || stale ? new NotTaken(code) : new Error(code));
    });
    const timers = [setTimeout(() => sent.destroy(new Error("no answer in time")), patience)];
    if (hangUpAfter !== undefined) timers.push(setTimeout(() => sent.destroy(new Error("hung up")), hangUpAfter));
    sent.end(body);
    return promise.finally(() => timers.map(clearTimeout));
  }
}

const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.message;

function read(text: string): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return text;
  }
}
