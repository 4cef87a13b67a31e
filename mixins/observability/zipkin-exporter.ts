import { type Span, TracerExporters } from "moleculer";

/** Seconds between sendings. */
const EVERY = 2;
/** Milliseconds that Zipkin has to take them. */
const WITHIN = 3_000;
/** Spans that wait for the next sending at most. */
const KEPT = 20_000;

/** What of a span's tags is told: who and where, and nothing of what was asked. */
const TOLD = ["nodeID", "callerNodeID", "callingLevel", "remoteCall", "fromCache", "requestId"];

/**
 * Moleculer's exporter, with trace ids of full length, without what errors say, and with nothing lost at a stop. That
 * Zipkin is away is said once.
 */
export class ZipkinExporter extends TracerExporters.Zipkin {
  #away = false;
  #sending: Promise<void> = Promise.resolve();
  #missed = 0;

  constructor(baseURL: string) {
    super({ baseURL, interval: EVERY });
  }

  override spanFinished(span: Span): void {
    if (this.queue.length < KEPT) super.spanFinished(span);
    else this.#missed++;
  }

  override flush(): void {
    if (this.queue.length === 0) return;
    const spans = this.generateTracingData();
    this.queue.length = 0;
    this.#sending = Promise.all([this.#sending, this.#send(spans)]).then(() => undefined);
  }

  override async stop(): Promise<void> {
    clearInterval(this.timer);
    this.flush();
    await this.#sending;
  }

  override makePayload(span: Span): Record<string, unknown> {
    const service = span.service?.fullName ?? "shop";
    const error = span.error as { code?: unknown; type?: unknown; name?: unknown } | boolean | null;
    const tags = Object.fromEntries(
      TOLD.filter((name) => span.tags[name] !== undefined).map((name) => [name, String(span.tags[name])]),
    );
    return {
      name: span.name.replace(/^action '(.*)'$/, "$1"),
      kind: "SERVER",
      traceId: span.traceID.replaceAll("-", "").slice(0, 32),
      id: this.convertID(span.id),
      ...(span.parentID ? { parentId: this.convertID(span.parentID) } : {}),
      localEndpoint: { serviceName: service },
      timestamp: this.convertTime(span.startTime as number),
      duration: Math.max(1, this.convertTime(span.duration as number)),
      tags: { ...tags, ...(error ? failure(error) : {}) },
    };
  }

  async #send(spans: Record<string, unknown>[]): Promise<void> {
    try {
      const answer = await fetch(`${this.opts.baseURL}/api/v2/spans`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(spans),
        signal: AbortSignal.timeout(WITHIN),
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`it answers ${answer.status}`);
      if (this.#away) this.logger.info(`Zipkin is back; ${this.#missed} spans were lost`);
      this.#away = false;
      this.#missed = 0;
    } catch (error) {
      this.#missed += spans.length;
      const { message, cause } = error as Error & { cause?: Error };
      if (!this.#away) this.logger.warn(`Zipkin at ${this.opts.baseURL} takes no spans: ${cause?.message ?? message}`);
      this.#away = true;
    }
  }
}

/** Its sentence may name somebody. */
function failure(error: { code?: unknown; type?: unknown; name?: unknown } | boolean): Record<string, string> {
  if (typeof error === "boolean") return { error: "true" };
  return {
    error: String(error.type ?? error.name ?? "Error"),
    ...(error.code === undefined ? {} : { "error.code": String(error.code) }),
  };
}
