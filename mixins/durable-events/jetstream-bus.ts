import { setTimeout as sleep } from "node:timers/promises";
import { ErrorCode, type JetStreamClient, type JetStreamManager, type NatsError } from "nats";
import { tooLarge, unavailable } from "../../services/shared/errors.ts";
import type { Log } from "../log.ts";
import { type NatsLine, reasonOf } from "../nats/nats-line.ts";
import { PATIENCE, pauseBefore } from "./backoff.ts";
import type { Consume, DeadLetter, DurableEvent, EventBus } from "./event-bus.ts";
import { JetStreamDeadLetters } from "./jetstream-dead-letters.ts";
import { JetStreamGroup } from "./jetstream-group.ts";
import { eventHeaders } from "./jetstream-message.ts";
import { type Emitters, JetStreamNames } from "./jetstream-names.ts";
import { JetStreamPuller } from "./jetstream-puller.ts";
import { declareConsumer, declareStreams, makeRoom, type StreamLimits, waitingIn } from "./jetstream-streams.ts";

const LONGEST_PAUSE = 5_000;

export interface JetStreamOptions extends Partial<StreamLimits> {
  /** Asked once, when the bus is first used; `close` closes what it gave. */
  connect: () => Promise<NatsLine>;
  /** Shops that share a server differ in it. */
  namespace: string;
  /** Which service emits which events, from the contracts. */
  emitters: Emitters;
  log: () => Log | undefined;
  /** After so many the event is a dead letter, unless it only waits for something to come back: then it has patience. */
  attempts?: number;
  /** Milliseconds. */
  patience?: number;
  /** Milliseconds before the attempt after so many. */
  pause?: (attempts: number) => number;
  /** How many events a group handles at once on this node. */
  atOnce?: number;
  /** Milliseconds that the server has for an answer. */
  timeout?: number;
  /** Milliseconds between looks for streams that need room. */
  tidyEvery?: number;
}

const DEFAULTS = {
  attempts: 12,
  patience: PATIENCE,
  pause: pauseBefore,
  atOnce: 32,
  // A node that dies gives its events back within so long; one that works says so three times as often.
  ackWait: 9_000,
  maxBytes: 256 * 1024 * 1024,
  maxAge: 7 * 24 * 3600_000,
  replicas: 1,
  timeout: 5_000,
  tidyEvery: 30_000,
};

/** What there is once the server has answered. */
interface Open {
  line: NatsLine;
  manager: JetStreamManager;
  client: JetStreamClient;
  letters: JetStreamDeadLetters;
}

/**
 * Durable events on NATS JetStream: a stream for each service that emits, and for each event that a group wants a
 * durable consumer that all nodes of the group share. An event is answered for when its handler has succeeded, or when
 * its dead letter is stored.
 */
export class JetStreamBus implements EventBus {
  readonly #options: JetStreamOptions & typeof DEFAULTS;
  readonly #names: JetStreamNames;
  readonly #handlers = new Map<string, Map<string, Consume>>();
  readonly #stopping = new AbortController();
  #opening: Promise<Open> | undefined;
  #declaring: Promise<void> | undefined;
  #line: NatsLine | undefined;
  #declared = false;
  #groups: JetStreamGroup[] = [];
  #pullers: JetStreamPuller[] = [];
  #tidying: NodeJS.Timeout | undefined;
  /** Room, at the moment. */
  #making: Promise<void> | undefined;

  constructor(options: JetStreamOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#names = new JetStreamNames(options.namespace, options.emitters);
  }

  subscribe(group: string, handlers: Map<string, Consume>): void {
    this.#handlers.set(group, handlers);
  }

  /** Reaches the server, before anything else begins: one that refuses us ends the start. */
  async connect(): Promise<void> {
    await this.#open();
  }

