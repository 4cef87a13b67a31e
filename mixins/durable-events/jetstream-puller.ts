import { setTimeout as sleep } from "node:timers/promises";
import { createInbox, type Msg, type NatsError, nanos, type Subscription } from "nats";
import type { Log } from "../log.ts";
import { type NatsLine, reasonOf } from "../nats/nats-line.ts";
import { Delivered } from "./jetstream-message.ts";

const ASKED_FOR = 30_000;
const SIGN_OF_LIFE = 2_000;
const SILENCE = 2.5 * SIGN_OF_LIFE;
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 3_000;

export interface PullerOptions {
  line: NatsLine;
  stream: string;
  consumer: string;
  /** How many events this node holds of the consumer at once. */
  limit: number;
  take(delivered: Delivered): void;
  /** Makes what is missing on the server. */
  declare(): Promise<void>;
  log: () => Log | undefined;
}

/**
 * Asks a durable consumer for as many events as this node can hold, and goes on asking: after the connection was lost,
 * when the server falls silent, and when the consumer or its stream is gone and has to be made anew.
 */
export class JetStreamPuller {
  readonly #options: PullerOptions;
  #subscription: Subscription | undefined;
  #inbox = "";
  #held = 0;
  /** What the server has been asked for and has not sent. */
  #asked = 0;
  #heard = 0;
  #running = false;
  #mending = false;
  #watch: NodeJS.Timeout | undefined;
  #unlisten: (() => void) | undefined;

  constructor(options: PullerOptions) {
    this.#options = options;
  }

  get well(): boolean {
    return !this.#mending;
  }

  start(): void {
    this.#running = true;
    // A server that was away has forgotten the requests of before, and perhaps everything.
    this.#unlisten = this.#options.line.onBack(() => void this.#mend("the connection is back", 0));
    this.#watch = setInterval(() => this.#look(), SIGN_OF_LIFE).unref();
    this.#open();
  }

  /** What was taken is done with, and there is room for another. */
  release(): void {
    this.#held--;
    this.#ask();
  }

  /** Takes no more. What the server sent before it knew of that is still handed over, so that it can be given back. */
  async stop(): Promise<void> {
    this.#running = false;
    clearInterval(this.#watch);
    this.#unlisten?.();
    const drained = this.#options.line.up ? this.#subscription?.drain() : undefined;
    await Promise.race([drained, sleep(1_000, undefined, { ref: false })]).catch(() => undefined);
  }

  #open(): void {
    if (!this.#running || this.#mending) return;
    this.#subscription?.unsubscribe();
    this.#inbox = createInbox();
    this.#asked = 0;
    this.#heard = Date.now();
    const callback = (error: NatsError | null, message: Msg) => {
      if (error) void this.#mend(reasonOf(error));
      else this.#hear(message);
    };
    this.#subscription = this.#options.line.connection.subscribe(this.#inbox, { callback });
    this.#ask();
  }

  #ask(): void {
    const { line, stream, consumer, limit } = this.#options;
    if (!this.#running || this.#mending || !line.up) return;
    const room = limit - this.#held - this.#asked;
    // Not for each single one.
    if (room <= 0 || (this.#asked > 0 && room < limit / 2)) return;
    if (this.#asked === 0) this.#heard = Date.now();
    this.#asked += room;
    const request = { batch: room, expires: nanos(ASKED_FOR), idle_heartbeat: nanos(SIGN_OF_LIFE) };
    line.connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, JSON.stringify(request), {
      reply: this.#inbox,
    });
  }

  #hear(message: Msg): void {
    this.#heard = Date.now();
    if (message.subject.startsWith("_INBOX.")) {
      this.#answered(message);
      return;
    }
    this.#asked = Math.max(0, this.#asked - 1);
    this.#held++;
    this.#options.take(new Delivered(message));
    this.#ask();
  }

  /** The server's word on a request: that it lives, has run out, or cannot be served. */
  #answered({ subject, headers }: Msg): void {
    const code = headers?.code ?? 0;
    if (code === 100 || subject !== this.#inbox) return;
    const words = headers?.description ?? "";
    const unsent = headers?.get("Nats-Pending-Messages") ?? "";
    if (code === 408 || (code === 409 && unsent && !/deleted/i.test(words))) {
      this.#asked = Math.max(0, this.#asked - (unsent ? Number(unsent) : this.#asked));
      this.#ask();
      return;
    }
    void this.#mend(`${code} ${words}`.trim());
  }

  #look(): void {
    if (!this.#options.line.up) return;
    if (this.#asked > 0 && Date.now() - this.#heard > SILENCE) void this.#mend("no sign of life");
    else this.#ask();
  }

  async #mend(reason: string, first = FIRST_PAUSE): Promise<void> {
    const { declare, consumer, line, log } = this.#options;
    if (this.#mending || !this.#running) return;
    this.#mending = true;
    log()?.debug(`The consumer ${consumer} is declared again: ${reason}`);
    for (let pause = first; this.#running; pause = Math.min(LONGEST_PAUSE, pause * 2 || FIRST_PAUSE)) {
      await sleep(pause, undefined, { ref: false });
      if (!line.up) continue;
      try {
        await declare();
        break;
      } catch (error) {
        log()?.warn(`The consumer ${consumer} cannot be declared: ${reasonOf(error)}`);
      }
    }
    this.#mending = false;
    this.#open();
  }
}
