import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * A free port of loopback. It lies below those that systems give to outgoing connections: a client that keeps knocking
 * at a server that is away could be given the server's own port.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000);
    if (await isFree(port)) return port;
  }
}

/** Whether nobody listens there. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
