import type { BrokerOptions, Middleware } from "moleculer";
import type { Environment } from "../../services/shared/environment.ts";

/** What a node is watched with: options, and middlewares that stand around all others. */
export interface Observed {
  options: Partial<BrokerOptions>;
  middlewares: (Middleware | string)[];
}

/** Figures where METRICS_PORT is given, traces where ZIPKIN_URL is; what is not asked for is not loaded. */
export async function observed({ METRICS_PORT, ZIPKIN_URL, HOST }: Environment): Promise<Observed> {
  const options: Partial<BrokerOptions> = {};
  const middlewares: Observed["middlewares"] = [];
  if (ZIPKIN_URL) {
    const { ZipkinExporter } = await import("./zipkin-exporter.ts");
    options.tracing = { enabled: true, exporter: new ZipkinExporter(ZIPKIN_URL) as never };
    middlewares.push("Tracing");
  }
  if (METRICS_PORT !== undefined) {
    const { PrometheusReporter } = await import("./prometheus-reporter.ts");
    const { figures } = await import("./figures.ts");
    const reporter = new PrometheusReporter(METRICS_PORT, HOST);
    options.metrics = { enabled: true, collectProcessMetrics: false, reporter: reporter as never };
    // Its own are registered after Moleculer's, and take their place.
    middlewares.push("Metrics", figures(reporter));
  }
  return { options, middlewares };
}
