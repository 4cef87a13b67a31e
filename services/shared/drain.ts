import type { Server } from "node:http";

/** Accepts nobody new and waits for the answers that are under way, for so many milliseconds at most. */
export async function drain(server: Server, patience: number): Promise<void> {
  if (!server.listening) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  // A connection that is kept alive becomes idle only when its answer has been sent, and would then stay open.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const enough = setTimeout(() => server.closeAllConnections(), patience);
  await promise;
  clearInterval(idle);
  clearTimeout(enough);
}
