import type { Json } from "./json-schema.ts";

/** Of each limit, whether a larger one lets less through. */
const LIMITS: Record<string, boolean> = {
  minimum: true,
  exclusiveMinimum: true,
  minLength: true,
  minItems: true,
  maximum: false,
  exclusiveMaximum: false,
  maxLength: false,
  maxItems: false,
};

/** What goes from one release to the other: as who writes knows it, and as who reads it. */
export interface Way {
  older: Json[];
  newer: Json[];
  byNewer: boolean;
}

/** Values that the one may write and the other refuses, though they are of the right type; in words. */
export function refusedValues({ older, newer, byNewer }: Way): string[] {
  const [writers, readers] = byNewer ? [older, newer] : [newer, older];
  const [written, read] = [choicesOf(writers), choicesOf(readers)];
  if (read) {
    if (!written) return [byNewer ? `takes only ${[...read].join(", ")} now` : "may be anything now"];
    const refused = [...written].filter((value) => !read.has(value)).join(", ");
    return refused ? [byNewer ? `no longer takes ${refused}` : `may be ${refused} now`] : [];
  }
  const [before, after] = [older[0], newer[0]];
  const [writer, reader] = [writers[0], readers[0]];
  // Of several forms of one type nobody knows which was which.
  if (!before || !after || !writer || !reader || older.length > 1 || newer.length > 1) return [];
  const limits = Object.keys(LIMITS).filter((limit) => letsLessThrough(limit, writer[limit], reader[limit]));
  const forms = formsOf(reader).some((form) => !formsOf(writer).includes(form));
  return [
    ...limits.map((limit) => `has ${limit} ${after[limit] ?? "no more"} where it was ${before[limit] ?? "none"}`),
    ...(forms ? ["has another pattern"] : []),
  ];
}

/** The values that a list names; null where others fit, too. */
function choicesOf(schemas: Json[]): Set<unknown> | null {
  const lists = schemas.map((one) => ("const" in one ? [one.const] : one.enum));
  return lists.length && lists.every(Array.isArray) ? new Set(lists.flat()) : null;
}

function letsLessThrough(limit: string, written: unknown, read: unknown): boolean {
  if (typeof read !== "number") return false;
  if (typeof written !== "number") return true;
  return LIMITS[limit] ? read > written : read < written;
}

/** What a text must look like. Of a known format the pattern is the library's, which may improve it. */
function formsOf({ format, pattern, allOf, multipleOf }: Json): string[] {
  const own = format === undefined ? pattern : `format ${format}`;
  const more = Array.isArray(allOf) ? (allOf as Json[]).flatMap(formsOf) : [];
  const step = multipleOf === undefined ? [] : [`multiple of ${multipleOf}`];
  return [...(own === undefined ? [] : [String(own)]), ...more, ...step];
}