  /** Waits for the server for as long as it takes. */
  async start(): Promise<void> {
    const { log } = this.#options;
    const open = await this.#open();
    for (let pause = 250; !this.#stopping.signal.aborted; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
      try {
        await this.#declare();
        break;
      } catch (error) {
        log()?.warn(`The streams of events cannot be declared: ${reasonOf(error)}; tried again in ${pause / 1000} s`);
        await sleep(pause);
      }
    }
    if (this.#stopping.signal.aborted) return;
    for (const [group, handlers] of this.#handlers) this.#consume(open, group, handlers);
    this.#tidying = setInterval(() => this.#tidy(open), this.#options.tidyEvery).unref();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    clearInterval(this.#tidying);
    // The groups give back what the pullers still receive.
    await Promise.all([...this.#pullers, ...this.#groups].map((one) => one.stop()));
    if (this.#line?.up) await Promise.race([this.#line.connection.flush(), sleep(1_000)]).catch(() => undefined);
  }

  /** Ends the connection, too: nothing can be published any more. */
  async close(): Promise<void> {
    const open = await this.#opening?.catch(() => undefined);
    await open?.line.close();
  }

  /** Whether events can be published and arrive. */
  healthy(): boolean {
    return this.#line?.up === true && this.#declared && this.#pullers.every((puller) => puller.well);
  }

  async publish(events: DurableEvent[]): Promise<void> {
    if (events.length === 0) return;
    const messages = events.map(({ id, name, payload }) => ({
      subject: this.#names.subject(name),
      body: JSON.stringify(payload),
      headers: eventHeaders({ id, event: id }),
    }));
    await this.#asking(async ({ client }) => {
      const { timeout } = this.#options;
      if (!this.#declared) await this.#declare();
      const stored = await Promise.allSettled(
        messages.map(({ subject, body, headers }) => client.publish(subject, body, { headers, timeout })),
      );
      const refused = stored.find((one) => one.status === "rejected");
      if (refused) throw refused.reason;
    });
  }

  deadLetters(limit: number): Promise<DeadLetter[]> {
    return this.#asking(({ letters }) => letters.list(limit));
  }

  redrive(id: string): Promise<boolean> {
    return this.#asking(({ letters }) => letters.redrive(id));
  }

  discard(id: string): Promise<boolean> {
    return this.#asking(({ letters }) => letters.discard(id));
  }

  /** Of all groups of the namespace, whichever node runs them. */
  backlog(): Promise<{ waiting: number; oldest: number; dead: number }> {
    return this.#asking(async ({ manager, letters }) => {
      const [{ waiting, since }, dead] = await Promise.all([waitingIn(manager, this.#names), letters.count()]);
      return { waiting, oldest: Number.isFinite(since) ? Math.max(0, Date.now() - since) : 0, dead };
    });
  }

  #consume({ line, letters }: Open, name: string, handlers: Map<string, Consume>): void {
    const { atOnce, log } = this.#options;
    const group = new JetStreamGroup({ ...this.#options, group: name, handlers, letters, line });
    this.#groups.push(group);
    for (const event of handlers.keys()) {
      const puller = new JetStreamPuller({
        line,
        stream: this.#names.streamOf(event),
        consumer: this.#names.consumer(name, event),
        limit: atOnce,
        take: (delivered) => group.take(delivered, event, () => puller.release()),
        declare: () => this.#declare(),
        log,
      });
      this.#pullers.push(puller);
      puller.start();
    }
  }

  #open(): Promise<Open> {
    this.#opening ??= this.#connect().catch((error) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #connect(): Promise<Open> {
    const { connect, timeout } = this.#options;
    const line = await connect();
    const manager = await line.connection.jetstreamManager({ timeout, checkAPI: false });
    const client = line.connection.jetstream({ timeout });
    this.#line = line;
    return { line, manager, client, letters: new JetStreamDeadLetters(this.#names, manager, client, timeout) };
  }

  /** Whoever asks before the server was ever reached does not wait for it. */
  async #soon(): Promise<Open> {
    if (this.#line) return this.#open();
    const tired = new AbortController();
    const late = sleep(this.#options.timeout, undefined, { signal: tired.signal }).then(() => {
      throw new Error("it was never reached");
    });
    return Promise.race([this.#open(), late]).finally(() => tired.abort());
  }

  #tidy({ line, manager }: Open): void {
    if (!line.up || this.#making) return;
    this.#making = makeRoom(manager, this.#names)
      .catch((error) => this.#options.log()?.debug(`Old events could not be dropped: ${reasonOf(error)}`))
      .finally(() => {
        this.#making = undefined;
      });
  }

  /** One at a time, whoever misses what. */
  #declare(): Promise<void> {
    this.#declaring ??= this.#declareAll().finally(() => {
      this.#declaring = undefined;
    });
    return this.#declaring;
  }

  async #declareAll(): Promise<void> {
    const { manager } = await this.#open();
    await declareStreams(manager, this.#names, this.#options);
    const wanted = [...this.#handlers].flatMap(([group, handlers]) =>
      [...handlers.keys()].map((event) => ({ group, event })),
    );
    await Promise.all(wanted.map((one) => declareConsumer(manager, this.#names, this.#options, one)));
    this.#declared = true;
  }

  /** Fails at once while the server is away, and with an error that tells the caller to come again. */
  async #asking<T>(ask: (open: Open) => Promise<T>): Promise<T> {
    try {
      if (this.#line && !this.#line.up) throw new Error("the connection is lost");
      const open = await this.#soon();
      return await ask(open);
    } catch (error) {
      const { code, api_error } = error as NatsError;
      // Nobody listens to the subject: the stream is gone, or the server is not ready.
      if (code === "503") this.#declared = false;
      if (api_error?.description?.startsWith("maximum ")) {
        void this.#open().then((open) => this.#tidy(open));
        throw unavailable("EVENTS_FULL", `The stream of events is full: ${api_error.description}`);
      }
      if (code === ErrorCode.MaxPayloadExceeded)
        throw tooLarge("EVENT_TOO_LARGE", "The event is larger than NATS allows");
      throw unavailable("EVENTS_UNAVAILABLE", `The server of durable events does not answer: ${reasonOf(error)}`);
    }
  }
}
