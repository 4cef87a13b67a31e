import type { Server } from "node:http";
import type { Socket } from "node:net";
import { setImmediate, setTimeout } from "node:timers/promises";

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

/**
 * Gives the server back, which is not drained before its answers are sent: Node takes a connection for idle, and closes
 * it, whose answer is complete here and still on its way to somebody who reads slowly.
 */
export function drainable<S extends Server>(server: S): S {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const closeIdle = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    if (!sockets.values().some(({ writableLength }) => writableLength > 0)) closeIdle();
  };
  return server;
}

/** Accepts nobody new, after the notice, and waits for the answers that are under way. */
export async function drain(server: Server, { patience, notice = 0 }: Drain): Promise<void> {
  if (!server.listening) return;
  if (notice) {
    leaving.add(server);
    server.prependListener("request", (_request, response) => response.setHeader("Connection", "close"));
    await setTimeout(notice);
  }
  // Connections that came by now have just been accepted; one that waits for it when a server closes is broken off.
  await setImmediate();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  // A connection that is kept alive becomes idle only when its answer has been sent, and would then stay open.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const enough = globalThis.setTimeout(() => server.closeAllConnections(), patience);
  await promise;
  clearInterval(idle);
  clearTimeout(enough);
}
