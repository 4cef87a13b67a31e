import { z } from "zod";
import { cluster } from "../../services/cluster.ts";
import { type ActionContract, keyOf, restOf, type ServiceContract } from "../../services/contract.ts";

const services: readonly ServiceContract[] = cluster;
const actions = services.flatMap(({ name: service, actions }) =>
  Object.entries(actions).map(([name, action]): [string, ActionContract] => [`${service}.${name}`, action]),
);
const events = services.flatMap(({ events = {} }) => Object.entries(events));
const names = (list: readonly (readonly [string, unknown])[]) => list.map(([name]) => name);
const which = (fits: (action: ActionContract) => boolean | undefined) => names(actions.filter(([, one]) => fits(one)));

const fieldsOf = ({ params }: ActionContract): string[] =>
  params instanceof z.ZodObject ? Object.keys(params.shape) : [];
const isPublicRead = ({ access, idempotency }: ActionContract) => access === "public" && idempotency === "read";

/** Every object inside the schema, by its path. */
function objects(schema: z.core.$ZodType, path = "", seen = new Set<unknown>()): [string, z.ZodObject][] {
  if (seen.has(schema)) return [];
  seen.add(schema);
  const def = schema._zod.def as unknown as Record<string, unknown>;
  const own: [string, z.ZodObject][] = schema instanceof z.ZodObject ? [[path, schema]] : [];
  const parts = schema instanceof z.ZodObject ? Object.entries(schema.shape) : Object.entries(def);
  const inside = parts.flatMap(([key, part]) =>
    (Array.isArray(part) ? part : [part])
      .filter((one): one is z.core.$ZodType => typeof one === "object" && one !== null && "_zod" in one)
      .filter(() => key !== "catchall")
      .flatMap((one) => objects(one, schema instanceof z.ZodObject ? `${path}.${key}` : path, seen)),
  );
  return [...own, ...inside];
}

test("services, actions and events have each a name of their own", () => {
  expect(new Set(services.map(({ name }) => name)).size).toBe(services.length);
  expect(new Set(names(events)).size).toBe(events.length);
  for (const { name } of services) expect(name).toMatch(/^[a-z]+$/);
  for (const name of names(actions)) expect(name).toMatch(/^[a-z]+\.[a-z][A-Za-z]*$/);
});

test("every action says in a sentence what holds", () => {
  expect(which(({ summary }) => !/^.{10,}\.$/s.test(summary))).toEqual([]);
});

test("every keyed action names one of its params, or the key of the request", () => {
  const wrong = which((action) => {
    const key = keyOf(action);
    return key !== undefined && key !== "meta.idempotencyKey" && !fieldsOf(action).includes(key);
  });
  expect(wrong).toEqual([]);
});

test("a GET only reads, and what only reads over HTTP is a GET", () => {
  const wrong = which((action) => {
    const rest = restOf(action);
    return rest && (rest.method === "GET") !== (action.idempotency === "read");
  });
  expect(wrong).toEqual([]);
});

test("every route is well formed, unlike every other, and names only params", () => {
  const routes = actions.flatMap(([name, action]) => {
    const rest = restOf(action);
    return rest ? [{ name, action, rest }] : [];
  });
  const shape = ({ rest }: (typeof routes)[number]) =>
    `${rest.method} ${rest.atRoot ? "" : "/api/v1"}${rest.path.replace(/:[A-Za-z]+/g, ":")}`;
  const shapes = routes.map(shape);
  expect(shapes.filter((one, at) => shapes.indexOf(one) !== at)).toEqual([]);
  for (const { name, action, rest } of routes) {
    expect(`${name} ${rest.route}`).toMatch(/ (GET|POST|PUT|PATCH|DELETE) (\/(:[a-z][A-Za-z]*|[a-z0-9.-]+))+$/);
    const inPath = [...rest.path.matchAll(/:([A-Za-z]+)/g)].map(([, param]) => param);
    expect(inPath.filter((param) => !fieldsOf(action).includes(param as string))).toEqual([]);
  }
});

test("nothing that only services may do has a route, and what edges do for themselves has none either", () => {
  expect(which((action) => ["internal", "edge"].includes(action.access as string) && Boolean(action.rest))).toEqual([]);
});

test("permissions are subject and verb, and the subject is a service or what it keeps", () => {
  const permissions = actions.flatMap(([, { access }]) =>
    typeof access === "string" ? [access] : access.or ? [access.or] : [],
  );
  const named = new Set(permissions.filter((one) => one.includes(":")));
  expect(named.size).toBeGreaterThan(0);
  for (const permission of named) expect(permission).toMatch(/^[a-z-]+:(read|write|refund)$/);
});

test("only public reads are cached", () => {
  expect(which((action) => Boolean(action.cache) && !isPublicRead(action))).toEqual([]);
});

test("what may be reached from outside takes strict params, at every depth", () => {
  const outside = actions.filter(([, { access }]) => access !== "internal" && access !== "edge");
  const loose = outside.flatMap(([name, { params }]) =>
    params
      ? objects(params)
          .filter(([, object]) => object.def.catchall?._zod.def.type !== "never")
          .map(([path]) => `${name}${path}`)
      : [],
  );
  expect(loose).toEqual([]);
});

test("every text and list from outside has a limit", () => {
  const limited = (schema: z.core.$ZodType): string[] => {
    const found: string[] = [];
    for (const [path, object] of objects(schema)) {
      for (const [key, field] of Object.entries(object.shape)) {
        const bare = unwrapped(field);
        const endless = bare instanceof z.ZodString && bare.maxLength === null && !bare.format && !patterned(bare);
        if (endless) found.push(`${path}.${key}`);
        if (bare instanceof z.ZodArray && !checks(bare).includes("max_length")) found.push(`${path}.${key}[]`);
      }
    }
    return found;
  };
  const outside = actions.filter(
    ([, { access, params }]) => params && !["internal", "edge"].includes(access as string),
  );
  expect(
    outside.flatMap(([name, { params }]) => limited(params as z.core.$ZodType).map((path) => name + path)),
  ).toEqual([]);
});

test("events are named for their subject and what has happened to it, and say whom they are about", () => {
  for (const name of names(events)) expect(name).toMatch(/^[a-z]+\.[a-z]+(ed|ne|ld|id)$/);
  for (const [name, schema] of events) {
    expect([name, schema instanceof z.ZodObject && Object.keys(schema.shape).length > 0]).toEqual([name, true]);
  }
});

const checks = (schema: z.core.$ZodType): string[] =>
  (schema._zod.def.checks ?? []).map((check) => check._zod.def.check);
const patterned = (schema: z.ZodString): boolean => checks(schema).includes("string_format");

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  const { innerType } = schema._zod.def as { innerType?: z.core.$ZodType };
  return innerType ? unwrapped(innerType) : schema;
}
