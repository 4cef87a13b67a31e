import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { CallingOptions, Context, ServiceSchema } from "moleculer";
import ApiGateway from "moleculer-web";
import { liveSettings } from "../../mixins/settings/settings.mixin.ts";
import { OUTDATED } from "../shared/outdated.ts";
import { type Gateway, HttpEdge } from "./http-edge.ts";
import { pageHeaders } from "./page-headers.ts";
import { byMethod, originOf } from "./spans.ts";

const PUBLIC = fileURLToPath(new URL("../../public", import.meta.url));
const SWAGGER = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
const quiet = { logRequest: null, logRequestParams: null, logResponse: null, logRouteRegistration: null };
/** Only what is listed is reached, and bodies are read by us. */
const restricted = { mappingPolicy: "restrict", bodyParsers: false, logging: false };

const edges = new WeakMap<object, HttpEdge>();
const edgeOf = (service: object): HttpEdge => edges.get(service) as HttpEdge;

/** HTTP in, calls out. What may be called and how, the contracts say; a service that is away is 503 and not 404. */
const api: ServiceSchema = {
  name: "api",
  mixins: [ApiGateway, liveSettings as Partial<ServiceSchema>],
  settings: {
    ...quiet,
    // Our own listens, so that a port in use fails the start instead of ending the process.
    server: false,
    // Not an empty list: moleculer-web would open every action by its name.
    routes: null,
    rootCallOptions(this: Gateway, options: CallingOptions, req: IncomingMessage) {
      if (this.broker.isTracingEnabled()) options.parentSpan = originOf(req);
    },
    assets: { folder: PUBLIC, options: { extensions: ["html"], redirect: false, setHeaders: pageHeaders } },
  } as ServiceSchema["settings"],
  actions: { listAliases: false, addRoute: false, removeRoute: false, rest: { tracing: byMethod } },

  events: {
    [OUTDATED](ctx: Context<{ tags: string[] }>) {
      edgeOf(this).outdated(ctx.params.tags);
    },
  },

  methods: {
    /** The query is read by the action's schema, not by guesses. */
    parseQueryString({ url = "/" }: IncomingMessage) {
      return { query: {}, url: url.split("?", 1)[0] };
    },
    sendError(req: IncomingMessage, res: ServerResponse, error: unknown) {
      edgeOf(this).refuse(req, res, error);
    },
  },

  created() {
    const edge = new HttpEdge(this as unknown as Gateway);
    edges.set(this, edge);
    const files = ApiGateway.serveStatic as unknown as (folder: string, options: object) => unknown;
    this.addRoute({ path: "/docs/ui", use: [files(SWAGGER, { index: false, maxAge: "1h" })], ...restricted });
    this.addRoute({ path: "/", aliases: edge.aliases(), ...restricted });
    // By this name the process finds it, and drains it before any service stops.
    this.server = edge.server;
  },
  started() {
    return edgeOf(this).listen();
  },
  stopped() {
    return edgeOf(this).drain();
  },
};

export default api;
