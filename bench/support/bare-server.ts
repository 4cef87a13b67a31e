/** The least that `node:http` can do: sends bytes that it was given, whatever is asked of the path. */
import { createServer } from "node:http";
import type { Usage } from "./child.ts";

/** One answer by method and path, as the shop gave it. */
export interface Given {
  status: number;
  headers: [string, string][];
  body: Buffer;
}
export type Answers = Map<string, Given>;

let answers: Answers = new Map();
process.on("message", (message: Answers | "usage") => {
  if (message !== "usage") {
    answers = message;
    process.send?.("taken");
    return;
  }
  const usage: Usage = { cpu: process.cpuUsage(), rss: process.memoryUsage.rss() };
  process.send?.(usage);
});

const server = createServer((request, response) => {
  const asked = `${request.method} ${request.url}`;
  // Where each request has another number at its end.
  const given = answers.get(asked) ?? answers.get(asked.slice(0, asked.lastIndexOf("&")));
  const answer = () => {
    response.writeHead(given?.status ?? 404, given?.headers.flat() ?? []);
    response.end(given?.body);
  };
  if (request.method === "GET") answer();
  else request.resume().on("end", answer);
});
server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("Listening"));
process.on("SIGTERM", () => process.exit(0));
