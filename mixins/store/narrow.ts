import type { Filter } from "./collection.ts";

type Value = string | number | null;
/** An SQL condition that every matching document fulfils; `exact` when every document that fulfils it matches. */
export interface Narrowed {
  where: string[];
  values: Value[];
  exact: boolean;
}

const COMPARE: Record<string, string> = { $gt: ">", $gte: ">=", $lt: "<", $lte: "<=" };

/** Where in the document text a field is; the same text as in the index, or SQLite would not use it. */
export const path = (field: string): string => `json_extract(doc, '$.${field}')`;

const isScalar = (value: unknown): value is string | number | boolean | null =>
  value === null || ["string", "number", "boolean"].includes(typeof value);
// JSON's true comes out of json_extract as 1.
const bind = (value: string | number | boolean | null): Value => (typeof value === "boolean" ? Number(value) : value);

/** What of a MongoDB filter SQLite's indexes can decide; mingo decides the rest. */
export function narrow(
  filter: Filter,
  indexed: ReadonlySet<string>,
  many: ReadonlyMap<string, string> = new Map(),
): Narrowed {
  const result: Narrowed = { where: [], values: [], exact: true };
  for (const [field, condition] of Object.entries(filter)) {
    if (field === "id" || indexed.has(field)) compare(result, field === "id" ? "id" : path(field), condition);
    else if (many.has(field)) among(result, many.get(field) as string, condition);
    else result.exact = false;
  }
  return result;
}

function compare(result: Narrowed, side: string, condition: unknown): void {
  if (isScalar(condition)) {
    result.where.push(condition === null ? `${side} is null` : `${side} = ?`);
    if (condition !== null) result.values.push(bind(condition));
    return;
  }
  for (const [operator, value] of Object.entries(condition as object)) {
    const sign = COMPARE[operator];
    if (sign && isScalar(value) && value !== null) {
      result.where.push(`${side} ${sign} ?`);
      result.values.push(bind(value));
    } else if (operator === "$in" && Array.isArray(value) && value.every((one) => isScalar(one) && one !== null)) {
      result.where.push(`${side} in (${value.map(() => "?").join()})`);
      result.values.push(...value.map(bind));
    } else result.exact = false;
  }
}

function among(result: Narrowed, table: string, condition: unknown): void {
  const wanted = isScalar(condition) ? [condition] : (condition as { $in?: unknown }).$in;
  if (!Array.isArray(wanted) || !wanted.every(isScalar)) {
    result.exact = false;
    return;
  }
  result.where.push(`id in (select id from ${table} where value in (${wanted.map(() => "?").join()}))`);
  result.values.push(...wanted.map(bind));
}
