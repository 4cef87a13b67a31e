import { Server } from "node:http";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { METRIC, type Middleware, type ServiceBroker } from "moleculer";
import { type Platform, platformOf } from "../platform.ts";
import type { PrometheusReporter } from "./prometheus-reporter.ts";

/** Seconds between looks at what the server of events keeps. */
const LOOK = 10;
/** Events wait for the whole shop: where this service runs, they are counted for all. */
const COUNTS_EVENTS = "config";
/** Milliseconds between the timers whose delay is measured, and are counted in it. */
const TICK = 20;
/** Milliseconds. */
const BUCKETS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/** What of the store's and the process's state is told, and requests by what they came to. */
export function figures(reporter: PrometheusReporter): Middleware {
  let looking: NodeJS.Timeout | undefined;
  return {
    name: "Figures",
    created(broker: ServiceBroker) {
      requests(broker);
      const counting = processFigures(broker);
      const writes = storeFigures(broker);
      reporter.collect = () => {
        counting();
        writes(platformOf(broker));
      };
    },
    async starting() {
      await reporter.listen();
    },
    async started(broker: ServiceBroker) {
      broker.metrics
        .register({
          name: "molecart_node",
          type: "info",
          labelNames: ["node", "namespace"],
          description: "What runs here",
        })
        ?.set(servicesOf(broker), { node: broker.nodeID, namespace: broker.namespace });
      httpFigures(broker);
      if (!broker.getLocalService(COUNTS_EVENTS)) return;
      const look = eventFigures(broker);
      looking = setInterval(look, LOOK * 1_000).unref();
      look();
    },
    async stopping() {
      clearInterval(looking);
    },
  };
}

const servicesOf = (broker: ServiceBroker): string =>
  broker.services
    .map(({ name }) => name)
    .filter((name) => !name.startsWith("$"))
    .sort()
    .join(",");

/** In the place of Moleculer's, which have a series for each caller and each wording, and keep every value for quantiles. */
function requests({ metrics }: ServiceBroker): void {
  const labelNames = ["service", "action", "type"];
  metrics.register({ name: METRIC.MOLECULER_REQUEST_TOTAL, type: "counter", labelNames, description: "Calls" });
  metrics.register({
    name: METRIC.MOLECULER_REQUEST_ACTIVE,
    type: "gauge",
    labelNames,
    description: "Calls under way",
  });
  metrics.register({
    name: METRIC.MOLECULER_REQUEST_ERROR_TOTAL,
    type: "counter",
    labelNames: [...labelNames, "errorCode"],
    description: "Calls that failed, by the status that they were answered with",
  });
  metrics.register({
    name: METRIC.MOLECULER_REQUEST_TIME,
    type: "histogram",
    labelNames,
    buckets: BUCKETS,
    description: "Milliseconds that calls took",
  });
}

/** The names are those that every program tells Prometheus under. */
function processFigures({ metrics }: ServiceBroker): () => void {
  const gauge = (name: string, description: string) => metrics.register({ name, type: "gauge", description });
  const cpu = metrics.register({
    name: "process_cpu_seconds_total",
    type: "counter",
    description: "Seconds of processor time, of all threads",
  });
  const resident = gauge("process_resident_memory_bytes", "Memory that the process holds");
  const heap = gauge("nodejs_heap_size_used_bytes", "Memory in use by objects");
  const external = gauge("nodejs_external_memory_bytes", "Memory in use by buffers");
  const lag = gauge(
    "nodejs_eventloop_lag_p99_seconds",
    "How late timers were since the last look, of a hundred the worst",
  );
  gauge("process_start_time_seconds", "When the process started")?.set(performance.timeOrigin / 1_000);
  const delay = monitorEventLoopDelay({ resolution: TICK });
  delay.enable();
  return () => {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed, external: buffers } = process.memoryUsage();
    cpu?.set((user + system) / 1e6);
    resident?.set(rss);
    heap?.set(heapUsed);
    external?.set(buffers);
    lag?.set(delay.count ? Math.max(0, delay.percentile(99) / 1e6 - TICK) / 1_000 : 0);
    delay.reset();
  };
}

function storeFigures({ metrics }: ServiceBroker): (platform: Platform) => void {
  const writes = metrics.register({
    name: "molecart_writes_total",
    type: "counter",
    labelNames: ["place"],
    description: "Documents and transactions written, by collection or database",
  });
  return (platform) => {
    for (const [place, count] of Object.entries(platform.writes())) writes?.set(count, { place });
  };
}

/** A server of events that is away leaves a gap. */
function eventFigures(broker: ServiceBroker): () => void {
  const gauge = (name: string, description: string) => broker.metrics.register({ name, type: "gauge", description });
  const waiting = gauge("molecart_events_waiting", "Deliveries of durable events that wait, of the whole shop");
  const oldest = gauge("molecart_events_oldest_seconds", "How long the oldest of them has been due");
  const dead = gauge("molecart_events_dead", "Durable events that nobody could handle");
  return () => {
    platformOf(broker)
      .events.backlog()
      .then(
        (backlog) => {
          waiting?.set(backlog.waiting);
          oldest?.set(backlog.oldest / 1_000);
          dead?.set(backlog.dead);
        },
        () => {
          for (const metric of [waiting, oldest, dead]) metric?.clear();
        },
      );
  };
}

/** What shoppers were answered, also from what the gateway keeps. */
function httpFigures(broker: ServiceBroker): void {
  const servers = broker.services.map((service) => (service as { server?: unknown }).server);
  for (const server of servers) {
    if (!(server instanceof Server)) continue;
    const labelNames = ["method", "status"];
    const answers = broker.metrics.register({
      name: "molecart_http_answers_total",
      type: "counter",
      labelNames,
      description: "Answers to shoppers",
    });
    const times = broker.metrics.register({
      name: "molecart_http_duration_seconds",
      type: "histogram",
      buckets: BUCKETS.map((milliseconds) => milliseconds / 1_000),
      description: "Seconds from a request to the end of its answer",
    });
    server.on("request", (request, response) => {
      // Probes come more often than shoppers.
      if (request.url?.startsWith("/health/")) return;
      const from = performance.now();
      response.once("finish", () => {
        answers?.increment({ method: request.method, status: response.statusCode });
        times?.observe((performance.now() - from) / 1_000);
      });
    });
  }
}
