import { Context } from "mingo/core";
import * as queryOperators from "mingo/operators/query";
import * as updateOperators from "mingo/operators/update";
import { Query } from "mingo/query";
import type { AnyObject } from "mingo/types";
import type { Filter, Operators } from "./collection.ts";
import { plainApply, plainMatch } from "./plain.ts";

/** Made once: by itself mingo copies all its operators for each query. */
const context = Context.init({ query: queryOperators } as never);

type Update = (expression: AnyObject, arrayFilters?: AnyObject[]) => (doc: AnyObject) => string[];
const updates = updateOperators as unknown as Record<string, Update>;

/** What MongoDB refuses and mingo would pass over in silence. */
const WANTS: Record<string, (value: unknown) => boolean> = {
  $inc: (value) => typeof value === "number",
  $mul: (value) => typeof value === "number",
  $push: Array.isArray,
  $addToSet: Array.isArray,
  $pull: Array.isArray,
  $pullAll: Array.isArray,
  $pop: Array.isArray,
};
const CREATES = new Set(["$set", "$inc", "$mul", "$min", "$max", "$push", "$addToSet"]);

export class UpdateError extends Error {}

/** Whether the document fulfils the filter. */
export function matches(filter: Filter, doc: object): boolean {
  const rest: [string, unknown][] = [];
  for (const [field, condition] of Object.entries(filter)) {
    const plain = plainMatch(field, condition, doc);
    if (plain === false) return false;
    if (plain === undefined) rest.push([field, condition]);
  }
  return rest.length === 0 || new Query(Object.fromEntries(rest) as never, { context }).test(doc as never);
}

/** Changes the document; throws where MongoDB would, and then the document is of no use any more. */
export function apply(operators: Operators, doc: object): void {
  refuseConflicts(Object.values(operators).flatMap((fields) => Object.keys(fields)));
  for (const [operator, fields] of Object.entries(operators)) {
    const update = Object.hasOwn(updates, operator) ? updates[operator] : undefined;
    if (!update) throw new UpdateError(`Unknown update operator ${operator}`);
    for (const field of Object.keys(fields)) refuseMisfit(operator, field, doc);
    if (operator === "$push") startLists(fields, doc);
    if (!plainApply(operator, fields, doc)) update(fields)(doc as AnyObject);
  }
}

/** mingo leaves `$slice` and `$sort` out where the list does not exist yet. */
function startLists(fields: Record<string, unknown>, doc: object): void {
  const missing = Object.keys(fields).filter((field) => valueAt(doc, field.split(".")) === undefined);
  if (missing.length) updates.$set?.(Object.fromEntries(missing.map((field) => [field, []])))(doc as AnyObject);
}

function refuseMisfit(operator: string, field: string, doc: object): void {
  const steps = field.split(".");
  if (CREATES.has(operator)) {
    for (let depth = 1; depth < steps.length; depth++) {
      const parent = valueAt(doc, steps.slice(0, depth));
      if (parent !== undefined && (typeof parent !== "object" || parent === null)) {
        throw new UpdateError(`${operator} ${field}: ${steps.slice(0, depth).join(".")} has no fields`);
      }
    }
  }
  const value = WANTS[operator] && valueAt(doc, steps);
  if (value !== undefined && !WANTS[operator]?.(value)) {
    throw new UpdateError(`${operator} ${field}: cannot be applied to ${JSON.stringify(value)}`);
  }
}

/** Two changes of one place, or of a place and a part of it, have no order that anybody could rely on. */
function refuseConflicts(fields: string[]): void {
  const sorted = fields.length > 1 ? fields.map((field) => `${field}.`).sort() : [];
  const conflict = sorted.find((field, at) => at > 0 && field.startsWith(sorted[at - 1] as string));
  if (conflict) throw new UpdateError(`Two changes meet at ${conflict.slice(0, -1)}`);
}

const valueAt = (doc: object, steps: string[]): unknown =>
  steps.reduce<unknown>(
    (part, step) =>
      typeof part === "object" && part !== null && Object.hasOwn(part, step) ? part[step as never] : undefined,
    doc,
  );
