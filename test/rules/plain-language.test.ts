import fc from "fast-check";
import { Context } from "mingo/core";
import * as queryOperators from "mingo/operators/query";
import * as updateOperators from "mingo/operators/update";
import { Query } from "mingo/query";
import { plainApply, plainMatch } from "../../mixins/store/plain.ts";

const context = Context.init({ query: queryOperators } as never);
type Update = (fields: object) => (doc: object) => unknown;
const updates = updateOperators as unknown as Record<string, Update>;
const runs = { numRuns: 5_000 };

/** As JSON makes them. */
function objects<T>(keys: fc.Arbitrary<string>, values: fc.Arbitrary<T>, maxKeys = 3): fc.Arbitrary<Record<string, T>> {
  return fc.dictionary(keys, values, { maxKeys, noNullPrototype: true });
}
const scalar = fc.constantFrom<unknown>(0, 1, 2, -1, "", "a", "b", "1", true, false);
const value = fc.oneof(
  scalar,
  fc.constantFrom<unknown>(null, [], [1], ["a", 1], [{ b: 1 }]),
  objects(fc.constantFrom("b", "c"), fc.oneof(scalar, fc.constant(null), fc.constant([2]))),
);
const doc = objects(fc.constantFrom("a", "b", "c"), value);
const path = fc.constantFrom("a", "b", "c", "a.b", "a.c", "b.b", "c.b.c", "a.0", "constructor");
const condition = fc.oneof(
  scalar,
  fc.constant(null),
  objects(fc.constantFrom("$eq", "$ne", "$gt", "$gte", "$lt", "$lte"), fc.oneof(scalar, fc.constantFrom(null, [1])), 2),
  fc.record({ $exists: fc.boolean() }),
  fc.record({ $in: fc.array(fc.oneof(scalar, fc.constant(null)), { maxLength: 3 }) }),
);

const copy = <T>(it: T): T => JSON.parse(JSON.stringify(it)) as T;

test("a filter that is decided without mingo is decided as mingo does", () => {
  let decided = 0;
  fc.assert(
    fc.property(path, condition, doc, (field, wanted, it) => {
      const fits = plainMatch(field, wanted, it);
      if (fits === undefined) return;
      decided++;
      const theirs = new Query({ [field]: wanted } as never, { context }).test(it as never);
      expect({ field, wanted, it, fits }).toEqual({ field, wanted, it, fits: theirs });
    }),
    runs,
  );
  expect(decided).toBeGreaterThan(1_000);
});

/** What the callers of both have refused already: a path through what has no fields. */
function fits(it: Record<string, unknown>, fields: Record<string, unknown>): boolean {
  return Object.keys(fields).every((one) => {
    let part: unknown = it;
    for (const step of one.split(".").slice(0, -1)) {
      part = (part as Record<string, unknown>)[step];
      if (part === undefined) return true;
      if (typeof part !== "object" || part === null) return false;
    }
    return true;
  });
}

test.each([
  ["$set", value],
  ["$inc", fc.constantFrom<unknown>(1, -2, 0)],
  ["$min", fc.oneof(scalar, fc.constant(null))],
])("%s without mingo leaves the document that mingo leaves", (operator, operand) => {
  let done = 0;
  fc.assert(
    fc.property(path, operand, doc, (field, wanted, it) => {
      const fields = { [field]: wanted };
      if (!fits(it, fields)) return;
      const plain = copy(it);
      if (!plainApply(operator, fields, plain)) {
        expect(plain).toEqual(copy(it));
        return;
      }
      done++;
      const theirs = copy(it);
      updates[operator]?.(fields)(theirs);
      expect({ fields, it, after: plain }).toEqual({ fields, it, after: theirs });
    }),
    runs,
  );
  expect(done).toBeGreaterThan(200);
});

test("what was set is a copy: changing it afterwards changes no document", () => {
  const hold = { quantity: 1, parts: [{ sku: "A" }] };
  const it: Record<string, typeof hold> = {};
  expect(plainApply("$set", { hold }, it)).toBe(true);
  hold.parts[0] = { sku: "B" };
  expect(it.hold?.parts).toEqual([{ sku: "A" }]);
});

test("what is no plain value is left to mingo", () => {
  expect(plainApply("$set", { at: new Date(0) }, {})).toBe(false);
  expect(plainApply("$push", { list: 1 }, {})).toBe(false);
  expect(plainMatch("$or", [{ a: 1 }], { a: 1 })).toBeUndefined();
  expect(plainMatch("a", { $regex: "x" }, { a: "x" })).toBeUndefined();
  expect(plainMatch("a", { b: 1 }, { a: { b: 1 } })).toBeUndefined();
  expect(plainMatch("a", undefined, {})).toBeUndefined();
});
