import type { JetStreamManager } from "nats";
import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import { JetStreamBus } from "../../mixins/durable-events/jetstream-bus.ts";
import { JetStreamNames } from "../../mixins/durable-events/jetstream-names.ts";
import { openNats } from "../../mixins/nats/nats-line.ts";
import { cluster as contracts } from "../../services/cluster.ts";
import type { ServiceContract } from "../../services/contract.ts";
import { eventually } from "./eventually.ts";
import type { Observer } from "./nodes.ts";

const emitters = Object.fromEntries(
  contracts.map(({ name, events }: ServiceContract) => [name, Object.keys(events ?? {})] as const),
);

/** What carries one event of a cluster, and somebody beside the shop who hears it. */
export class ClusterStreams {
  readonly #env: Record<string, string>;
  readonly #event: string;
  readonly #names: JetStreamNames;
  readonly #open: JetStreamBus[] = [];
  #late = 0;

  constructor(env: Record<string, string>, event: string) {
    this.#env = env;
    this.#event = event;
    this.#names = new JetStreamNames(env.NAMESPACE ?? "", emitters);
  }

  get deadStream(): string {
    return this.#names.deadStream;
  }

  /** Somebody at the server's own tools. */
  async operator<T>(work: (manager: JetStreamManager) => Promise<T>): Promise<T> {
    const line = await openNats(this.#env.TRANSPORTER as string, { name: "operator", log: () => undefined });
    try {
      return await work(await line.connection.jetstreamManager());
    } finally {
      await line.close();
    }
  }

  /** A further group, with little patience; what it has not had waits until it is forgotten. */
  async listener(handle: (event: DurableEvent) => void): Promise<JetStreamBus> {
    const bus = new JetStreamBus({
      connect: () => openNats(this.#env.TRANSPORTER as string, { name: "listener", log: () => undefined }),
      namespace: this.#env.NAMESPACE ?? "",
      emitters,
      log: () => undefined,
      attempts: 3,
      pause: () => 50,
    });
    bus.subscribe("listener", new Map([[this.#event, handle]]));
    await bus.start();
    this.#open.push(bus);
    return bus;
  }

  /** Ends every listener, and what waits for them. */
  async forget(): Promise<void> {
    for (const bus of this.#open.splice(0)) {
      await bus.stop();
      await bus.close();
    }
    const [stream, consumer] = [this.#names.streamOf(this.#event), this.#names.consumer("listener", this.#event)];
    await this.operator((manager) => manager.consumers.delete(stream, consumer).catch(() => false));
  }

  /** What of the listener's share is with it or waits. */
  async waiting(): Promise<number> {
    const [stream, consumer] = [this.#names.streamOf(this.#event), this.#names.consumer("listener", this.#event)];
    const { num_pending, num_ack_pending } = await this.operator((manager) => manager.consumers.info(stream, consumer));
    return num_pending + num_ack_pending;
  }

  /** The stream takes so many bytes from now on; gives how many it took before. */
  limit(max_bytes: number): Promise<number> {
    const stream = this.#names.streamOf(this.#event);
    return this.operator(async (manager) => {
      const { config } = await manager.streams.info(stream);
      await manager.streams.update(stream, { ...config, max_bytes });
      return config.max_bytes;
    });
  }

  /** From now on the stream takes nothing more, whatever leaves it; gives how many bytes it took before. */
  full(): Promise<number> {
    return this.limit(1);
  }

  /** Resolves when an event with this payload is refused, because the stream is full. */
  async refuses({ platform }: Observer, payload: object): Promise<void> {
    // A node that declares its streams meanwhile sets the limit that it knows.
    await eventually(async () => {
      const told = platform.events.publish([{ id: `late:${this.#late++}`, name: this.#event, payload }]);
      const refusal = await told.then(() => this.full()).catch((error) => error);
      return refusal.type === "EVENTS_FULL";
    });
  }
}
