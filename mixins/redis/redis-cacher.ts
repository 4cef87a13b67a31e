import { Cachers, type ServiceBroker } from "moleculer";
import { redisOptions, tellOnce } from "./redis.ts";

/** Seconds that an answer is kept at most, where its contract says nothing: what nobody asks for again must go. */
const KEPT = 3_600;

/** The cache of public reads that nodes share. While Redis is away the actions themselves answer. */
export class RedisCacher extends Cachers.Redis {
  constructor(url: string) {
    super({ prefix: "cache", ttl: KEPT, redis: redisOptions(url) });
  }

  override init(broker: ServiceBroker): void {
    super.init(broker);
    // Moleculer would log every attempt as an error.
    this.client.removeAllListeners("error");
    this.client.on("error", () => {
      (this as unknown as { connected: boolean }).connected = false;
    });
    tellOnce(this.client, () => broker.logger, "what is read comes from the services");
    broker.localBus.once("$broker.started", () => this.client.connect().catch(() => undefined));
  }

  override get(key: string): Promise<Record<string, unknown> | null> {
    // `null` would be an answer.
    return super.get(key).catch(() => this.opts.missingResponse);
  }

  /** Nobody waits for this: a Redis that is full or away has nobody else to tell. */
  override set(key: string, data: unknown, ttl?: number): Promise<void> {
    return super.set(key, data, ttl).catch(() => undefined);
  }

  override async close(): Promise<void> {
    await this.client.quit().catch(() => this.client.disconnect());
  }
}
