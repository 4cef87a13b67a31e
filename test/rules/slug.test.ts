import fc from "fast-check";
import { Slug } from "../../services/products/products.contract.ts";
import { categorySteps, numbered, slugOf } from "../../services/products/slug.ts";

test.each([
  ["Trail jacket", "trail-jacket"],
  ["  Crème brûlée — 2 Stück ", "creme-brulee-2-stuck"],
  ["Straße & Ærø", "strasse-and-aero"],
  ['HP™ Pavilion® 17"', "hp-pavilion-17"],
  ["Don't panic", "dont-panic"],
  ["Łódź", "lodz"],
])("the slug of %s is %s", (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});

test("a long name is cut between words, with room for a number", () => {
  const slug = slugOf("extraordinarily long ".repeat(20));
  expect(slug.length).toBeLessThanOrEqual(110);
  expect(slug).toMatch(/^(extraordinarily-long-)+(extraordinarily|extraordinarily-long)$/);
});

test("names without a letter of ours have slugs of their own, always the same", () => {
  expect(slugOf("東京")).toBe(slugOf("東京"));
  expect(slugOf("東京")).not.toBe(slugOf("大阪"));
});

test("whatever a name is, its numbered slug is a slug", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 300 }),
      fc.integer({ min: 1, max: 99_999 }),
      (name, attempt) => {
        expect(Slug.safeParse(numbered(slugOf(name), attempt)).success).toBe(true);
      },
    ),
  );
});

test("the first has the slug alone, the others are numbered from two", () => {
  expect([1, 2, 3].map((attempt) => numbered("lamp", attempt))).toEqual(["lamp", "lamp-2", "lamp-3"]);
});

test("a path of category names becomes a path of slugs, each step with its name", () => {
  expect(categorySteps(["Electronics", "Print, Copy & Scan"])).toEqual([
    { path: "electronics", name: "Electronics" },
    { path: "electronics/print-copy-and-scan", name: "Print, Copy & Scan" },
  ]);
});
