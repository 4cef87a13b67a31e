import { headers, type JetStreamClient, type JetStreamManager, type StoredMsg } from "nats";
import type { DeadLetter } from "./event-bus.ts";
import { type Delivered, eventHeaders } from "./jetstream-message.ts";
import type { JetStreamNames } from "./jetstream-names.ts";

/** What is known of the letter, as JSON; the body and the other header lines are the event's own. */
const LETTER = "Molecart-Dead-Letter";
const AT_ONCE = 50;

type About = Omit<DeadLetter, "event"> & { event: { id: string; name: string } };

/** Events that a group could not handle, in a stream of their own, until somebody sends them again or drops them. */
export class JetStreamDeadLetters {
  readonly #names: JetStreamNames;
  readonly #manager: JetStreamManager;
  readonly #client: JetStreamClient;
  readonly #timeout: number;

  constructor(names: JetStreamNames, manager: JetStreamManager, client: JetStreamClient, timeout: number) {
    this.#names = names;
    this.#manager = manager;
    this.#client = client;
    this.#timeout = timeout;
  }

  /** Resolves when it is stored; a repeat stores it once. */
  async store(delivered: Delivered, { group, name, error }: { group: string; name: string; error: string }) {
    const id = `${group}:${delivered.id}`;
    const about: About = {
      id,
      group,
      event: { id: delivered.id, name },
      attempts: delivered.attempt,
      error: error.slice(0, 2_000),
      at: new Date().toISOString(),
    };
    const lines = headers();
    for (const key of delivered.headers?.keys() ?? []) {
      if (key !== "Nats-Msg-Id") for (const value of delivered.headers?.values(key) ?? []) lines.append(key, value);
    }
    lines.set(LETTER, JSON.stringify(about));
    await this.#client.publish(this.#names.deadSubject(id), delivered.data, {
      // Of this delivery and not of the event: sent again, it may come back within the time that repeats are known.
      msgID: `${id}:${delivered.stream}:${delivered.key}`,
      headers: lines,
      timeout: this.#timeout,
    });
  }

  /** The newest first. */
  async list(limit: number): Promise<DeadLetter[]> {
    const stream = this.#names.deadStream;
    const { state } = await this.#manager.streams.info(stream, { deleted_details: true });
    const gone = new Set(state.deleted);
    const found: DeadLetter[] = [];
    let next = state.last_seq;
    while (found.length < limit && next >= Math.max(1, state.first_seq)) {
      const sequences: number[] = [];
      for (; sequences.length < Math.min(AT_ONCE, limit - found.length) && next >= state.first_seq; next--) {
        if (!gone.has(next)) sequences.push(next);
      }
      const stored = await Promise.all(sequences.map((seq) => this.#get({ seq })));
      found.push(...stored.filter((one) => one !== null).map(letterOf));
    }
    return found;
  }

  async count(): Promise<number> {
    return (await this.#manager.streams.info(this.#names.deadStream)).state.messages;
  }

  /** Sends the event again, to the group that could not handle it only, with all its attempts before it. */
  async redrive(id: string): Promise<boolean> {
    const stored = await this.#find(id);
    if (!stored) return false;
    const { group, event } = aboutOf(stored);
    await this.#client.publish(this.#names.subject(event.name), stored.data, {
      headers: eventHeaders({ id: `again:${stored.seq}:${id}`, event: event.id, only: group }),
      timeout: this.#timeout,
    });
    return this.#drop(stored);
  }

  async discard(id: string): Promise<boolean> {
    const stored = await this.#find(id);
    return stored !== null && this.#drop(stored);
  }

  #find(id: string): Promise<StoredMsg | null> {
    return this.#get({ last_by_subj: this.#names.deadSubject(id) });
  }

  async #get(query: { seq: number } | { last_by_subj: string }): Promise<StoredMsg | null> {
    try {
      return await this.#manager.streams.getMessage(this.#names.deadStream, query);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** False where somebody else was first. */
  async #drop({ seq }: StoredMsg): Promise<boolean> {
    try {
      return await this.#manager.streams.deleteMessage(this.#names.deadStream, seq, false);
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }
}

const NO_MESSAGE = [10_037, 10_043, 10_057];
function isMissing(error: unknown): boolean {
  const { code, api_error } = error as { code?: string; api_error?: { err_code?: number } };
  return code === "404" || NO_MESSAGE.includes(api_error?.err_code ?? 0);
}

const aboutOf = (stored: StoredMsg): About => JSON.parse(stored.header.get(LETTER)) as About;

function letterOf(stored: StoredMsg): DeadLetter {
  const about = aboutOf(stored);
  return { ...about, event: { ...about.event, payload: payloadOf(stored) } };
}

/** The text as it came, where it is not JSON: that may be why the letter is dead. */
function payloadOf(stored: StoredMsg): unknown {
  try {
    return stored.json();
  } catch {
    return stored.string();
  }
}
