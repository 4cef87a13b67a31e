import type { IncomingMessage, ServerResponse } from "node:http";
import type { CallingOptions } from "moleculer";
import type { IncomingRequest } from "moleculer-web";
import { platformOf } from "../../mixins/platform.ts";
import type { Meta } from "../access.ts";
import { type Actions, type Base, cluster } from "../cluster.ts";
import type { Caller } from "../contract.ts";
import { drain } from "../shared/drain.ts";
import { methodNotAllowed, notFound, tooLong, typeOf, unavailable } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { type Answer, JSON_TYPE } from "./answer.ts";
import { handle, refusal } from "./gateway.ts";
import { httpServer, listen, send } from "./http-server.ts";
import { openapi } from "./openapi.ts";
import { apiHeaders, SERVICE_PAGE_CSP } from "./page-headers.ts";
import { type Endpoint, endpointsOf, PREFIX } from "./routes.ts";
import { authenticator } from "./tokens.ts";

const URL_LIMIT = 8_000;
const PATIENCE = 10_000;

type Request = IncomingMessage & { originalUrl?: string };
type Handler = (req: IncomingRequest, res: ServerResponse) => void;
/** moleculer-web's part of the service. */
export interface Gateway extends Base {
  aliases: { method: string; re: RegExp }[];
  httpHandler(req: IncomingMessage, res: ServerResponse): void;
}

const idOf = (req: IncomingMessage): string => req.headers["x-request-id"] as string;
const pathOf = (req: Request): string => (req.originalUrl ?? req.url ?? "/").split("?", 1)[0] as string;

