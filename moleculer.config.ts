import { type BrokerOptions, Cachers, type Middleware } from "moleculer";
import { breaker } from "./mixins/breaker.ts";
import { remoteCalls } from "./mixins/cluster/remote-calls.ts";
import type { Observed } from "./mixins/observability/observed.ts";
import { type Platform, platformMiddleware } from "./mixins/platform.ts";
import { logger } from "./services/shared/log.ts";

/**
 * What differs from Moleculer's defaults; `among` is what a node of many needs beside that, and `observed` what it is
 * watched with, if it is.
 */
export function brokerOptions(
  platform: Platform,
  among: Partial<BrokerOptions> = {},
  observed?: Observed,
): BrokerOptions {
  const { NAMESPACE, NODE_ID } = platform.environment;
  return {
    namespace: NAMESPACE,
    ...(NODE_ID ? { nodeID: NODE_ID } : {}),
    // What is cached, contracts say; a copy, so that nobody changes what others read.
    cacher: new Cachers.Memory({ clone: true }),
    ...among,
    ...observed?.options,
    logger: logger(platform.environment),
    // Whoever runs the process decides what a signal does.
    skipProcessEventRegistration: true,
    // The contracts validate.
    validator: false,
    requestTimeout: 10_000,
    // Which actions are repeated, each contract says.
    retryPolicy: { enabled: false, retries: 3, delay: 100, factor: 2, maxDelay: 1_000 },
    circuitBreaker: {
      enabled: true,
      threshold: 0.5,
      minRequestCount: 20,
      windowTime: 30,
      halfOpenTime: 5_000,
    },
    // The first stands closest to the handler. Moleculer's own order has the breaker inside the time-out, where it never
    // sees one.
    internalMiddlewares: false,
    middlewares: [
      platformMiddleware(platform),
      ...(among.middlewares ?? []),
      "ActionHook",
      "Bulkhead",
      "Cacher",
      "ContextTracker",
      "Timeout",
      remoteCalls,
      breaker as unknown as Middleware,
      "Retry",
      "Fallback",
      "ErrorHandler",
      ...(observed?.middlewares ?? []),
    ],
    tracking: { enabled: true, shutdownTimeout: 10_000 },
  };
}
