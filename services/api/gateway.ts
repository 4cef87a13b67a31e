import type { IncomingMessage } from "node:http";
import type { CallingOptions } from "moleculer";
import { authorize, type Meta } from "../access.ts";
import type { Actions } from "../cluster.ts";
import type { Caller } from "../contract.ts";
import { invalid } from "../shared/errors.ts";
import { type Answer, answerOf, PROBLEM_TYPE } from "./answer.ts";
import { decode, hasBody, readBody, readParams, typeOfBody } from "./body.ts";
import { wantedRev } from "./conditions.ts";
import { clientKey, fingerprint, requestName } from "./idempotency-key.ts";
import { once } from "./once.ts";
import { mergeParams, queryOf } from "./params.ts";
import { headersOf, problemOf } from "./problem.ts";
import type { Endpoint } from "./routes.ts";
import type { Identity } from "./tokens.ts";
import type { Trace } from "./trace-context.ts";

type Params = Record<string, unknown>;

/** One request, matched to its action. */
export interface Request {
  endpoint: Endpoint;
  req: IncomingMessage;
  /** As it came, with the query. */
  url: string;
  /** The params in the path, decoded. */
  path: Record<string, string>;
  requestId: string;
  /** Calls as the gateway. */
  calls: Caller<Actions>;
  identify(authorization: string | undefined): Promise<Identity>;
  failed(message: string, error: unknown): void;
  trace: Trace | undefined;
  /** Counts a sign-in of this request's address for the account. */
  signIn(account: unknown): Promise<void>;
}

/** What the outside is told of an error. */
export function refusal(error: unknown, requestId: string): Answer {
  const problem = problemOf(error, requestId);
  return {
    status: problem.status,
    type: PROBLEM_TYPE,
    body: JSON.stringify(problem),
    headers: headersOf(problem),
  };
}

/** Who asks, may they, what do they ask: then the action, under the request's key where it has one. */
export async function handle(request: Request): Promise<Answer> {
  const { endpoint, req, calls } = request;
  const { contract, rest } = endpoint;
  const meta = await metaOf(request);
  // Before anything is read or claimed; the action asks again.
  authorize(contract.access, "api", meta);
  const key = endpoint.keyed ? clientKey(header(req, "idempotency-key"), rest.needsKey ?? false) : undefined;
  const params = await paramsOf(request);
  const { countsAsSignIn } = rest;
  if (countsAsSignIn) await request.signIn(countsAsSignIn.account && params[countsAsSignIn.account]);
  const options: CallingOptions = { meta };
  if (contract.stream === "in") {
    // A stream can be read once.
    Object.assign(options, { stream: req, retries: 0 });
  }
  const asPage = rest.form === true && typeOfBody(req) === "application/x-www-form-urlencoded";
  const run = async () =>
    answerOf(
      endpoint,
      await (calls.call as (action: string, params: Params, options: CallingOptions) => Promise<unknown>)(
        endpoint.action,
        params,
        options,
      ),
      asPage,
    );
  if (!endpoint.keyed) return run();

  const path = request.url.split("?", 1)[0] as string;
  const id = requestName(key, { method: endpoint.method, path, params }, meta);
  meta.idempotencyKey = id;
  if (key === undefined) return run();
  return once({
    claim: () => calls.call("idempotency.claim", { id, fingerprint: fingerprint(params) }),
    complete: (fence, answer) => calls.call("idempotency.complete", { id, fence, answer }),
    abandon: (fence) => calls.call("idempotency.abandon", { id, fence }),
    run,
    refusal: (error) => refusal(error, request.requestId),
    asItStands: rest.repeats === "as-it-stands",
    failed: request.failed,
  });
}

/** Made of the verified token, the two headers that mean something and the trace, of nothing else that a client sends. */
async function metaOf({ req, identify, trace }: Request): Promise<Meta> {
  const meta: Meta = { ...(await identify(req.headers.authorization)), ...trace };
  const orderToken = header(req, "x-order-token");
  if (orderToken && orderToken.length <= 500) meta.orderToken = orderToken;
  return meta;
}

async function paramsOf({ endpoint, req, url, path }: Request): Promise<Params> {
  const { contract, rest, convert } = endpoint;
  if (rest.rawBody) {
    const body = hasBody(req) ? decode(await readBody(req)) : "";
    const headers = Object.entries(req.headers).map(([name, value]) => [name, String(value)]);
    return { ...path, body, headers: Object.fromEntries(headers) };
  }
  const bodiless = contract.stream === "in" || endpoint.method === "GET";
  const body = bodiless ? undefined : await readParams(req, rest.form ?? false);
  const params = mergeParams({ path, query: queryOf(url), body }, convert);
  const rev = endpoint.method === "GET" ? undefined : wantedRev(header(req, "if-match"), endpoint.versioned);
  if (rev === undefined) return params;
  if (params.rev !== undefined && params.rev !== rev) {
    throw invalid([{ path: ["rev"], message: "The If-Match header says otherwise" }]);
  }
  return { ...params, rev };
}

const header = (req: IncomingMessage, name: string): string | undefined => {
  const value = req.headers[name];
  return Array.isArray(value) ? value[0] : value;
};
