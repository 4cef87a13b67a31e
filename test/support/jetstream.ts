import { execFileSync } from "node:child_process";
import type { JetStreamManager } from "nats";
import { JetStreamBus, type JetStreamOptions } from "../../mixins/durable-events/jetstream-bus.ts";
import { JetStreamNames } from "../../mixins/durable-events/jetstream-names.ts";
import { openNats } from "../../mixins/nats/nats-line.ts";
import { findServer, onPath } from "../../rig/find.ts";
import { EMITTERS, type Groups } from "./bus-conformance.ts";

/** The versions of nats-server that are here, such as the chosen one and Debian's; one without a program where none is. */
export function natsPrograms(): { version: string; program: string }[] {
  const found = [findServer("nats"), onPath("nats-server")].filter((program) => program !== null);
  const versions = found.map((program) => {
    const [version = "?"] = /\d+\.\d+\.\d+/.exec(execFileSync(program, ["--version"], { encoding: "utf8" })) ?? [];
    return { version, program };
  });
  const each = versions.filter(({ version }, at) => versions.findIndex((one) => one.version === version) === at);
  return each.length ? each : [{ version: "missing", program: "" }];
}

/** Buses on one server, each test in a namespace of its own. */
export class TestStreams {
  readonly #url: () => string;
  namespace = "";
  #tests = 0;
  readonly #open: JetStreamBus[] = [];

  constructor(url: () => string) {
    this.#url = url;
  }

  /** What was told before is forgotten. */
  begin(): void {
    this.namespace = `test${this.#tests++}`;
  }

  get names(): JetStreamNames {
    return new JetStreamNames(this.namespace, EMITTERS);
  }

  bus(groups: Groups = {}, options: Partial<JetStreamOptions> = {}): JetStreamBus {
    const bus = new JetStreamBus({
      connect: () => openNats(this.#url(), { name: "test", log: () => undefined }),
      namespace: this.namespace,
      emitters: EMITTERS,
      log: () => undefined,
      pause: () => 1,
      maxBytes: 1024 * 1024,
      ...options,
    });
    for (const [group, handlers] of Object.entries(groups)) bus.subscribe(group, new Map(Object.entries(handlers)));
    this.#open.push(bus);
    return bus;
  }

  async started(groups: Groups, options: Partial<JetStreamOptions> = {}): Promise<JetStreamBus> {
    const bus = this.bus(groups, options);
    await bus.start();
    return bus;
  }

  async closeAll(): Promise<void> {
    for (const bus of this.#open.splice(0)) {
      await bus.stop();
      await bus.close();
    }
  }

  /** Somebody at the server's own tools. */
  async operator<T>(work: (manager: JetStreamManager) => Promise<T>): Promise<T> {
    const line = await openNats(this.#url(), { name: "operator", log: () => undefined });
    try {
      return await work(await line.connection.jetstreamManager());
    } finally {
      await line.close();
    }
  }
}
