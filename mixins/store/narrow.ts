import type { Filter } from "./collection.ts";

type Value = string | number | null;
/** An SQL condition that every matching document fulfils; `exact` when every document that fulfils it matches. */
export interface Narrowed {
  where: string[];
  values: Value[];
  exact: boolean;
}

const COMPARE: Record<string, string> = { $eq: "=", $gt: ">", $gte: ">=", $lt: "<", $lte: "<=" };

/** Where in the document text a field is; the same text as in the index, or SQLite would not use it. */
export const path = (field: string): string => `json_extract(doc, '$.${field}')`;

type Scalar = string | number | boolean;
const isScalar = (value: unknown): value is Scalar => ["string", "number", "boolean"].includes(typeof value);
const isScalars = (value: unknown): value is Scalar[] => Array.isArray(value) && value.every(isScalar);
// JSON's true comes out of json_extract as 1.
const bind = (value: Scalar): Value => (typeof value === "boolean" ? Number(value) : value);
/** One text of SQL for lists of every length. */
const LIST = "(select value from json_each(?))";
const list = (values: Scalar[]): string => JSON.stringify(values.map(bind));

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
  if (condition === null) result.where.push(`${side} is null`);
  else if (isScalar(condition)) add(result, `${side} = ?`, bind(condition));
  else {
    each(result, condition, (operator, value) => {
      const sign = COMPARE[operator];
      if (sign && isScalar(value)) add(result, `${side} ${sign} ?`, bind(value));
      else if (operator === "$in" && isScalars(value)) add(result, `${side} in ${LIST}`, list(value));
      else result.exact = false;
    });
  }
}

function among(result: Narrowed, table: string, condition: unknown): void {
  const sql = `id in (select id from ${table} where value in ${LIST})`;
  if (isScalar(condition)) add(result, sql, list([condition]));
  else {
    each(result, condition, (operator, value) => {
      if (operator === "$in" && isScalars(value)) add(result, sql, list(value));
      else result.exact = false;
    });
  }
}

function add(result: Narrowed, sql: string, value: Value): void {
  result.where.push(sql);
  result.values.push(value);
}

/** The operators of a condition one by one; a value to be equal to has none. */
function each(result: Narrowed, condition: unknown, see: (operator: string, value: unknown) => void): void {
  const entries = Object.entries(condition as object);
  if (entries.length === 0 || entries.some(([operator]) => !operator.startsWith("$"))) result.exact = false;
  else for (const [operator, value] of entries) see(operator, value);
}
