import { Errors, Transporters } from "moleculer";
import { Events, type NatsConnection } from "nats";
import type { NatsOptions } from "./nats-servers.ts";
import { answerTooLarge, requestTooLarge, withoutDetails } from "./too-large.ts";

/** Packets as Moleculer calls them; `payload.id` of a request is what its answer will name. */
interface Packet {
  type: string;
  target?: string | null;
  payload: { id?: string; action?: string; event?: string; success?: boolean; error?: object };
}

interface Sending {
  topic: string;
  data: Buffer;
  packet: Packet | undefined;
}

interface Pending {
  action: { name: string };
  nodeID: string | null;
  reject(error: Error): void;
}

/** What this uses of Moleculer's transit beside what its types tell. */
interface Transit {
  pendingRequests: Map<string, Pending>;
  sendResponse(nodeID: string, id: string, meta: object, headers: object, data: null, error: object): Promise<void>;
}

/** How long after a loss requests wait for the connection; later ones are refused at once. */
const PATIENCE = 3_000;
/** What NATS lets pass where its server has not said otherwise. */
const PASSES = 1_048_576;

/**
 * Moleculer's NATS transporter, which by itself does not notice that the connection is lost: what is sent meanwhile
 * vanishes, and callers wait for their time-out. Here short losses only delay calls, long ones refuse them at once, and
 * nodes don't take each other for dead because nobody can be heard. What is too large for NATS is an error by name.
 */
export class SteadyNats extends Transporters.NATS {
  #away = false;
  /** What services say to each other is held back: while the connection is away, and until the other nodes are back. */
  #holding = false;
  #impatient = false;
  #patience: NodeJS.Timeout | undefined;
  #held: Sending[] = [];
  /** The actions that other nodes wait for: an answer does not say whose it is. */
  readonly #asked = new Map<string, string>();

  constructor(options: NatsOptions) {
    super({ ...options });
  }

  override init(...[transit, handle, afterConnect]: Parameters<Transporters.NATS["init"]>): void {
    const noting: typeof handle = (type, packet) => {
      const { id, action } = (packet as unknown as Packet).payload;
      if (type === "REQ" && id && action) this.#asked.set(id, action);
      return handle(type, packet);
    };
    super.init(transit, noting, afterConnect);
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

  override async send(topic: string, data: Buffer, { packet }: { packet?: Packet } = {}): Promise<void> {
    const sending = { topic, data, packet };
    const type = packet?.type ?? "";
    if (!this.#holding || data.length > this.#room) this.#pass(sending);
    else if (type === "RES" || (!this.#impatient && ["REQ", "EVENT"].includes(type))) this.#held.push(sending);
    else if (type === "REQ") this.#refuse(sending, rejected);
    else if (!this.#away) this.#pass(sending);
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
    // Answers to requests of before the loss are still waited for.
    for (const held of this.#held.splice(0)) {
      if (held.packet?.type === "REQ") this.#refuse(held, rejected);
      else this.#held.push(held);
    }
  }

  async #resume(): Promise<void> {
    clearTimeout(this.#patience);
    this.#away = false;
    this.#impatient = false;
    // This takes half a second, in which the other nodes come back, too: what is sent before they listen is lost.
    await this.onConnected(true).catch((error) => this.logger.error("The other nodes could not be told", error));
    if (this.#away) return;
    this.#holding = false;
    for (const held of this.#held.splice(0)) {
      // Nobody waits any more for one that has timed out: to run it now would only surprise.
      if (held.packet?.type !== "REQ" || this.#pending.has(held.packet.payload.id ?? "")) this.#pass(held);
    }
  }

  /** Sends it, or says why not to whom it concerns: nothing is thrown, since one packet's failure is no other's. */
  #pass(sending: Sending): void {
    if (sending.data.length > this.#room) this.#tellTooLarge(sending);
    else this.#publish(sending);
  }

  #publish(sending: Sending): void {
    const { topic, data, packet } = sending;
    if (packet?.type === "RES") this.#asked.delete(packet.payload.id ?? "");
    try {
      void super.send(topic, data);
    } catch (error) {
      this.logger.warn(`A packet could not be sent: ${topic}`, error);
      this.#refuse(sending, rejected);
    }
  }

  #tellTooLarge(sending: Sending): void {
    const { topic, data, packet } = sending;
    const { id = "", event, success, error } = packet?.payload ?? {};
    const size = `${data.length} bytes, ${this.#room} pass`;
    if (packet?.type === "REQ") {
      this.#refuse(sending, ({ action }) => requestTooLarge(action.name, data.length, this.#room));
    } else if (packet?.type === "RES" && packet.target) {
      const action = this.#asked.get(id) ?? "an action";
      const problem = success ? answerTooLarge(action, data.length, this.#room) : withoutDetails(error);
      this.logger.warn(`The answer of ${action} to ${packet.target} is too large: ${size}`);
      void this.#moleculer.sendResponse(packet.target, id, {}, {}, null, problem);
    } else this.logger.warn(`${event ? `The event ${event}` : `A packet to ${topic}`} is too large: ${size}`);
  }

  #refuse({ packet }: Sending, why: (pending: Pending) => Error): void {
    const id = packet?.type === "REQ" ? (packet.payload.id ?? "") : "";
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.reject(why(pending));
  }

  get #room(): number {
    return (this.client as NatsConnection | null)?.info?.max_payload ?? PASSES;
  }

  get #pending(): Map<string, Pending> {
    return this.#moleculer.pendingRequests;
  }

  get #moleculer(): Transit {
    return this.transit as unknown as Transit;
  }
}

const rejected = ({ action, nodeID }: Pending): Error =>
  new Errors.RequestRejectedError({ action: action.name, nodeID: nodeID ?? "" });
