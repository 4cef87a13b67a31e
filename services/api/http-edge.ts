import type { IncomingMessage, ServerResponse } from "node:http";
import type { CallingOptions } from "moleculer";
import type { IncomingRequest } from "moleculer-web";
import { platformOf } from "../../mixins/platform.ts";
import { settingsOf } from "../../mixins/settings/live-settings.ts";
import { type Actions, type Base, cluster } from "../cluster.ts";
import type { Caller } from "../contract.ts";
import { drain, isLeaving } from "../shared/drain.ts";
import { methodNotAllowed, notFound, tooLong, typeOf, unavailable } from "../shared/errors.ts";
import { type Answer, conditional, JSON_TYPE } from "./answer.ts";
import { addressReader } from "./client-address.ts";
import { weakTag } from "./conditions.ts";
import { crossOrigin, preflight } from "./cors.ts";
import { handle, refusal } from "./gateway.ts";
import { httpServer, listen, send } from "./http-server.ts";
import { KeptReads } from "./kept-reads.ts";
import { openapi } from "./openapi.ts";
import { SERVICE_PAGE_CSP, securityHeaders } from "./page-headers.ts";
import { RateLimits } from "./rate-limits.ts";
import { type Endpoint, endpointsOf, PREFIX } from "./routes.ts";
import { nameSpan } from "./spans.ts";
import { Authenticator, type Identity } from "./tokens.ts";
import { enter, type Visit, visitOf } from "./visit.ts";

const URL_LIMIT = 8_000;
const PATIENCE = 10_000;
const ALLOW_ORIGIN = "Access-Control-Allow-Origin";

/** Staff see what they have just written, whichever gateway they ask: they always ask the services. */
const mayGetKept = (identity: Identity | undefined): boolean => identity !== undefined && !identity.permissions?.length;

type Request = IncomingMessage & { originalUrl?: string };
type Handler = (req: IncomingRequest, res: ServerResponse) => void;
/** moleculer-web's part of the service. */
export interface Gateway extends Base {
  aliases: { method: string; re: RegExp }[];
  httpHandler(req: IncomingMessage, res: ServerResponse): void;
}

const idOf = (req: IncomingMessage): string => visitOf(req).requestId;
/** Probes and pictures are not counted: many come at once from one address. */
const isUncounted = (url: string): boolean => url.startsWith("/health/") || url.startsWith("/media/");
const pathOf = (req: Request): string => (req.originalUrl ?? req.url ?? "/").split("?", 1)[0] as string;

