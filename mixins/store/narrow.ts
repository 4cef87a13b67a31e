import type { CollectionSpec, Doc, Filter } from "./collection.ts";

export type Value = string | number | null;
/** An SQL condition that every matching document fulfils; `exact` when every document that fulfils it matches. */
export interface Narrowed {
  where: string[];
  values: Value[];
  exact: boolean;
}

const COMPARE: Record<string, string> = { $eq: "=", $gt: ">", $gte: ">=", $lt: "<", $lte: "<=" };

/** Where in the document's text a field is. */
export const inText = (field: string): string => `json_extract(doc, '$.${field}')`;

/** The column in which an indexed field stands beside the document. */
export const column = (field: string): string => `"${field}"`;

/** The fields that have a column: whatever an index is made of, but for lists, which have side tables. */
export const columnsOf = <T extends Doc>({ indexes }: CollectionSpec<T>): string[] => [
  ...new Set(indexes.filter(({ many }) => !many).flatMap(({ keys }) => keys)),
];

/** What stands in a field's column: the same as SQLite would find in the text. */
export function columnValue(doc: object, steps: readonly string[]): Value {
  let part: unknown = doc;
  for (const step of steps) {
    if (typeof part !== "object" || part === null) return null;
    part = Object.hasOwn(part, step) ? part[step as never] : undefined;
  }
  if (typeof part === "string") return part;
  if (typeof part === "number") return Number.isFinite(part) ? part : null;
  if (typeof part === "boolean") return Number(part);
  return part === undefined || part === null ? null : JSON.stringify(part);
}

type Scalar = string | number | boolean;
const isScalar = (value: unknown): value is Scalar => ["string", "number", "boolean"].includes(typeof value);
const isScalars = (value: unknown): value is Scalar[] => Array.isArray(value) && value.every(isScalar);
// JSON's true stands as 1 in a column.
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
    if (field === "id" || indexed.has(field)) compare(result, field === "id" ? "id" : column(field), condition);
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
