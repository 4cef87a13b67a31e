import { type MetricRegistry, MetricReporters } from "moleculer";
import { listen } from "../../services/api/http-server.ts";
import { drain } from "../../services/shared/drain.ts";
import { EnvironmentError } from "../../services/shared/environment.ts";

/** Milliseconds that an answer under way has when the node stops. */
const PATIENCE = 1_000;

/** What of Moleculer's figures says something of a shop. */
const TOLD = [
  "moleculer.request.**",
  "moleculer.event.received.**",
  "moleculer.circuit-breaker.**",
  "moleculer.transit.**",
];

type Labels = Record<string, unknown>;
interface Item {
  labels: Labels;
  value?: number | string | null;
  buckets?: Record<string, number>;
  sum?: number;
  count?: number;
}

/**
 * Moleculer's reporter as Prometheus wants it: its histograms have lines that are none of a histogram's, and its server
 * would end the process where the port is taken, and keep a stop waiting.
 */
export class PrometheusReporter extends MetricReporters.Prometheus {
  readonly #port: number;
  readonly #host: string;
  /** Brings figures up to date that are only looked at when somebody asks. */
  collect: () => void = () => undefined;

  constructor(port: number, host: string) {
    super({ includes: [...TOLD, "molecart_**", "process_**", "nodejs_**"], excludes: ["moleculer.request.levels"] });
    this.#port = port;
    this.#host = host;
  }

  override init(registry: MetricRegistry): void {
    // Not the reporter's own, which would listen here.
    this.registry = registry;
    this.broker = registry.broker;
    this.logger = registry.logger;
  }

  async listen(): Promise<void> {
    const { createServer } = await import("node:http");
    const server = createServer((request, response) => this.handler(request, response));
    this.server = server as unknown as typeof this.server;
    await listen(server, this.#port, this.#host).catch((error: NodeJS.ErrnoException) => {
      throw new EnvironmentError(`METRICS_PORT: ${this.#port} cannot be listened to (${error.code})`);
    });
    this.logger.info(`Figures at http://${this.#host}:${this.#port}/metrics`);
  }

  override async stop(): Promise<void> {
    if (this.server) await drain(this.server as unknown as Parameters<typeof drain>[0], { patience: PATIENCE });
  }

  override generatePrometheusResponse(): string {
    this.collect();
    const lines: string[] = [];
    for (const metric of this.registry.store.values()) {
      const { name, type, description } = metric;
      const items = metric.snapshot() as Item[];
      if (items.length && this.matchMetricName(name)) lines.push(...linesOf(name, type, description, items));
    }
    return `${lines.join("\n")}\n`;
  }
}

/** One figure in the text format, with what Prometheus makes of it. */
export function linesOf(name: string, type: string, description: string | undefined, items: readonly Item[]): string[] {
  const told = name.replace(/\W/g, "_");
  const head = [`# HELP ${told} ${description ?? name}`, `# TYPE ${told} ${type === "info" ? "gauge" : type}`];
  const lines = items.flatMap(({ labels, value, buckets, sum, count }) => {
    if (type === "info") return [`${told}${braces({ ...labels, value })} 1`];
    if (type !== "histogram") return [`${told}${braces(labels)} ${value ?? "NaN"}`];
    return [
      // Whole numbers would come first.
      ...Object.entries(buckets ?? {})
        .sort(([one], [other]) => Number(one) - Number(other))
        .map(([le, at]) => `${told}_bucket${braces({ ...labels, le })} ${at}`),
      `${told}_bucket${braces({ ...labels, le: "+Inf" })} ${count}`,
      `${told}_sum${braces(labels)} ${sum}`,
      `${told}_count${braces(labels)} ${count}`,
    ];
  });
  return [...head, ...lines];
}

/** A label without a value is none. */
function braces(labels: Labels): string {
  const given = Object.entries(labels).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return given.length
    ? `{${given.map(([name, value]) => `${snake(name)}="${escaped(String(value))}"`).join(",")}}`
    : "";
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (sign) => `_${sign.toLowerCase()}`);

const ESCAPED: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n" };
const escaped = (text: string): string => text.replace(/[\\"\n]/g, (sign) => ESCAPED[sign] as string);
