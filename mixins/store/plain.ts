type Scalar = string | number | boolean;
const isScalar = (value: unknown): value is Scalar => ["string", "number", "boolean"].includes(typeof value);
/** Names that every object answers to, and places in lists: mingo knows what to do about them. */
const STRANGE = /(^|\.)(__proto__|constructor|prototype|\d+)?(\.|$)/;

/** Most guards compare plain values with what is at a path: that needs no query compiled. */
type Compare = (found: unknown, wanted: unknown) => boolean | undefined;
const ordered =
  (holds: (found: Scalar, wanted: Scalar) => boolean): Compare =>
  (found, wanted) => {
    if (typeof wanted !== "number" && typeof wanted !== "string") return undefined;
    return typeof found === typeof wanted && holds(found as Scalar, wanted);
  };
const equal: Compare = (found, wanted) => {
  if (wanted === null) return found === undefined || found === null;
  return isScalar(wanted) ? found === wanted : undefined;
};
const COMPARE: Record<string, Compare> = {
  $eq: equal,
  $ne: (found, wanted) => not(equal(found, wanted)),
  $gt: ordered((found, wanted) => found > wanted),
  $gte: ordered((found, wanted) => found >= wanted),
  $lt: ordered((found, wanted) => found < wanted),
  $lte: ordered((found, wanted) => found <= wanted),
  $exists: (found, wanted) => (typeof wanted === "boolean" ? (found !== undefined) === wanted : undefined),
  $in: (found, wanted) =>
    Array.isArray(wanted) && wanted.every(isScalar) ? wanted.includes(found as Scalar) : undefined,
};
const not = (answer: boolean | undefined) => (answer === undefined ? undefined : !answer);

const LIST = Symbol("a list on the way");

/** What is at the path, or that a list is there: then each of its elements counts. */
function at(doc: object, path: string): unknown {
  let part: unknown = doc;
  for (const step of path.split(".")) {
    if (Array.isArray(part)) return LIST;
    if (typeof part !== "object" || part === null) return undefined;
    part = Object.hasOwn(part, step) ? part[step as never] : undefined;
  }
  return Array.isArray(part) ? LIST : part;
}

/** Whether the document fulfils one condition of a filter; undefined where it is more than a plain comparison. */
export function plainMatch(path: string, condition: unknown, doc: object): boolean | undefined {
  if (path.startsWith("$") || STRANGE.test(path)) return undefined;
  const found = at(doc, path);
  if (found === LIST) return undefined;
  return condition === null || isScalar(condition) ? equal(found, condition) : all(found, condition);
}

function all(found: unknown, condition: unknown): boolean | undefined {
  if (typeof condition !== "object" || condition === null || Object.getPrototypeOf(condition) !== Object.prototype)
    return undefined;
  const entries = Object.entries(condition as object);
  if (entries.length === 0) return undefined;
  let fulfilled = true;
  for (const [operator, wanted] of entries) {
    const answer = Object.hasOwn(COMPARE, operator) ? COMPARE[operator]?.(found, wanted) : undefined;
    if (answer === undefined) return undefined;
    fulfilled &&= answer;
  }
  return fulfilled;
}

type Fields = Record<string, unknown>;
/** Gives what is to stand there, or that mingo must decide. */
type Update = (found: unknown, operand: unknown) => unknown;
const MINGO = Symbol("mingo must decide");
const UPDATE: Record<string, Update> = {
  $set: (_, operand) => copied(operand),
  $inc: (found, operand) => {
    if (typeof operand !== "number" || (found !== undefined && typeof found !== "number")) return MINGO;
    return (found ?? 0) + operand;
  },
  $min: (found, operand) => smaller(found, operand),
};

function smaller(found: unknown, operand: unknown): unknown {
  if (typeof operand !== "string" && typeof operand !== "number") return MINGO;
  if (found === undefined) return operand;
  if (typeof found !== typeof operand) return MINGO;
  return (found as Scalar) <= operand ? found : operand;
}

/** A copy, so that nobody changes the document by what they hold; only of what JSON knows. */
function copied(value: unknown): unknown {
  if (value === null || isScalar(value)) return value;
  if (Array.isArray(value)) return listed(value);
  if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) return MINGO;
  const copy: Fields = {};
  for (const [name, part] of Object.entries(value)) {
    const made = copied(part);
    if (made === MINGO || name === "__proto__") return MINGO;
    copy[name] = made;
  }
  return copy;
}

function listed(values: readonly unknown[]): unknown {
  const copies = values.map(copied);
  return copies.includes(MINGO) ? MINGO : copies;
}

/** Applies one operator where it only sets, adds or takes the smaller; false, and nothing is changed, where it is more. */
export function plainApply(operator: string, fields: Fields, doc: object): boolean {
  const update = Object.hasOwn(UPDATE, operator) ? UPDATE[operator] : undefined;
  if (!update) return false;
  const writes: [path: string, value: unknown][] = [];
  for (const [path, operand] of Object.entries(fields)) {
    if (STRANGE.test(path) || path.startsWith("$") || path.includes(".$")) return false;
    const parent = path.lastIndexOf(".");
    if (parent !== -1 && at(doc, path.slice(0, parent)) === LIST) return false;
    const found = at(doc, path);
    // To set a list as a whole is plain; to count within one is not.
    if (found === LIST && operator !== "$set") return false;
    const value = update(found, operand);
    if (value === MINGO) return false;
    writes.push([path, value]);
  }
  for (const [path, value] of writes) put(doc as Fields, path, value);
  return true;
}

function put(doc: Fields, path: string, value: unknown): void {
  const steps = path.split(".");
  const last = steps.pop() as string;
  let part = doc;
  for (const step of steps) {
    part[step] ??= {};
    part = part[step] as Fields;
  }
  part[last] = value;
}
