import { createHash } from "node:crypto";
import { z } from "zod";
import type { ServiceContract } from "../contract.ts";
import { fieldsOf, isJson, isRequired, type Json, kindsOf, variantsOfKind } from "./json-schema.ts";
import { refusedValues } from "./value-rules.ts";

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
    // Who hears of it parses it.
    events: Object.fromEntries(Object.entries(events).map(([name, schema]) => [name, schemaOf(schema, "input")])),
  };
}

/** The same for contracts that are the same. */
export const digestOf = (described: Described): string =>
  createHash("sha256").update(JSON.stringify(described)).digest("base64url").slice(0, 12);

/** Who reads what the other has written, and whether it is parsed by the contract or taken as it is. */
interface Reading {
  byNewer: boolean;
  parsed: boolean;
}
const SENT: Reading = { byNewer: true, parsed: true };
const ANSWERED: Reading = { byNewer: false, parsed: false };
/** Events are told and heard by both, also long after they were stored. */
const TOLD: Reading[] = [
  { byNewer: false, parsed: true },
  { byNewer: true, parsed: true },
];

/**
 * Why nodes of the newer contract cannot run beside nodes of the older one, in words; empty where what is new is only
 * added: optional params, values that a param takes, fields of results, optional fields of events, actions.
 */
export function breaks(older: Described, newer: Described): string[] {
  const found: string[] = [];
  for (const [name, action] of Object.entries(older.actions)) {
    const now = newer.actions[name];
    if (!now) found.push(`the action ${name} is gone`);
    else {
      found.push(...compare(`${name}: the param `, "", action.params ?? {}, now.params ?? {}, SENT));
      found.push(...compare(`${name}: of the result, `, "", action.returns ?? {}, now.returns ?? {}, ANSWERED));
    }
  }
  for (const [name, schema] of Object.entries(older.events)) {
    const now = newer.events[name];
    if (!now) found.push(`the event ${name} is gone`);
    else found.push(...TOLD.flatMap((reading) => compare(`the event ${name}: `, "", schema, now, reading)));
  }
  return [...new Set(found)];
}

function compare(subject: string, path: string, older: Json, newer: Json, reading: Reading): string[] {
  const say = (what: string) => `${subject}${path || "itself"} ${what}`;
  const [before, after] = [kindsOf(older), kindsOf(newer)];
  const [written, read] = reading.byNewer ? [before, after] : [after, before];
  if (read.size && [...written].some((kind) => !read.has(kind))) {
    return [say(`was ${[...before].join(" or ")} and is ${[...after].join(" or ")}`)];
  }
  return [...before].flatMap((kind) => {
    const [was, is] = [variantsOfKind(older, kind), variantsOfKind(newer, kind)];
    const refused = reading.parsed && is.length ? refusedValues({ older: was, newer: is, ...reading }).map(say) : [];
    // Of alternatives each is compared with the one in its place.
    const parts = was.flatMap((variant, at) => {
      const now = is[at];
      return now ? compareParts(subject, path, variant, now, reading) : [];
    });
    return [...refused, ...parts];
  });
}

/** What lists and objects are made of. */
function compareParts(subject: string, path: string, older: Json, newer: Json, reading: Reading): string[] {
  const inside = (part: string, name: string) =>
    isJson(older[part]) && isJson(newer[part])
      ? compare(subject, `${path}${name}`, older[part], newer[part], reading)
      : [];
  return [
    ...compareFields(subject, path, older, newer, reading),
    ...inside("items", "[]"),
    ...inside("additionalProperties", "[]"),
    ...inside("propertyNames", "[name]"),
  ];
}

function compareFields(subject: string, path: string, older: Json, newer: Json, reading: Reading): string[] {
  const [before, after] = [fieldsOf(older), fieldsOf(newer)];
  const { byNewer } = reading;
  const at = (name: string) => (path ? `${path}.${name}` : name);
  const found: string[] = [];
  for (const [name, schema] of Object.entries(before)) {
    const now = after[name];
    if (!now) found.push(`${subject}${at(name)} is gone`);
    else found.push(...compare(subject, at(name), schema, now, reading));
    if (now && !byNewer && isRequired(older, name) && !isRequired(newer, name)) {
      found.push(`${subject}${at(name)} may be missing now`);
    }
    if (now && byNewer && !isRequired(older, name) && isRequired(newer, name)) {
      found.push(`${subject}${at(name)} is required now`);
    }
  }
  for (const name of Object.keys(after)) {
    if (byNewer && !(name in before) && isRequired(newer, name))
      found.push(`${subject}${at(name)} is new and required`);
  }
  return found;
}
