import { z } from "zod";
import { badRequest, type FieldProblem, invalid } from "../shared/errors.ts";
import { canonical } from "./idempotency-key.ts";

type Params = Record<string, unknown>;
type JsonSchema = z.core.JSONSchema._JSONSchema;

/** Turns the texts of a query or path into what the action's schema wants; what does not fit stays text. */
export type Convert = (field: string, texts: string[]) => unknown;

/** Made once for each action: which of its fields are numbers, booleans and lists. */
export function converter(schema: z.core.$ZodType | undefined): Convert {
  const json: z.core.JSONSchema.BaseSchema = schema
    ? z.toJSONSchema(schema, { io: "input", unrepresentable: "any" })
    : {};
  const kinds = new Map(Object.entries(json.properties ?? {}).map(([field, part]) => [field, kindOf(part)]));
  return (field, texts) => {
    const kind = kinds.get(field);
    if (kind?.list) return texts.map((text) => scalar(kind.types, text));
    return texts.length === 1 ? scalar(kind?.types ?? new Set(), texts[0] as string) : texts;
  };
}

interface Kind {
  types: ReadonlySet<string>;
  list: boolean;
}

function kindOf(schema: JsonSchema): Kind {
  if (typeof schema === "boolean") return { types: new Set(), list: false };
  if (schema.type === "array") {
    const items = Array.isArray(schema.items) ? undefined : schema.items;
    return { types: kindOf(items ?? true).types, list: true };
  }
  const own = [schema.type ?? []].flat() as string[];
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])].map(kindOf);
  return {
    types: new Set([...own, ...parts.flatMap(({ types }) => [...types])]),
    list: parts.some(({ list }) => list),
  };
}

function scalar(types: ReadonlySet<string>, text: string): unknown {
  if ((types.has("integer") || types.has("number")) && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (types.has("boolean") && (text === "true" || text === "false")) return text === "true";
  return text;
}

/** Query, path and body as one: a field that two of them name must have one value. */
export function mergeParams(
  { path, query, body }: { path: Record<string, string>; query: URLSearchParams; body: unknown },
  convert: Convert,
): Params {
  if (body !== undefined && (typeof body !== "object" || body === null || Array.isArray(body))) {
    throw invalid([{ path: [], message: "The body must be an object" }]);
  }
  // A copy by spreading: assigning would let `__proto__` through.
  const params: Params = { ...(body as Params) };
  const problems: FieldProblem[] = [];
  const add = (field: string, value: unknown, from: string) => {
    if (Object.hasOwn(params, field) && canonical(params[field]) !== canonical(value)) {
      problems.push({ path: [field], message: `The ${from} says otherwise` });
    }
    Object.defineProperty(params, field, { value, enumerable: true, configurable: true, writable: true });
  };
  for (const field of new Set(query.keys())) add(field, convert(field, query.getAll(field)), "query");
  for (const [field, text] of Object.entries(path)) add(field, convert(field, [text]), "path");
  if (problems.length) throw invalid(problems);
  return params;
}

/** The query of a URL as it came. */
export function queryOf(url: string): URLSearchParams {
  const start = url.indexOf("?");
  if (start === -1) return new URLSearchParams();
  const query = new URLSearchParams(url.slice(start + 1));
  if (query.size > 100) throw badRequest("QUERY_TOO_LONG", "A query may have 100 fields");
  return query;
}
