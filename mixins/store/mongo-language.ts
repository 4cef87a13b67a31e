import { badRequest } from "../../services/shared/errors.ts";
import type { Filter, Operators } from "./collection.ts";
import type { OutboxEntry } from "./mongo-entries.ts";

/** What the store itself keeps on documents; nobody else sees or touches it. */
const RESERVED = new Set(["_id", "outbox", "outboxAt"]);
export const HIDDEN = { outbox: 0, outboxAt: 0 } as const;

/** What unique indexes hold: neither null nor lists as a whole. */
export const SCALAR = ["string", "number", "bool"] as const;

type Scalar = string | number | boolean;
const isScalar = (value: unknown): value is Scalar => ["string", "number", "boolean"].includes(typeof value);

/** The filter with the names that MongoDB has for things. */
export function toMongo(filter: Filter): Filter {
  const result: Filter = {};
  for (const [field, condition] of Object.entries(filter)) {
    // The driver would leave it out, and the filter would hold for every document.
    if (condition === undefined) throw new Error(`The filter asks nothing of ${field}: its value is undefined`);
    refuseReserved(field);
    if (field === "id") result._id = condition;
    else if (field.startsWith("$") && Array.isArray(condition)) result[field] = condition.map(toMongo);
    else result[field] = condition;
  }
  return result;
}

/** Both filters; conditions on the same field count both. */
export function both(one: Filter, other: Filter): Filter {
  return Object.keys(other).some((field) => field in one) ? { $and: [one, other] } : { ...one, ...other };
}

/**
 * MongoDB uses a partial index only where the query says what the index's filter says: this adds it to conditions that
 * only scalars fulfil.
 */
export function hinted(filter: Filter, unique: readonly string[][]): Filter {
  const result = { ...filter };
  for (const keys of unique) {
    if (!keys.every((key) => onlyScalars(filter[key]))) continue;
    for (const key of keys) {
      const condition = filter[key];
      result[key] = { ...(isScalar(condition) ? { $eq: condition } : (condition as Filter)), $type: SCALAR };
    }
  }
  return result;
}

function onlyScalars(condition: unknown): boolean {
  if (isScalar(condition)) return true;
  if (typeof condition !== "object" || condition === null) return false;
  const { $eq, $in, $gt, $gte, $lt, $lte } = condition as Filter;
  return [$eq, $gt, $gte, $lt, $lte].some(isScalar) || (Array.isArray($in) && $in.every(isScalar));
}

/** What a change is to MongoDB: the operators, the rising version, and the events in the same write. */
export function toUpdate(operators: Operators, at: string, entries: readonly OutboxEntry[]): Operators {
  const update: Operators = {};
  for (const [operator, fields] of Object.entries(operators) as [`$${string}`, Filter][]) {
    for (const [path, operand] of Object.entries(fields)) {
      refusePath(path);
      refuseNames(storedBy(operator, operand));
      // What is undefined is not there; the driver would leave it as it is.
      const absent = operand === undefined && operator === "$set";
      merge(update, absent ? "$unset" : operator, { [path]: absent ? "" : operand });
    }
    // MongoDB names what it does not know, also where it would do nothing.
    if (!Object.keys(fields).length && !KNOWN.has(operator)) update[operator] = fields;
  }
  merge(update, "$inc", { rev: 1 });
  merge(update, "$set", { updatedAt: at });
  if (entries.length) {
    merge(update, "$push", { outbox: { $each: entries } });
    merge(update, "$min", { outboxAt: at });
  }
  return update;
}

const KNOWN = new Set(["$set", "$unset", "$inc", "$push", "$pull", "$addToSet", "$min", "$max", "$mul", "$pullAll"]);

function merge(update: Operators, operator: `$${string}`, fields: Filter): void {
  update[operator] = { ...update[operator], ...fields };
}

function refusePath(path: string): void {
  refuseReserved(path);
  if (path.split(".").some((step) => step === "" || step === "__proto__")) refuse(path);
}

function refuseReserved(path: string): void {
  const [root = ""] = path.split(".", 1);
  if (RESERVED.has(root)) throw new Error(`${root} is the store's own field`);
}

/** Throws where the name of a field, at any depth, is none that a filter or a change could reach. */
export function refuseNames(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const one of value) refuseNames(one);
    return;
  }
  for (const [name, part] of Object.entries(value)) {
    if (name === "" || name.startsWith("$") || name.includes(".") || name === "__proto__") refuse(name);
    refuseNames(part);
  }
}

/** What an operator would store. Of the others the operands are conditions. */
function storedBy(operator: string, operand: unknown): unknown {
  if (operator === "$set" || operator === "$min" || operator === "$max") return operand;
  if (operator !== "$push" && operator !== "$addToSet") return undefined;
  return (operand as { $each?: unknown } | null)?.$each ?? operand;
}

function refuse(name: string): never {
  throw badRequest("FIELD_NAME_INVALID", `A field cannot be called "${name}": no dots, no leading $, not empty`);
}

/** Throws where the store's own fields stand in a document that somebody else made. */
export function refuseOwn(draft: object): void {
  for (const field of RESERVED) if (field in draft) refuseReserved(field);
}
