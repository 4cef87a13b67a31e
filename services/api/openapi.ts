import type { Access, ActionContract, ServiceContract } from "../contract.ts";
import { field, type Json, Schemas } from "./openapi-schemas.ts";
import { type Endpoint, endpointsOf } from "./routes.ts";

const PROBLEMS: Record<string, string> = {
  400: "The request could not be read.",
  401: "Sign in first, or the access token is not valid.",
  402: "The payment was declined.",
  403: "A permission is missing.",
  404: "There is no such thing, or it is somebody else's.",
  409: "It conflicts with how things stand.",
  412: "This is not the version that `If-Match` or `rev` names; `ETag` tells the one that stands.",
  413: "The body is too large.",
  415: "The body is of a type that is not taken here.",
  422: "Some fields are not valid; `errors` names each.",
  429: "Too many requests from this address; `Retry-After` says when to come back.",
  500: "Something went wrong on the shop's side.",
  503: "A part of the shop is away; try again.",
};

const Problem = {
  type: "object",
  description: "RFC 9457; beside these fields stand the ids and figures of the problem.",
  properties: {
    type: { type: "string", format: "uri-reference" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string", description: "A sentence for people." },
    code: { type: "string", description: "The machine's word, as in `STOCK_INSUFFICIENT`." },
    requestId: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        properties: { path: { type: "string" }, message: { type: "string" } },
        required: ["path", "message"],
      },
    },
  },
  required: ["type", "title", "status", "detail", "code", "requestId"],
};

/** The OpenAPI 3.1 document of these contracts. */
export function openapi(contracts: readonly ServiceContract[]): Json {
  const schemas = new Schemas(contracts);
  const paths: Record<string, Json> = {};
  for (const endpoint of endpointsOf(contracts)) {
    const path = endpoint.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint, schemas) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Molecart",
      version: "1",
      description:
        "Amounts are in minor units. Lists come by pages: pass `nextCursor` as `cursor`. Errors are problem documents (RFC 9457) with a `code`.",
      license: { name: "MIT", identifier: "MIT" },
    },
    // Where the document came from: a shop has several names.
    servers: [{ url: "/" }],
    tags: contracts
      .filter(({ actions }) => Object.values(actions).some(({ rest }) => rest))
      .map(({ name }) => ({ name })),
    paths,
    components: {
      schemas: { ...schemas.components(), Problem },
      responses: Object.fromEntries(
        Object.entries(PROBLEMS).map(([status, description]) => [
          `Problem${status}`,
          {
            description,
            content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
          },
        ]),
      ),
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
        orderToken: {
          type: "apiKey",
          in: "header",
          name: "X-Order-Token",
          description: "The `guestToken` of the answer to `POST /orders`.",
        },
      },
    },
  };
}

function operation(endpoint: Endpoint, schemas: Schemas): Json {
  const { action, contract, method, path } = endpoint;
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name as string);
  const params = schemas.input(action);
  const hasBody = method !== "GET" && method !== "DELETE" && contract.stream !== "in";
  const bare = endpoint.rest.rawBody === true;
  const query = hasBody ? [] : Object.keys(schemas.fields(action)).filter((name) => !inPath.includes(name));
  const parameters = [
    ...inPath.map((name) => ({ name, in: "path", required: true, schema: field(schemas.fields(action), name) })),
    ...query.map((name) => ({
      name,
      in: "query",
      required: schemas.required(action).includes(name),
      schema: field(schemas.fields(action), name),
    })),
    ...(endpoint.keyed ? [idempotencyKey(endpoint.rest.needsKey ?? false)] : []),
    ...(endpoint.versioned ? [ifMatch] : []),
  ];
  const body = bare ? { type: "object" } : hasBody && params ? schemas.without(action, inPath) : undefined;
  return {
    operationId: action,
    tags: [action.split(".", 1)[0]],
    summary: contract.summary,
    ...(parameters.length ? { parameters } : {}),
    ...(body ? { requestBody: requestBody(endpoint, body) } : {}),
    ...(contract.stream === "in"
      ? {
          requestBody: {
            required: true,
            content: {
              "application/x-ndjson": { schema: { type: "string" } },
              "text/csv": { schema: { type: "string" } },
            },
          },
        }
      : {}),
    responses: { ...good(endpoint, schemas), ...bad(endpoint, { body: body !== undefined, inPath }) },
    security: security(contract.access, action),
    ...(typeof contract.access === "string" && contract.access.includes(":")
      ? { "x-permission": contract.access }
      : {}),
  };
}

function requestBody({ rest }: Endpoint, schema: Json): Json {
  const types = ["application/json", ...(rest.form ? ["application/x-www-form-urlencoded"] : [])];
  const required = ((schema.required as string[] | undefined) ?? []).length > 0 || "$ref" in schema;
  return { required, content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}

function good({ action, contract, rest, keyed }: Endpoint, schemas: Schemas): Json {
  const content = contentOf(action, contract, schemas);
  const status = content ? (rest.status ?? 200) : 204;
  const answer = {
    description: status === 201 ? "Made." : status === 204 ? "Done." : "As asked.",
    ...(keyed ? { headers: { "Idempotent-Replayed": { schema: { type: "string", enum: ["true"] } } } } : {}),
    ...(content ? { content } : {}),
  };
  return {
    [status]: answer,
    ...(rest.acceptedWhile ? { 202: { ...answer, description: "Accepted, and not finished yet." } } : {}),
  };
}

function contentOf(action: string, contract: ActionContract, schemas: Schemas): Json | undefined {
  if (contract.stream === "out") return { "application/x-ndjson": { schema: { type: "string" } } };
  const schema = schemas.output(action);
  if (!schema) return undefined;
  return { [schema.type === "string" ? "text/html" : "application/json"]: { schema } };
}

function bad(
  { contract, keyed, versioned, action }: Endpoint,
  { body, inPath }: { body: boolean; inPath: string[] },
): Json {
  const guarded = contract.access !== "public";
  const statuses = [
    400,
    401,
    ...(action === "orders.place" ? [402] : []),
    ...(guarded ? [403] : []),
    ...(inPath.length ? [404] : []),
    ...(contract.idempotency === "read" ? [] : [409]),
    ...(versioned ? [412] : []),
    ...(body ? [413, 415] : []),
    ...(contract.params || keyed ? [422] : []),
    429,
    500,
    503,
  ];
  return Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]));
}

function security(access: Access, action: string): Json[] {
  if (access === "public") return [];
  if (typeof access === "string") return [{ bearer: [] }];
  // A cart is its guest's by its id alone.
  return action.startsWith("orders.") ? [{ bearer: [] }, { orderToken: [] }] : [];
}

const ifMatch: Json = {
  name: "If-Match",
  in: "header",
  required: false,
  description: "The `ETag` of the version that the change is made for; `*` is any.",
  schema: { type: "string" },
};

const idempotencyKey = (required: boolean): Json => ({
  name: "Idempotency-Key",
  in: "header",
  required,
  description:
    "The same for every repeat of one request: it has its effect once, and repeats get its answer. Kept for a day.",
  schema: { type: "string", minLength: 1, maxLength: 200 },
});
