import { z } from "zod";
import { cluster } from "../../services/cluster.ts";
import type { ServiceContract } from "../../services/contract.ts";
import { loosen, parse } from "../../services/validation.ts";

const inner = z.strictObject({ size: z.int() });
const outer = z.strictObject({ name: z.string().trim().min(1), inner: inner.optional() });
const extra = { name: "n", colour: "red", inner: { size: 1, lid: true } };
const plain = { name: "n", inner: { size: 1 } };

interface Tree {
  name: string;
  children: Tree[];
}
const Tree: z.ZodType<Tree> = z.strictObject({
  name: z.string(),
  get children() {
    return z.array(Tree);
  },
});

const shapes: [string, z.ZodType, unknown, unknown][] = [
  ["an object", outer, extra, plain],
  ["an extended one", outer.extend({ more: z.boolean().default(true) }), extra, { ...plain, more: true }],
  ["a partial one", outer.partial(), extra, plain],
  ["a part of one", outer.pick({ inner: true }), extra, { inner: plain.inner }],
  ["a refined one", outer.refine(({ name }) => name !== "x"), extra, plain],
  ["a list", z.array(outer).max(2), [extra], [plain]],
  ["an optional one", z.strictObject({ in: outer.optional() }), { in: extra }, { in: plain }],
  ["a nullable one", outer.nullable(), extra, plain],
  ["a nullish one", outer.nullish(), extra, plain],
  ["one with a default", z.strictObject({ in: outer.default(plain) }), { x: 1 }, { in: plain }],
  ["a map", z.record(z.string(), outer), { key: extra }, { key: plain }],
  ["either of two", z.union([z.string(), outer]), extra, plain],
  [
    "one of several kinds",
    z.discriminatedUnion("kind", [inner.extend({ kind: z.literal("a") }), outer.extend({ kind: z.literal("b") })]),
    { ...extra, kind: "b" },
    { ...plain, kind: "b" },
  ],
  ["a pair", z.tuple([outer, inner]), [extra, { size: 2, x: 1 }], [plain, { size: 2 }]],
  ["a transformed one", outer.transform(({ name }) => name), extra, "n"],
  ["a read-only one", outer.readonly(), extra, plain],
  ["one that is looked up later", z.lazy(() => outer), extra, plain],
  [
    "one that holds itself",
    Tree,
    { name: "a", x: 1, children: [{ name: "b", x: 2, children: [] }] },
    { name: "a", children: [{ name: "b", children: [] }] },
  ],
];

test.each(shapes)("%s is strict at the edges and loose inside", (_, schema, given, expected) => {
  const bare = JSON.stringify(given) === JSON.stringify({ x: 1 }) ? {} : expected;
  expect(() => parse(schema, given)).toThrow("Some fields are not valid");
  expect(parse(loosen(schema), given)).toEqual(expected);
  if (typeof bare === "object") expect(parse(schema, bare)).toEqual(expected);
});

test("a loose copy refuses what does not fit as the original does", () => {
  const refined = outer.refine(({ name }) => name !== "x", "no x");
  for (const wrong of [{}, { name: "" }, { name: 1 }, { name: "n", inner: {} }, { name: "x" }, null, "text"]) {
    expect(z.safeParse(refined, wrong).success).toBe(false);
    expect(z.safeParse(loosen(refined), wrong).success).toBe(false);
  }
});

test("a loose copy is made once, and what is loose already is left as it is", () => {
  expect(loosen(outer)).toBe(loosen(outer));
  expect(loosen(z.object({ a: z.string() })).safeParse({ a: "a", b: 1 })).toMatchObject({ data: { a: "a" } });
  const loose = z.looseObject({ a: z.string() });
  expect(loosen(loose)).toBe(loose);
});

test("every contract's params, results and events have a loose copy", () => {
  for (const { actions, events = {} } of cluster as readonly ServiceContract[]) {
    for (const { params, returns } of Object.values(actions)) {
      for (const schema of [params, returns]) if (schema) expect(loosen(schema)._zod).toBeDefined();
    }
    for (const schema of Object.values(events)) expect(loosen(schema)._zod).toBeDefined();
  }
});

const problems = (schema: z.ZodType, value: unknown): unknown => {
  try {
    return parse(schema, value);
  } catch (error) {
    return (error as { code: number; type: string; data: unknown }).data;
  }
};

test("each field that does not fit is told by its path", () => {
  const schema = z.strictObject({ lines: z.array(outer), currency: z.string().regex(/^[A-Z]{3}$/, "three capitals") });
  const told = problems(schema, { lines: [plain, { name: "", inner: { size: 1.5, lid: 1 } }], currency: "usd", x: 1 });
  expect(told).toEqual({
    errors: expect.arrayContaining([
      { path: "lines.1.name", message: expect.any(String) },
      { path: "lines.1.inner.size", message: expect.any(String) },
      { path: "lines.1.inner.lid", message: "Unknown field" },
      { path: "currency", message: "three capitals" },
      { path: "x", message: "Unknown field" },
    ]),
  });
});

test("a missing body, another type of body and a missing field are told as such", () => {
  expect(problems(outer, undefined)).toMatchObject({ errors: [{ path: "" }] });
  expect(problems(outer, [])).toMatchObject({ errors: [{ path: "" }] });
  expect(problems(outer, {})).toMatchObject({ errors: [{ path: "name" }] });
  expect(() => parse(outer, {})).toThrow(expect.objectContaining({ code: 422, type: "VALIDATION_ERROR" }));
});

test("a key that objects inherit is a field like any other", () => {
  const map = z.record(z.string(), z.int());
  expect(Object.keys(parse(map, JSON.parse('{"constructor": 1}')))).toEqual(["constructor"]);
  expect(problems(outer, JSON.parse('{"name": "n", "__proto__": {"size": 1}}'))).toMatchObject({
    errors: [{ path: "__proto__", message: "Unknown field" }],
  });
});
