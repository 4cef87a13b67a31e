import { z } from "zod";
import * as carts from "../carts/carts.contract.ts";
import type { ServiceContract } from "../contract.ts";
import * as inventory from "../inventory/inventory.contract.ts";
import * as notifications from "../notifications/notifications.contract.ts";
import * as orders from "../orders/orders.contract.ts";
import * as payments from "../payments/payments.contract.ts";
import * as pricing from "../pricing/pricing.contract.ts";
import * as products from "../products/products.contract.ts";
import { Money } from "../shared/money.ts";
import { Address } from "../shared/shapes.ts";
import * as users from "../users/users.contract.ts";

export type Json = Record<string, unknown>;
type Side = "input" | "output";

/** Shapes with a name of their own in the document: the objects that contracts export. */
const SHARED: Record<string, unknown> = {
  Money,
  Address,
  ...products,
  ...inventory,
  ...pricing,
  ...carts,
  ...orders,
  ...payments,
  ...users,
  ...notifications,
};
const REF = "#/components/schemas/";
/** No component has such a name, so that an action's own schema can be told from a shared one. */
const own = (action: string, side: Side): string => `${action}/${side}`;

export const field = (fields: Record<string, Json>, name: string): Json => fields[name] ?? { type: "string" };

/** The schemas of all actions, with shared shapes by reference; a shape that differs as input is named `…Input`. */
export class Schemas {
  readonly #input: Record<string, Json>;
  readonly #output: Record<string, Json>;
  readonly #differing: ReadonlySet<string>;

  constructor(contracts: readonly ServiceContract[]) {
    this.#output = generate(contracts, "output");
    this.#input = generate(contracts, "input");
    this.#differing = differing(this.#input, this.#output);
    this.#input = renamed(this.#input, this.#differing);
  }

  input(action: string): Json | undefined {
    return this.#input[own(action, "input")];
  }

  output(action: string): Json | undefined {
    return this.#output[own(action, "output")];
  }

  fields(action: string): Record<string, Json> {
    return (this.#resolved(action)?.properties ?? {}) as Record<string, Json>;
  }

  required(action: string): string[] {
    return (this.#resolved(action)?.required ?? []) as string[];
  }

  /** The params without those in the path: what the body holds. */
  without(action: string, names: string[]): Json | undefined {
    const schema = this.input(action);
    if (!schema || names.length === 0) return schema;
    const { properties, required, ...rest } = this.#resolved(action) as Json;
    const left = Object.entries(properties as Json).filter(([name]) => !names.includes(name));
    if (left.length === 0) return undefined;
    const needed = ((required ?? []) as string[]).filter((name) => !names.includes(name));
    return { ...rest, properties: Object.fromEntries(left), ...(needed.length ? { required: needed } : {}) };
  }

  /** The shared shapes that are referred to, on either side. */
  components(): Record<string, Json> {
    const isShared = (name: string) => !name.includes("/");
    const given = reached(
      this.#output,
      Object.keys(this.#output).filter((name) => !isShared(name)),
    );
    const all: Record<string, Json> = {};
    for (const name of given) all[name] = this.#output[name] as Json;
    for (const [name, schema] of Object.entries(this.#input)) {
      const called = this.#differing.has(name) ? `${name}Input` : name;
      if (isShared(name) && !given.has(called)) all[called] = schema;
    }
    const taken = reached(
      { ...all, ...this.#input },
      Object.keys(this.#input).filter((name) => !isShared(name)),
    );
    return Object.fromEntries(Object.entries(all).filter(([name]) => given.has(name) || taken.has(name)));
  }

  #resolved(action: string): Json | undefined {
    const schema = this.input(action);
    const name = schema && refs(schema)[0];
    return schema && "$ref" in schema && name ? this.#input[name.replace(/Input$/, "")] : schema;
  }
}

function generate(contracts: readonly ServiceContract[], io: Side): Record<string, Json> {
  const registry = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries(SHARED)) {
    if (schema instanceof z.ZodObject) registry.add(schema, { id: name });
  }
  const actions: Record<string, Json> = {};
  const shared = new Set(Object.keys(SHARED));
  for (const { name, actions: all } of contracts) {
    for (const [action, contract] of Object.entries(all)) {
      const schema = io === "input" ? contract.params : contract.returns;
      if (!schema || !contract.rest) continue;
      const id = own(`${name}.${action}`, io);
      const known = registry.get(schema as z.ZodType)?.id;
      if (known && shared.has(known)) actions[id] = { $ref: REF + known };
      else registry.add(schema as z.ZodType, { id });
    }
  }
  const { schemas } = z.toJSONSchema(registry, {
    io,
    uri: (id) => REF + id,
    unrepresentable: "any",
    override: tidy(io),
  });
  const made = Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema as Json]);
  return { ...Object.fromEntries(made), ...actions };
}

/** Without bounds that only say "a safe integer" and patterns that a format says in a word; answers may grow fields. */
const tidy = (io: Side) => (ctx: { jsonSchema: z.core.JSONSchema.BaseSchema }) => {
  const schema = ctx.jsonSchema;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.format) delete schema.pattern;
  if (io === "output" && schema.additionalProperties === false) delete schema.additionalProperties;
};

/** Shared shapes that answers have and that take something else than they give, and those that contain such. */
function differing(input: Record<string, Json>, output: Record<string, Json>): ReadonlySet<string> {
  const names = [
    ...reached(
      output,
      Object.keys(output).filter((name) => name.includes("/")),
    ),
  ];
  const bare = (schema: Json | undefined) => JSON.stringify(schema)?.replaceAll(',"additionalProperties":false', "");
  const found = new Set(names.filter((name) => bare(input[name]) !== bare(output[name])));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const name of names) if (refs(input[name] as Json).some((ref) => found.has(ref))) found.add(name);
  }
  return found;
}

function renamed(schemas: Record<string, Json>, names: ReadonlySet<string>): Record<string, Json> {
  const text = JSON.stringify(schemas, (key, value: unknown) =>
    key === "$ref" && names.has(String(value).slice(REF.length)) ? `${value}Input` : value,
  );
  return JSON.parse(text) as Record<string, Json>;
}

/** The shared shapes that these refer to, and those that those refer to. */
function reached(schemas: Record<string, Json>, from: string[]): Set<string> {
  const found = new Set<string>();
  for (let open = from; open.length; ) {
    open = [...new Set(open.flatMap((name) => refs(schemas[name])))].filter((name) => !found.has(name));
    for (const name of open) found.add(name);
  }
  return found;
}

/** The names of all components that a schema refers to. */
export function refs(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === "$ref" && typeof value === "string" ? [value.slice(REF.length)] : refs(value),
  );
}
