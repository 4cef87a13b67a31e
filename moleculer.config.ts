import type { BrokerOptions } from "moleculer";
import { type Platform, platformMiddleware } from "./mixins/platform.ts";
import { typeOf } from "./services/shared/errors.ts";
import { logger } from "./services/shared/log.ts";

/** What differs from Moleculer's defaults. */
export function brokerOptions(platform: Platform): BrokerOptions {
  const { NAMESPACE, NODE_ID } = platform.environment;
  return {
    namespace: NAMESPACE,
    ...(NODE_ID ? { nodeID: NODE_ID } : {}),
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
      // Who turns a crowd away is at work: to leave them alone would turn everybody away.
      check: (error: Error & { code?: unknown }) => Number(error.code) >= 500 && typeOf(error) !== "SIGN_IN_BUSY",
    },
    // The first stands closest to the handler. Moleculer's own order has the breaker inside the time-out, where it never
    // sees one.
    internalMiddlewares: false,
    middlewares: [
      platformMiddleware(platform),
      "ActionHook",
      "Bulkhead",
      "Cacher",
      "ContextTracker",
      "Timeout",
      "CircuitBreaker",
      "Retry",
      "Fallback",
      "ErrorHandler",
    ],
    tracking: { enabled: true, shutdownTimeout: 10_000 },
  };
}
