import { Discoverers } from "moleculer";

/** Milliseconds between looks that the node is still written down; what is written runs out after half an hour. */
const RENEWED = 20 * 60_000;

/** The list of nodes in Redis, without what Moleculer asks of Redis while nobody waits for the answer. */
export class RedisList extends Discoverers.Redis {
  readonly #renewed: number;

  constructor(options: object, renewed = RENEWED) {
    // Nobody would hear that a full check has failed, and what it adds is not used here.
    super({ ...options, fullCheck: 0 });
    this.#renewed = renewed;
  }

  /** Moleculer prolongs what may be gone; this writes it again. */
  override recreateInfoUpdateTimer(): void {
    clearTimeout(this.infoUpdateTimer);
    this.infoUpdateTimer = setTimeout(() => void this.sendLocalNodeInfo(), this.#renewed).unref();
  }

  override stop(): Promise<void> {
    // A start that was given up before: to say goodbye would connect.
    if (this.client?.status === "wait") this.client.disconnect();
    return super.stop();
  }
}
