import type { ServiceBroker } from "moleculer";
import { defaultsIn, type Settings } from "../../services/config/settings.ts";
import { beforeStop, platformOf } from "../platform.ts";

/** The settings as they hold since a revision. */
export interface Standing {
  rev: number;
  values: Partial<Settings>;
}

/** Tells the settings as they hold, or null where `rev` is their revision still. */
type Ask = (rev: number) => Promise<Standing | null>;

/** Milliseconds between looks: a hint comes at once, but may be lost. */
const EVERY = 2_000;
const HINT = "settings.changed";

/** The settings as one node knows them: the defaults until it has heard of them, then never older than before. */
export class LiveSettings {
  values: Settings;
  readonly #broker: ServiceBroker;
  readonly #defaults: Settings;
  #rev = 0;
  #first: Promise<void> | undefined;
  #look: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #unanswered = false;

  constructor(broker: ServiceBroker) {
    this.#broker = broker;
    this.#defaults = defaultsIn(platformOf(broker).environment);
    this.values = this.#defaults;
  }

  /** Applies what is newer than what is known. An older node may not know of every setting yet. */
  take({ rev, values }: Standing): void {
    if (rev <= this.#rev) return;
    this.#rev = rev;
    this.values = { ...this.#defaults, ...values };
  }

  /** Applies a change that was made on this node, and tells the others. */
  announce(standing: Standing): void {
    this.take(standing);
    this.#broker.broadcast(HINT, standing).catch((error) => {
      this.#broker.logger.warn("The nodes could not be told of new settings, and will ask for them", error);
    });
  }

  /** Learns the settings and keeps them current as long as the node runs; every service of the node may ask for it. */
  follow(ask: Ask): Promise<void> {
    this.#first ??= this.#begin(ask);
    return this.#first;
  }

  async #begin(ask: Ask): Promise<void> {
    beforeStop(this.#broker, () => this.#stop());
    const here = this.#broker.services.some(({ name }) => name === "config");
    if (here || this.#broker.options.transporter) {
      // A node must not sell at wrong prices where it could know better: it is not ready before it knows.
      await this.#broker.waitForServices("config", here ? 30_000 : 0, 50);
      await this.#catchUp(ask);
    }
    this.#watch(ask);
  }

  async #catchUp(ask: Ask): Promise<void> {
    const standing = await ask(this.#rev);
    if (standing) this.take(standing);
  }

  #watch(ask: Ask): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(async () => {
      if (this.#broker.registry.actions.isAvailable("config.values")) {
        this.#look = this.#catchUp(ask).then(
          () => {
            this.#unanswered = false;
          },
          (error) => {
            // Once: what goes on for long would fill the log.
            if (!this.#unanswered) this.#broker.logger.warn("The settings could not be asked for", error);
            this.#unanswered = true;
          },
        );
        await this.#look;
      }
      this.#watch(ask);
    }, EVERY).unref();
  }

  async #stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#look;
  }
}

const nodes = new WeakMap<object, LiveSettings>();

/** The settings as the node of this broker knows them; a service with the `liveSettings` mixin keeps them current. */
export function settingsOf(broker: object): LiveSettings {
  const known = nodes.get(broker) ?? new LiveSettings(broker as ServiceBroker);
  nodes.set(broker, known);
  return known;
}
