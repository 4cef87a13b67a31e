import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What of a span is looked at here. */
export interface SentSpan {
  traceId: string;
  id: string;
  parentId?: string;
  name: string;
  localEndpoint: { serviceName: string };
  tags: Record<string, string>;
}

/** Stands for a Zipkin: takes spans and keeps them. */
export async function startZipkin() {
  const spans: SentSpan[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    if (request.method === "POST" && request.url === "/api/v2/spans") spans.push(...JSON.parse(body));
    response.writeHead(202).end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    /** The spans of one trace. */
    of: (trace: string) => spans.filter(({ traceId }) => traceId === trace),
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
