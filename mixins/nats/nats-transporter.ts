import { Errors, Transporters } from "moleculer";
import { Events, type NatsConnection } from "nats";
import type { NatsOptions } from "./nats-servers.ts";

/** Packets as Moleculer calls them; `payload.id` of a request is what its answer will name. */
interface Sent {
  packet?: { type: string; payload: { id?: string } };
}

interface Pending {
  action: { name: string };
  nodeID: string | null;
  reject(error: Error): void;
}

interface Held {
  topic: string;
  data: Buffer;
  request: string | undefined;
}

/** How long after a loss requests wait for the connection; later ones are refused at once. */
const PATIENCE = 3_000;

/**
 * Moleculer's NATS transporter, which by itself does not notice that the connection is lost: what is sent meanwhile
 * vanishes, and callers wait for their time-out. Here short losses only delay calls, long ones refuse them at once, and
 * nodes don't take each other for dead because nobody can be heard.
 */
export class SteadyNats extends Transporters.NATS {
  #away = false;
  /** What services say to each other is held back: while the connection is away, and until the other nodes are back. */
  #holding = false;
  #impatient = false;
  #patience: NodeJS.Timeout | undefined;
  #held: Held[] = [];

  constructor(options: NatsOptions) {
    super({ ...options });
  }

  override async connect(): Promise<void> {
    await super.connect();
    void this.#watch(this.client as NatsConnection);
  }

  override async disconnect(): Promise<void> {
    clearTimeout(this.#patience);
    // Flushing would wait for a server that is away.
    if (this.#away) await (this.client as NatsConnection).close();
    else await super.disconnect();
  }

  override send(topic: string, data: Buffer, { packet }: Sent = {}): Promise<void> {
    if (!this.#holding) return super.send(topic, data);
    const type = packet?.type ?? "";
    const request = type === "REQ" ? packet?.payload.id : undefined;
    if (type === "RES" || (!this.#impatient && ["REQ", "EVENT"].includes(type))) {
      this.#held.push({ topic, data, request });
    } else if (request !== undefined) this.#refuse(request);
    else if (!this.#away) return super.send(topic, data);
    return Promise.resolve();
  }

  async #watch(client: NatsConnection): Promise<void> {
    for await (const { type } of client.status()) {
      if (type === Events.Disconnect && !this.#away) this.#lose();
      if (type === Events.Reconnect && this.#away) void this.#resume();
    }
  }

  #lose(): void {
    this.#away = true;
    this.#holding = true;
    this.#patience = setTimeout(() => this.#giveUp(), PATIENCE).unref();
    this.broker.broadcastLocal("$transporter.disconnected", { graceFul: false });
  }

  #giveUp(): void {
    this.#impatient = true;
    const held = this.#held.splice(0);
    // Answers to requests of before the loss are still waited for.
    this.#held = held.filter(({ request }) => request === undefined);
    for (const { request } of held) if (request !== undefined) this.#refuse(request);
  }

  async #resume(): Promise<void> {
    clearTimeout(this.#patience);
    this.#away = false;
    this.#impatient = false;
    // This takes half a second, in which the other nodes come back, too: what is sent before they listen is lost.
    await this.onConnected(true).catch((error) => this.logger.error("The other nodes could not be told", error));
    if (this.#away) return;
    this.#holding = false;
    for (const { topic, data, request } of this.#held.splice(0)) {
      // Nobody waits any more for one that has timed out: to run it now would only surprise.
      if (request === undefined || this.#pending.has(request)) void super.send(topic, data);
    }
  }

  #refuse(request: string): void {
    const pending = this.#pending.get(request);
    this.#pending.delete(request);
    pending?.reject(new Errors.RequestRejectedError({ action: pending.action.name, nodeID: pending.nodeID ?? "" }));
  }

  get #pending(): Map<string, Pending> {
    return (this.transit as unknown as { pendingRequests: Map<string, Pending> }).pendingRequests;
  }
}
