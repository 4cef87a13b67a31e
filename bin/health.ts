import { createServer, type Server } from "node:http";

/** Answers the probes of a node: it lives since its start, and is ready while `missing` names nothing. */
export function healthServer(missing: () => string[]): Server {
  return createServer((request, response) => {
    const tell = (status: number, body: object) => {
      response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
      response.end(request.method === "HEAD" ? "" : JSON.stringify(body));
    };
    const path = request.url?.split("?", 1)[0];
    if (path === "/health/live") return tell(200, { status: "live" });
    if (path !== "/health/ready") return tell(404, { status: "unknown path" });
    const gone = missing();
    return gone.length ? tell(503, { status: "not ready", missing: gone }) : tell(200, { status: "ready" });
  });
}