/** What stands around moleculer-web's routing: the server, the first look at a request, and every way to answer one. */
export class HttpEdge {
  readonly #service: Gateway;
  readonly server = httpServer((req, res) => this.#enter(req, res));
  readonly #head: readonly string[];
  readonly #kept: KeptReads;
  readonly #people: Authenticator;
  readonly #limits: RateLimits;
  readonly #limiting: boolean;
  readonly #tracing: boolean;
  readonly #addressOf: (req: IncomingMessage) => string;
  readonly #crossOrigin: (origin: string | undefined) => readonly string[];

  constructor(service: Gateway) {
    this.#service = service;
    const { PUBLIC_URL, RATE_LIMITS, TRUST_PROXY, CORS_ORIGINS } = platformOf(service.broker).environment;
    this.#head = securityHeaders(PUBLIC_URL);
    this.#kept = new KeptReads(this.#head);
    const opts = { caller: service.name } as CallingOptions;
    this.#people = new Authenticator({
      keys: async () => (await service.broker.call("users.keys", undefined, opts)).keys,
      issuer: PUBLIC_URL,
    });
    const settings = settingsOf(service.broker);
    this.#limits = new RateLimits(
      () => ({
        requestsPerSecond: settings.values["gateway.requestsPerSecond"],
        signInsPerMinute: settings.values["gateway.signInsPerMinute"],
      }),
      platformOf(service.broker).redis,
    );
    this.#limiting = RATE_LIMITS;
    this.#tracing = service.broker.isTracingEnabled();
    this.#addressOf = addressReader(TRUST_PROXY);
    this.#crossOrigin = crossOrigin(CORS_ORIGINS);
  }

  /** Kept answers with these tags no longer hold. */
  outdated(tags: readonly string[]): void {
    this.#kept.answers.drop(tags);
  }

  async listen(): Promise<void> {
    const { HOST, PORT } = platformOf(this.#service.broker).environment;
    await listen(this.server, PORT, HOST);
    this.server.on("error", (error) => this.#service.logger.error("HTTP server", error));
    this.#service.logger.info(`Listening on ${HOST}:${PORT}`);
  }

  drain(): Promise<void> {
    return drain(this.server, { patience: PATIENCE });
  }

  /** `GET /path` → what answers it, for every action that HTTP reaches and for what the gateway tells of itself. */
  aliases(): Record<string, Handler> {
    let document: Answer | undefined;
    const own: Record<string, Handler> = {
      "GET /health/live": (req, res) => this.#tell(req, res, JSON.stringify({ status: "live" })),
      "GET /health/ready": (req, res) => this.#ready(req, res),
      [`GET ${PREFIX}/openapi.json`]: (req, res) => {
        if (!document) {
          const body = JSON.stringify(openapi(cluster));
          document = { status: 200, type: JSON_TYPE, body, headers: { ETag: weakTag(body) } };
        }
        this.#reply(req, res, conditional(req, document));
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
    const visit = visitOf(req);
    visit.headers.push(...this.#crossOrigin(req.headers.origin));
    if (!this.#limiting || isUncounted(req.url ?? "/")) this.#admit(req, res, visit);
    else {
      this.#limits.request(this.#addressOf(req)).then(
        (told) => {
          visit.headers.push(...told);
          this.#admit(req, res, visit);
        },
        (error) => {
          enter(req, res, visit, this.#head);
          this.refuse(req, res, error);
        },
      );
    }
  }

  /** The common path ends here: who asks what was asked before gets the same bytes, and nothing is done twice. */
  #admit(req: IncomingMessage, res: ServerResponse, visit: Visit): void {
    const kept = this.#service.broker.started ? this.#kept.find(req) : undefined;
    if (kept && mayGetKept(this.#people.recall(req.headers.authorization))) {
      this.#kept.send(req, res, kept, visit.headers);
      return;
    }
    enter(req, res, visit, this.#head);
    if ((req.url ?? "").length > URL_LIMIT) {
      this.refuse(req, res, tooLong("URL_TOO_LONG", `A URL may have ${URL_LIMIT} characters`));
    } else if (!this.#service.broker.started && !pathOf(req).startsWith("/health/")) {
      const error = unavailable("NOT_READY", "The shop is starting or stopping: try again");
      this.#reply(req, res, refusal(error, visit.requestId));
    } else if (req.method === "OPTIONS") {
      this.#options(req, res);
    } else this.#service.httpHandler(req, res);
  }

  /** Answered here: moleculer-web would run the action that the path and `Access-Control-Request-Method` name. */
  #options(req: IncomingMessage, res: ServerResponse): void {
    const allow = this.#methods(req);
    const asked = req.headers.origin !== undefined && req.headers["access-control-request-method"] !== undefined;
    const headers = { Allow: allow.join(", "), ...(asked && res.hasHeader(ALLOW_ORIGIN) ? preflight(allow) : {}) };
    if (allow.length) this.#reply(req, res, { status: 204, body: "", headers });
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
    const { requestId, trace } = visitOf(req);
    const begun = this.#kept.answers.begin();
    nameSpan(req, endpoint, requestId);
    try {
      const answer = await handle({
        endpoint,
        req,
        url: req.originalUrl,
        path: req.$params,
        requestId,
        trace,
        calls: req.$ctx as unknown as Caller<Actions>,
        identify: (authorization) => this.#people.identify(authorization),
        signIn: async (account) => {
          if (this.#limiting) await this.#limits.signIn(this.#addressOf(req), account);
        },
        failed: (message, error) => this.#failed(req, message, error),
      });
      if (answer.tags && this.#service.broker.started) {
        this.#keepId(req, res);
        this.#kept.send(req, res, this.#kept.keep(req.originalUrl, answer, begun), []);
        return;
      }
      if (answer.type?.startsWith("text/html")) res.setHeader("Content-Security-Policy", SERVICE_PAGE_CSP);
      if (endpoint.contract.access !== "public" || endpoint.method !== "GET")
        res.setHeader("Cache-Control", "no-store");
      this.#reply(req, res, conditional(req, answer));
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
    const away = platformOf(broker).problems();
    if (broker.started && !isLeaving(this.server) && missing.length === 0 && away.length === 0)
      this.#tell(req, res, JSON.stringify({ status: "ready" }));
    else {
      const error = unavailable("NOT_READY", "Not every part of the shop is there", { missing, away });
      this.#reply(req, res, refusal(error, idOf(req)));
    }
  }

  #tell(req: IncomingMessage, res: ServerResponse, body: string): void {
    this.#reply(req, res, { status: 200, type: JSON_TYPE, body });
  }

  #reply(req: IncomingMessage, res: ServerResponse, answer: Answer): void {
    // Starting or stopping: this connection is not to be kept.
    if (!this.#service.broker.started) res.setHeader("Connection", "close");
    this.#keepId(req, res);
    send(req, res, answer, (error) => this.#failed(req, "An answer broke off", error));
  }

  /** moleculer-web tells the id of the trace instead, where there is one. */
  #keepId(req: IncomingMessage, res: ServerResponse): void {
    if (this.#tracing) res.setHeader("X-Request-Id", idOf(req));
  }

  #failed(req: IncomingMessage, message: string, err: unknown): void {
    const { logger } = this.#service;
    logger.error({ requestId: idOf(req), method: req.method, path: pathOf(req), err }, message);
  }
}
