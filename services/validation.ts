import { isDeepStrictEqual } from "node:util";
import { Errors } from "moleculer";
import { z } from "zod";
import { invalid } from "./shared/errors.ts";

type Schema = z.core.$ZodType;
type Parts = Record<string, unknown>;
const copies = new WeakMap<Schema, Schema>();
const underWay = new Set<Schema>();

/**
 * A copy of the schema that ignores unknown fields at every depth. Edges use the strict original; between services and
 * in events the loose copy lets old and new nodes live together during a rolling update.
 */
export function loosen<S extends Schema>(schema: S): S {
  const known = copies.get(schema);
  if (known) return known as S;
  // A shape that holds itself: the copy is looked up when it is used.
  if (underWay.has(schema)) return z.lazy(() => copies.get(schema) as z.ZodType) as unknown as S;
  underWay.add(schema);
  const def = schema._zod.def as unknown as Parts;
  const changed = changedParts(def);
  const copy = Object.keys(changed).length ? z.core.clone(schema, { ...def, ...changed } as never) : schema;
  underWay.delete(schema);
  copies.set(schema, copy);
  return copy as S;
}

const isSchema = (part: unknown): part is Schema => typeof part === "object" && part !== null && "_zod" in part;
const isStrict = (def: Parts): boolean => isSchema(def.catchall) && def.catchall._zod.def.type === "never";

/** The parts of a definition that are others in the copy: wrapped, listed, named or looked up later. */
function changedParts(def: Parts): Parts {
  const changed = Object.entries(def).map(([key, part]): [string, unknown] => {
    if (key === "catchall" && isStrict(def)) return [key, undefined];
    if (key === "getter") return [key, () => loosen((part as () => Schema)())];
    if (isSchema(part)) return [key, loosen(part)];
    if (Array.isArray(part)) return [key, same(part, part.map(loosenPart))];
    if (key === "shape") return [key, looseShape(part as Record<string, Schema>)];
    return [key, part];
  });
  return Object.fromEntries(changed.filter(([key, part]) => part !== def[key]));
}

const loosenPart = (part: unknown): unknown => (isSchema(part) ? loosen(part) : part);

const same = (before: unknown[], after: unknown[]): unknown[] =>
  after.every((part, at) => part === before[at]) ? before : after;

function looseShape(shape: Record<string, Schema>): Record<string, Schema> {
  const loose = Object.fromEntries(Object.entries(shape).map(([key, field]) => [key, loosen(field)]));
  return Object.keys(shape).every((key) => loose[key] === shape[key]) ? shape : loose;
}

/** More of them help nobody, and a body can be wrong in as many places as it has bytes. */
const MOST_PROBLEMS = 100;

/** The parsed value, or `VALIDATION_ERROR` with the fields that do not fit. */
export function parse<S extends Schema>(schema: S, value: unknown): z.output<S> {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.slice(0, MOST_PROBLEMS).flatMap(explain).slice(0, MOST_PROBLEMS));
}

/** For tests: throws where a result is not what the contract says, or says more, which a client must not see. */
export function checkResult(action: string, schema: Schema, result: unknown): void {
  const parsed = z.safeParse(schema, result);
  const wrong = (detail: string) =>
    new Errors.MoleculerError(`${action} gave what its contract does not say: ${detail}`, 500, "RESULT_INVALID");
  if (!parsed.success) throw wrong(z.prettifyError(parsed.error));
  const [told, said] = [asSent(result), asSent(parsed.data)];
  if (!isDeepStrictEqual(told, said)) throw wrong(`${JSON.stringify(told)} instead of ${JSON.stringify(said)}`);
}

const asSent = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? "null");

/** An unknown field is told by its own path, not by its parent's. */
function explain(issue: z.core.$ZodIssue) {
  const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...path, key], message: "Unknown field" }));
  }
  return [{ path, message: issue.message }];
}
