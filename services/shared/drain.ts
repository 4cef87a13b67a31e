import type { Server } from "node:http";
import { setTimeout } from "node:timers/promises";

interface Drain {
  /** Milliseconds that the answers under way have at most. */
  patience: number;
  /**
   * Milliseconds in which new requests are still answered, each on its last use of the connection: so long whoever
   * sends requests here takes to notice that this server goes.
   */
  notice?: number;
}

const leaving = new WeakSet<Server>();
/** Whether this server still answers but is about to go. */
export const isLeaving = (server: Server): boolean => leaving.has(server);

/** Accepts nobody new, after the notice, and waits for the answers that are under way. */
export async function drain(server: Server, { patience, notice = 0 }: Drain): Promise<void> {
  if (!server.listening) return;
  if (notice) {
    leaving.add(server);
    server.prependListener("request", (_request, response) => response.setHeader("Connection", "close"));
    await setTimeout(notice);
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  // A connection that is kept alive becomes idle only when its answer has been sent, and would then stay open.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const enough = globalThis.setTimeout(() => server.closeAllConnections(), patience);
  await promise;
  clearInterval(idle);
  clearTimeout(enough);
}