/** What stands around moleculer-web's routing: the server, the first look at a request, and every way to answer one. */
export class HttpEdge {
  readonly #service: Gateway;
  readonly server = httpServer((req, res) => this.#enter(req, res));
  readonly #identify: (authorization: string | undefined) => Promise<Meta>;

  constructor(service: Gateway) {
    this.#service = service;
    const opts = { caller: service.name } as CallingOptions;
    this.#identify = authenticator({
      keys: async () => (await service.broker.call("users.keys", undefined, opts)).keys,
      issuer: platformOf(service.broker).environment.PUBLIC_URL,
    });
  }

  async listen(): Promise<void> {
    const { HOST, PORT } = platformOf(this.#service.broker).environment;
    await listen(this.server, PORT, HOST);
    this.server.on("error", (error) => this.#service.logger.error("HTTP server", error));
    this.#service.logger.info(`Listening on ${HOST}:${PORT}`);
  }

  drain(): Promise<void> {
    return drain(this.server, PATIENCE);
  }

  /** `GET /path` → what answers it, for every action that HTTP reaches and for what the gateway tells of itself. */
  aliases(): Record<string, Handler> {
    let document: string | undefined;
    const own: Record<string, Handler> = {
      "GET /health/live": (req, res) => this.#tell(req, res, JSON.stringify({ status: "live" })),
      "GET /health/ready": (req, res) => this.#ready(req, res),
      [`GET ${PREFIX}/openapi.json`]: (req, res) => {
        document ??= JSON.stringify(openapi(cluster));
        this.#tell(req, res, document);
      },
    };
    const actions = endpointsOf(cluster).map((endpoint): [string, Handler] => [
      `${endpoint.method} ${endpoint.path}`,
      (req, res) => void this.#act(endpoint, req, res),
    ]);
    const all = [...Object.entries(own), ...actions];
    const heads = all.filter(([route]) => route.startsWith("GET ")).map(([route, to]) => [`HEAD${route.slice(3)}`, to]);
    return Object.fromEntries([...all, ...heads]);
  }

  /** What moleculer-web could neither route nor serve. */
  refuse(req: Request, res: ServerResponse, error: unknown): void {
    const seen = typeOf(error) === "NOT_FOUND" ? this.#nowhere(req) : error;
    const answer = refusal(seen, idOf(req));
    if (answer.status >= 500) this.#failed(req, error instanceof Error ? error.message : String(error), error);
    this.#reply(req, res, answer);
  }

  #enter(req: IncomingMessage, res: ServerResponse): void {
    const given = req.headers["x-request-id"];
    const id = typeof given === "string" && /^[\w.:-]{1,100}$/.test(given) ? given : newId();
    req.headers["x-request-id"] = id;
    // moleculer-web would take this one instead.
    delete req.headers["x-correlation-id"];
    res.setHeader("X-Request-Id", id);
    apiHeaders(res);
    if ((req.url ?? "").length > URL_LIMIT) {
      this.refuse(req, res, tooLong("URL_TOO_LONG", `A URL may have ${URL_LIMIT} characters`));
    } else if (!this.#service.broker.started && !pathOf(req).startsWith("/health/")) {
      this.#reply(req, res, refusal(unavailable("NOT_READY", "The shop is starting or stopping: try again"), id));
    } else if (req.method === "OPTIONS") {
      this.#options(req, res);
    } else this.#service.httpHandler(req, res);
  }

  /** Answered here: moleculer-web would run the action that the path and `Access-Control-Request-Method` name. */
  #options(req: IncomingMessage, res: ServerResponse): void {
    const allow = this.#methods(req);
    if (allow.length) this.#reply(req, res, { status: 204, body: "", headers: { Allow: allow.join(", ") } });
    else this.refuse(req, res, this.#nowhere(req));
  }

  #methods(req: Request): string[] {
    const path = pathOf(req);
    return [...new Set(this.#service.aliases.filter(({ re }) => re.test(path)).map(({ method }) => method))].sort();
  }

  /** No such path, or not by this method. */
  #nowhere(req: Request): Error {
    const allow = this.#methods(req);
    return allow.length
      ? methodNotAllowed("METHOD_NOT_ALLOWED", `This path takes ${allow.join(", ")}`, { allow })
      : notFound("ROUTE_NOT_FOUND", "There is nothing at this path");
  }

  async #act(endpoint: Endpoint, req: IncomingRequest, res: ServerResponse): Promise<void> {
    try {
      const answer = await handle({
        endpoint,
        req,
        url: req.originalUrl,
        path: req.$params,
        requestId: idOf(req),
        calls: req.$ctx as unknown as Caller<Actions>,
        identify: this.#identify,
        failed: (message, error) => this.#failed(req, message, error),
      });
      if (answer.type?.startsWith("text/html")) res.setHeader("Content-Security-Policy", SERVICE_PAGE_CSP);
      if (endpoint.contract.access !== "public" || endpoint.method !== "GET")
        res.setHeader("Cache-Control", "no-store");
      this.#reply(req, res, answer);
    } catch (error) {
      this.refuse(req, res, error);
    }
  }

  #ready(req: IncomingMessage, res: ServerResponse): void {
    const { broker } = this.#service;
    const running = new Set(
      broker.registry.getServiceList({ onlyAvailable: true }).map(({ name }: { name: string }) => name),
    );
    const missing = cluster.map(({ name }) => name).filter((name) => !running.has(name));
    if (broker.started && missing.length === 0) this.#tell(req, res, JSON.stringify({ status: "ready" }));
    else {
      const error = unavailable("NOT_READY", "Not every part of the shop is there", { missing });
      this.#reply(req, res, refusal(error, idOf(req)));
    }
  }

  #tell(req: IncomingMessage, res: ServerResponse, body: string): void {
    this.#reply(req, res, { status: 200, type: JSON_TYPE, body });
  }

  #reply(req: IncomingMessage, res: ServerResponse, answer: Answer): void {
    // Starting or stopping: this connection is not to be kept.
    if (!this.#service.broker.started) res.setHeader("Connection", "close");
    send(req, res, answer, (error) => this.#failed(req, "An answer broke off", error));
  }

  #failed(req: IncomingMessage, message: string, err: unknown): void {
    const { logger } = this.#service;
    logger.error({ requestId: idOf(req), method: req.method, path: pathOf(req), err }, message);
  }
}
