/** Which service emits which events. */
export type Emitters = Readonly<Record<string, readonly string[]>>;

/** What things are called on the server: all of a namespace begins with the same word. */
export class JetStreamNames {
  readonly prefix: string;
  readonly services: readonly string[];
  readonly #serviceOf: ReadonlyMap<string, string>;

  constructor(namespace: string, emitters: Emitters) {
    this.prefix = namespace ? `molecart-${namespace}` : "molecart";
    this.services = Object.keys(emitters).filter((service) => emitters[service]?.length);
    this.#serviceOf = new Map(
      Object.entries(emitters).flatMap(([service, events]) => events.map((event) => [event, service])),
    );
  }

  /** The stream that keeps what a service tells. */
  stream(service: string): string {
    return `${this.prefix}-${service}`;
  }

  streamOf(event: string): string {
    return this.stream(this.#service(event));
  }

  subjects(service: string): string {
    return `${this.prefix}.events.${service}.>`;
  }

  subject(event: string): string {
    return `${this.prefix}.events.${this.#service(event)}.${event}`;
  }

  /** One durable consumer for each event that a group wants: nats-server 2.9 knows one filter only. */
  consumer(group: string, event: string): string {
    return `${group}-${event.replaceAll(".", "_")}`;
  }

  get deadStream(): string {
    return `${this.prefix}-dead-letters`;
  }

  get deadSubjects(): string {
    return `${this.prefix}.dead-letters.>`;
  }

  /** A subject for each letter, so that it is found by its id and stored once. */
  deadSubject(id: string): string {
    return `${this.prefix}.dead-letters.${Buffer.from(id).toString("base64url")}`;
  }

  #service(event: string): string {
    const service = this.#serviceOf.get(event);
    if (service === undefined) throw new Error(`No contract tells the event ${event}`);
    return service;
  }
}
