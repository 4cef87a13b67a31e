import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { drainable } from "../shared/drain.ts";
import type { Answer } from "./answer.ts";

/** A server that a slow or silent client cannot hold on to. */
export function httpServer(handler: (req: IncomingMessage, res: ServerResponse) => void): Server {
  const options = {
    headersTimeout: 15_000,
    // An import may take long; bodies that are read whole have a limit of their own.
    requestTimeout: 60 * 60_000,
    keepAliveTimeout: 65_000,
    maxHeaderSize: 16_384,
    noDelay: true,
  };
  return drainable(createServer(options, handler));
}

/** Resolves when the server listens; rejects with the system's error, such as `EADDRINUSE`. */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Sends the answer and reads no more of a body that nobody wants. */
export function send(
  req: IncomingMessage,
  res: ServerResponse,
  { status, type, body, headers }: Answer,
  brokeOff: (error: Error) => void,
): void {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  if (!req.complete && !(Number(req.headers["content-length"]) <= 1_000_000)) res.setHeader("Connection", "close");
  for (const [name, value] of Object.entries(headers ?? {})) res.setHeader(name, value);
  if (type) res.setHeader("Content-Type", type);
  if (typeof body !== "string") {
    res.writeHead(status);
    if (req.method === "HEAD") {
      body.destroy();
      res.end();
    } else pipeline(body, res, (error) => error && brokeOff(error));
    return;
  }
  if (status === 204 || status === 304) {
    res.writeHead(status).end();
    return;
  }
  const bytes = Buffer.from(body);
  res.setHeader("Content-Length", bytes.length);
  res.writeHead(status).end(req.method === "HEAD" ? undefined : bytes);
}
