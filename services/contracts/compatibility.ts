import { createHash } from "node:crypto";
import { z } from "zod";
import type { ServiceContract } from "../contract.ts";

type Json = Record<string, unknown>;

/** A contract as nodes of other releases can read it: JSON Schemas of what goes in, what comes out and what is told. */
export interface Described {
  actions: Record<string, { params: Json | null; returns: Json | null }>;
  events: Record<string, Json>;
}

const schemaOf = (schema: z.core.$ZodType, io: "input" | "output"): Json =>
  z.toJSONSchema(schema, { io, unrepresentable: "any", target: "draft-2020-12" }) as Json;

export function describe({ actions, events = {} }: ServiceContract): Described {
  return {
    actions: Object.fromEntries(
      Object.entries(actions).map(([name, { params, returns }]) => [
        name,
        { params: params ? schemaOf(params, "input") : null, returns: returns ? schemaOf(returns, "output") : null },
      ]),
    ),
    events: Object.fromEntries(Object.entries(events).map(([name, schema]) => [name, schemaOf(schema, "output")])),
  };
}

/** The same for contracts that are the same. */
export const digestOf = (described: Described): string =>
  createHash("sha256").update(JSON.stringify(described)).digest("base64url").slice(0, 12);

/**
 * Why nodes of the newer contract cannot run beside nodes of the older one, in words; empty where what is new is only
 * added: optional params, fields of results and events, actions.
 */
export function breaks(older: Described, newer: Described): string[] {
  const found: string[] = [];
  for (const [name, action] of Object.entries(older.actions)) {
    const now = newer.actions[name];
    if (!now) found.push(`the action ${name} is gone`);
    else {
      found.push(...compare(`${name}: the param `, "", action.params ?? {}, now.params ?? {}, true));
      found.push(...compare(`${name}: of the result, `, "", action.returns ?? {}, now.returns ?? {}, false));
    }
  }
  for (const [name, schema] of Object.entries(older.events)) {
    const now = newer.events[name];
    if (!now) found.push(`the event ${name} is gone`);
    else found.push(...compare(`the event ${name}: `, "", schema, now, false));
  }
  return found;
}

/** `goesIn`: callers of both releases send it; otherwise readers of both releases read it. */
function compare(subject: string, path: string, older: Json, newer: Json, goesIn: boolean): string[] {
  const say = (what: string) => [`${subject}${path || "itself"} ${what}`];
  const [before, after] = [kindsOf(older), kindsOf(newer)];
  const [narrow, wide] = goesIn ? [before, after] : [after, before];
  if (wide.size && [...narrow].some((kind) => !wide.has(kind))) {
    return say(`was ${[...before].join(" or ")} and is ${[...after].join(" or ")}`);
  }
  if (goesIn && Array.isArray(older.enum) && Array.isArray(newer.enum)) {
    const gone = older.enum.filter((value) => !(newer.enum as unknown[]).includes(value));
    if (gone.length) return say(`no longer takes ${gone.join(", ")}`);
  }
  return [
    ...compareFields(subject, path, older, newer, goesIn),
    ...(isJson(older.items) && isJson(newer.items)
      ? compare(subject, `${path}[]`, older.items, newer.items, goesIn)
      : []),
    ...compareVariants(subject, path, older, newer, goesIn),
  ];
}

function compareFields(subject: string, path: string, older: Json, newer: Json, goesIn: boolean): string[] {
  const [before, after] = [fieldsOf(older), fieldsOf(newer)];
  const at = (name: string) => (path ? `${path}.${name}` : name);
  const found: string[] = [];
  for (const [name, schema] of Object.entries(before)) {
    const now = after[name];
    if (!now) found.push(`${subject}${at(name)} is gone`);
    else found.push(...compare(subject, at(name), schema, now, goesIn));
    if (now && !goesIn && isRequired(older, name) && !isRequired(newer, name)) {
      found.push(`${subject}${at(name)} may be missing now`);
    }
    if (now && goesIn && !isRequired(older, name) && isRequired(newer, name)) {
      found.push(`${subject}${at(name)} is required now`);
    }
  }
  for (const name of Object.keys(after)) {
    if (goesIn && !(name in before) && isRequired(newer, name)) found.push(`${subject}${at(name)} is new and required`);
  }
  return found;
}

/** Of alternatives that are objects each is compared with the one in its place. */
function compareVariants(subject: string, path: string, older: Json, newer: Json, goesIn: boolean): string[] {
  const [before, after] = [objectsAmong(older), objectsAmong(newer)];
  return before.flatMap((variant, at) => {
    const now = after[at];
    return now ? compare(subject, path, variant, now, goesIn) : [];
  });
}

const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const fieldsOf = ({ properties }: Json): Record<string, Json> => (properties ?? {}) as Record<string, Json>;
const isRequired = ({ required }: Json, name: string): boolean => Array.isArray(required) && required.includes(name);
const variantsOf = (schema: Json): Json[] => (schema.anyOf ?? schema.oneOf ?? []) as Json[];
const objectsAmong = (schema: Json): Json[] => variantsOf(schema).filter(({ properties }) => isJson(properties));

/** The JSON types of a value; empty where any will do. */
function kindsOf(schema: Json): Set<string> {
  const variants = variantsOf(schema);
  if (variants.length) return new Set(variants.flatMap((variant) => [...kindsOf(variant)]));
  if (typeof schema.type === "string") return new Set([schema.type]);
  return new Set(Array.isArray(schema.type) ? (schema.type as string[]) : []);
}
