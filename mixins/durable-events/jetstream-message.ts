import { headers, type Msg, type MsgHdrs, nanos } from "nats";
import type { DurableEvent } from "./event-bus.ts";

/** The event's own id where the server's (which it drops repeats by) is another: when it is sent again. */
const EVENT = "Molecart-Event";
/** The only group that an event is for: one that is sent again. */
const ONLY = "Molecart-Only";
const MESSAGE_ID = "Nats-Msg-Id";

/** The header lines that go with an event. */
export function eventHeaders(message: { id: string; event: string; only?: string }): MsgHdrs {
  const lines = headers();
  lines.set(MESSAGE_ID, message.id);
  if (message.event !== message.id) lines.set(EVENT, message.event);
  if (message.only) lines.set(ONLY, message.only);
  return lines;
}

/** An event as the server delivered it, and what it is answered: it comes again unless it is acknowledged. */
export class Delivered {
  readonly #message: Msg;
  readonly stream: string;
  /** From 1 on. */
  readonly attempt: number;
  readonly sequence: number;
  /** The same when it is delivered again. */
  readonly key: string;
  /** When the server stored it; milliseconds of the epoch. */
  readonly at: number;

  constructor(message: Msg) {
    this.#message = message;
    // $JS.ACK.<stream>.<consumer>.<attempt>.<sequence>.<delivery>.<time>.<pending>; newer servers put domain and account
    // before the stream and a token at the end.
    const tokens = (message.reply ?? "").split(".");
    const [stream = "", , attempt, sequence = "", , time = ""] = tokens.slice(tokens.length > 9 ? 4 : 2);
    this.stream = stream;
    this.attempt = Number(attempt);
    this.sequence = Number(sequence);
    // A stream that was made anew counts from 1 again.
    this.key = `${sequence}@${time}`;
    this.at = Number(time) / 1e6;
  }

  get id(): string {
    return this.#header(EVENT) || this.#header(MESSAGE_ID) || `${this.stream}:${this.sequence}`;
  }

  get data(): Uint8Array {
    return this.#message.data;
  }

  get headers(): MsgHdrs | undefined {
    return this.#message.headers;
  }

  /** Throws where the payload is not JSON. */
  event(name: string): DurableEvent {
    return { id: this.id, name, payload: this.#message.json() };
  }

  isFor(group: string): boolean {
    return [group, ""].includes(this.#header(ONLY));
  }

  ack(): void {
    this.#message.respond("+ACK");
  }

  /** Asks for it again after so many milliseconds; at once where there is no pause. */
  nak(pause = 0): void {
    this.#message.respond(pause > 0 ? `-NAK ${JSON.stringify({ delay: nanos(pause) })}` : "-NAK");
  }

  /** Tells that the handler runs: the server begins to wait anew. */
  working(): void {
    this.#message.respond("+WPI");
  }

  #header(name: string): string {
    return this.#message.headers?.get(name) ?? "";
  }
}
