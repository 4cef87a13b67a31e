import { existsSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Service, ServiceSchema, ServiceSettingSchema } from "moleculer";
import { platformOf } from "../../mixins/platform.ts";
import { cluster, contextOf } from "../cluster.ts";
import type { ActionContract, ServiceContract } from "../contract.ts";
import { drain, drainable } from "../shared/drain.ts";
import { badRequest, notFound, typeOf } from "../shared/errors.ts";
import { audit, invariants, repair } from "./audit.ts";
import { socketPath, withShortPath } from "./socket.ts";

const LARGEST = 1_000_000;
const contracts = new Map<string, ActionContract>(
  cluster.flatMap(({ name, actions }: ServiceContract) =>
    Object.entries(actions).map(([action, contract]) => [`${name}.${action}`, contract] as const),
  ),
);

interface Control extends Service {
  server: Server;
  ready: Promise<unknown>;
  /** Operators who are at Moleculer's prompt. */
  prompts: Set<Duplex>;
}

/** The operator's way in: whoever may open the socket in the data folder may do what services may do. */
export default {
  name: "control",

  created(this: Control) {
    this.ready = new Promise((resolve) => this.broker.localBus.once("$broker.started", resolve));
    // By this name the process finds it, and drains it before any service stops.
    this.server = drainable(createServer((request, response) => void answer(this, request, response)));
    // An import lasts as long as its file.
    this.server.requestTimeout = 0;
    this.prompts = new Set();
    this.server.on("upgrade", (request, socket) => void prompt(this, request, socket));
  },

  async started(this: Control) {
    const path = socketPath(platformOf(this.broker).environment.DATA_DIR);
    // The data folder is this process's own: a socket in it is what a killed one left behind.
    if (existsSync(path)) rmSync(path);
    await withShortPath(path, (short) => listen(this.server, short));
  },

  stopped(this: Control) {
    for (const socket of this.prompts) socket.destroy();
    return drain(this.server, { patience: 0 });
  },
} satisfies ServiceSchema<ServiceSettingSchema, {}, {}, Control>;

async function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  const before = process.umask(0o177);
  server.listen(path, resolve);
  process.umask(before);
  await promise;
}

/** Turns the connection into a terminal with Moleculer's prompt. */
async function prompt(service: Control, request: IncomingMessage, socket: Duplex): Promise<void> {
  service.prompts.add(socket);
  // Whoever leaves may do so at any moment.
  socket.on("error", () => socket.destroy()).on("close", () => service.prompts.delete(socket));
  if (request.url !== "/repl") {
    socket.end("HTTP/1.1 404 Not Found\r\n\r\n");
    return;
  }
  await service.ready;
  socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: repl\r\n\r\n");
  try {
    const { openRepl } = await import("./repl.ts");
    openRepl(service.broker, Object.assign(socket, { columns: Number(request.headers["x-columns"]) || 80 }));
  } catch (error) {
    service.logger.error("The prompt could not be opened", error);
    socket.destroy();
  }
}

async function answer(service: Control, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await service.ready;
    const result = await route(service, request);
    if (isStream(result)) {
      response.writeHead(200, { "content-type": "application/jsonl" });
      await pipeline(result, response);
    } else send(response, 200, result ?? null);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else refuse(service, response, error);
  }
}

async function route(service: Control, request: IncomingMessage): Promise<unknown> {
  const { broker } = service;
  const platform = platformOf(broker);
  const url = new URL(request.url ?? "/", "http://control");
  const path = `${request.method} ${url.pathname}`;
  if (path === "GET /stats") {
    const { rss, heapUsed } = process.memoryUsage();
    const backlog = await platform.events.backlog();
    return {
      pid: process.pid,
      uptime: process.uptime(),
      memory: { rss, heapUsed },
      writes: platform.writes(),
      backlog,
    };
  }
  const runs = (action: string) => broker.registry.actions.isAvailable(action);
  if (path === "GET /audit") return audit(contextOf(service), platform.events, runs);
  if (path === "GET /invariants") return invariants(contextOf(service), runs);
  if (path === "POST /repair") return repair(contextOf(service), platform.events, runs);
  if (path === "POST /backup") {
    const { file, force } = (await bodyOf(request)) as { file?: unknown; force?: unknown };
    if (typeof file !== "string" || !platform.backup) throw badRequest("BACKUP_INVALID", "Name the file to write");
    return platform.backup(file, { replace: force === true });
  }
  const [, action] = /^POST \/call\/(\w+\.\w+)$/.exec(path) ?? [];
  const contract = action && contracts.get(action);
  if (!action || !contract) throw notFound("NOT_FOUND", `There is no ${path} here`);
  // What comes in is checked by the action's contract, where it runs.
  const ctx = contextOf(service) as unknown as { call(name: string, params: object, opts?: object): unknown };
  if (contract.stream !== "in") return ctx.call(action, await bodyOf(request));
  return ctx.call(action, parse(url.searchParams.get("params") ?? ""), { stream: request });
}

async function bodyOf(request: IncomingMessage): Promise<object> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST) throw badRequest("BODY_TOO_LARGE", `More than ${LARGEST} bytes`);
    chunks.push(chunk);
  }
  return parse(Buffer.concat(chunks).toString());
}

function parse(text: string): object {
  try {
    return text ? JSON.parse(text) : {};
  } catch {
    throw badRequest("JSON_INVALID", "The params are not JSON");
  }
}

const isStream = (result: unknown): result is NodeJS.ReadableStream =>
  typeof (result as { pipe?: unknown } | null)?.pipe === "function";

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

function refuse(service: Control, response: ServerResponse, error: unknown): void {
  const { code, data, message } = error as { code?: unknown; data?: unknown; message?: string };
  const type = typeOf(error);
  if (!type) service.logger.error("A command failed", error);
  const status = typeof code === "number" && code >= 400 && code < 600 ? code : 500;
  send(response, status, { type: type ?? "INTERNAL_ERROR", message: message ?? "Something failed", data });
}
