import { z } from "zod";
import { invalid } from "./shared/errors.ts";

type Schema = z.core.$ZodType;
const copies = new WeakMap<Schema, Schema>();

/**
 * A copy of the schema that ignores unknown fields at every depth. Edges use the strict original; between services and
 * in events the loose copy lets old and new nodes live together during a rolling update.
 */
export function loosen<S extends Schema>(schema: S): S {
  const known = copies.get(schema);
  if (known) return known as S;
  const copy = rebuild(schema as unknown as z.ZodType);
  copies.set(schema, copy);
  return copy as unknown as S;
}

function rebuild(schema: z.ZodType): z.ZodType {
  const inner = (part: unknown) => loosen(part as Schema) as unknown as z.ZodType;
  if (schema instanceof z.ZodObject) {
    const def = schema.def;
    // Getters are how recursive shapes are written: those stay as they are, they are declared loose already.
    if (Object.values(Object.getOwnPropertyDescriptors(def.shape)).some((field) => field.get)) return schema;
    const shape = Object.fromEntries(Object.entries(def.shape).map(([key, part]) => [key, inner(part)]));
    return new z.ZodObject({ ...def, shape, catchall: undefined });
  }
  if (schema instanceof z.ZodArray) return new z.ZodArray({ ...schema.def, element: inner(schema.def.element) });
  if (schema instanceof z.ZodOptional)
    return new z.ZodOptional({ ...schema.def, innerType: inner(schema.def.innerType) });
  if (schema instanceof z.ZodNullable)
    return new z.ZodNullable({ ...schema.def, innerType: inner(schema.def.innerType) });
  if (schema instanceof z.ZodDefault) {
    return new z.ZodDefault({ ...schema.def, innerType: inner(schema.def.innerType) });
  }
  return schema;
}

/** The parsed value, or `VALIDATION_ERROR` with every field that does not fit. */
export function parse<S extends Schema>(schema: S, value: unknown): z.output<S> {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.flatMap(explain));
}

/** An unknown field is told by its own path, not by its parent's. */
function explain(issue: z.core.$ZodIssue) {
  const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...path, key], message: "Unknown field" }));
  }
  return [{ path, message: issue.message }];
}
