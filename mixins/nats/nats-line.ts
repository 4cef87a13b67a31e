import { setTimeout as sleep } from "node:timers/promises";
import { type ConnectionOptions, connect, Events, type NatsConnection, type NatsError } from "nats";
import type { Log } from "../log.ts";
import { ServerRefusedError } from "../servers.ts";
import { natsOptions } from "./nats-servers.ts";

const REFUSED = ["AUTHORIZATION_VIOLATION", "BAD_AUTHENTICATION", "BAD_CREDS", "ACCOUNT_EXPIRED"];
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

export interface LineOptions {
  /** What the server's own lists show: the node. */
  name: string;
  log: () => Pick<Log, "info" | "warn"> | undefined;
  /** Ends the waiting for the first connection. */
  signal?: AbortSignal;
}

/**
 * The connection to NATS, asked for until it is there, with a line in the log for each attempt that fails. A server
 * that refuses the credentials is a `ServerRefusedError`.
 */
export async function openNats(transporter: string, { name, log, signal }: LineOptions): Promise<NatsLine> {
  const options = natsOptions(transporter, name);
  const where = options.servers.join(", ");
  for (let pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
    signal?.throwIfAborted();
    try {
      return new NatsLine(await connect(options), where, log);
    } catch (error) {
      if (isRefusal(error)) throw new ServerRefusedError(`NATS at ${where} refused ${whoAsks(options)}`);
      log()?.warn(`NATS at ${where} is not reached: ${reasonOf(error)}; asked again in ${pause / 1000} s`);
    }
    await sleep(pause, undefined, signal ? { signal } : {});
  }
}

/** A connection that comes back by itself for as long as it takes, and whether it is there now. */
export class NatsLine {
  readonly connection: NatsConnection;
  /** The servers' addresses, without who we are. */
  readonly where: string;
  readonly #listeners = new Set<() => void>();
  #up = true;

  constructor(connection: NatsConnection, where: string, log: LineOptions["log"]) {
    this.connection = connection;
    this.where = where;
    void this.#watch(where, log);
  }

  get up(): boolean {
    return this.#up && !this.connection.isClosed();
  }

  /** Calls `listener` each time that the connection has come back; the returned function ends that. */
  onBack(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sends what is still to be sent and closes; a connection that is away is closed at once. */
  async close(): Promise<void> {
    if (this.connection.isClosed()) return;
    const sent = this.up ? this.connection.drain() : this.connection.close();
    await Promise.race([sent, sleep(2_000, undefined, { ref: false })]).catch(() => undefined);
    if (!this.connection.isClosed()) await this.connection.close();
  }

  async #watch(where: string, log: LineOptions["log"]): Promise<void> {
    for await (const { type } of this.connection.status()) {
      if (type === Events.Disconnect && this.#up) {
        this.#up = false;
        log()?.warn(`The connection to NATS at ${where} is lost; it is asked for until it is back`);
      }
      if (type === Events.Reconnect && !this.#up) {
        this.#up = true;
        log()?.info(`The connection to NATS at ${where} is back`);
        for (const listener of [...this.#listeners]) listener();
      }
    }
  }
}

const isRefusal = (error: unknown): boolean => REFUSED.includes((error as NatsError | null)?.code ?? "");

/** The client's errors are in capitals: `CONNECTION_REFUSED`. */
export const reasonOf = (error: unknown): string => {
  const message = (error as { message?: string } | null)?.message ?? String(error);
  return /^[A-Z_]+$/.test(message) ? message.toLowerCase().replaceAll("_", " ") : message;
};

function whoAsks({ user, token }: ConnectionOptions): string {
  if (user) return `the user "${user}" or the password`;
  return token ? "the token" : "a connection without user or token";
}
