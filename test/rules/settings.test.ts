import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  defaultsIn,
  difference,
  effective,
  formOf,
  Settings,
  shapes,
  Wishes,
  wished,
  wishesFor,
} from "../../services/config/settings.ts";

const defaults = defaultsIn({ MAIL_FROM: undefined });

test("the defaults are settings as the form wants them", () => {
  expect(Settings.parse(defaults)).toEqual(defaults);
});

test("the shop has the name that MAIL_FROM gives it", () => {
  expect(defaultsIn({ MAIL_FROM: { name: "Fell & Fjord", address: "a@b.example" } })["shop.name"]).toBe("Fell & Fjord");
  expect(defaultsIn({ MAIL_FROM: { name: "", address: "a@b.example" } })["shop.name"]).toBe("Molecart");
});

test("a shop's own value goes before the default, and null brings the default back", () => {
  const own = wished([], { "tax.rate": 825, "cart.maxLines": 5 }, defaults);
  expect(effective(own, defaults)).toEqual({ ...defaults, "tax.rate": 825, "cart.maxLines": 5 });
  const after = wished(own, { "tax.rate": null }, defaults);
  expect(effective(after, defaults)).toEqual({ ...defaults, "cart.maxLines": 5 });
});

test("a form that sends everything pins nothing that is a default anyway", () => {
  expect(wished([], { ...defaults, "tax.rate": 825 }, defaults)).toEqual([{ name: "tax.rate", value: 825 }]);
});

test("a stored value that no longer fits gives way to the default", () => {
  const own = [
    { name: "tax.rate", value: "8 %" },
    { name: "cart.maxLines", value: 7 },
    { name: "constructor", value: 1 },
  ];
  expect(effective(own, defaults)).toEqual({ ...defaults, "cart.maxLines": 7 });
});

test("a setting of another release is kept and not shown", () => {
  const own = [{ name: "gifts.wrapping", value: true }];
  expect(wished(own, { "tax.rate": 825 }, defaults)).toContainEqual({ name: "gifts.wrapping", value: true });
  expect(effective(own, defaults)).toEqual(defaults);
});

test("a difference names each setting with what it was and what it is", () => {
  expect(difference(defaults, { ...defaults, "tax.rate": 825, "tax.included": true })).toEqual([
    { name: "tax.rate", from: 0, to: 825 },
    { name: "tax.included", from: false, to: true },
  ]);
});

test("what held once can be asked for again; what was not known then holds by its default", () => {
  const wishes = wishesFor([{ name: "tax.rate", value: 825 }], defaults);
  const now = wished([{ name: "cart.maxLines", value: 7 }], Wishes.parse(wishes), defaults);
  expect(effective(now, defaults)).toEqual({ ...defaults, "tax.rate": 825 });
});

test.each([
  ["a tax rate in words", { "tax.rate": "8 %" }],
  ["a tax rate with a fraction", { "tax.rate": 8.25 }],
  ["a negative tax rate", { "tax.rate": -1 }],
  ["a tax above the price", { "tax.rate": 10_001 }],
  ["yes for true", { "tax.included": "yes" }],
  ["no shipping method", { "shipping.methods": [] }],
  ["a method twice", { "shipping.methods": [1, 2].map((amount) => ({ code: "post", name: "Post", amount })) }],
  ["a method that pays the shopper", { "shipping.methods": [{ code: "post", name: "Post", amount: -1 }] }],
  ["a cart without lines", { "cart.maxLines": 0 }],
  ["more than a line can hold", { "cart.maxQuantity": 10_001 }],
  ["a time zone that is nowhere", { "shop.timezone": "Mars/Olympus" }],
  ["a name of two lines", { "shop.name": "Shop\r\nBcc: everybody@example.com" }],
  ["an empty name", { "shop.name": "  " }],
  ["a setting that does not exist", { "tax.rat": 1 }],
  ["a setting named like a part of every object", JSON.parse('{"__proto__": 1, "constructor": 2}')],
])("%s is refused", (_, values) => {
  expect(Wishes.safeParse(values).success).toBe(false);
});

test("the form says of every setting what it is, what it may be and its default", () => {
  const { properties, additionalProperties } = formOf(defaults) as {
    properties: Record<string, { description: string; default: unknown; type: string }>;
    additionalProperties: boolean;
  };
  expect(Object.keys(properties)).toEqual(Object.keys(shapes));
  expect(additionalProperties).toBe(false);
  for (const [name, { description, type, default: value }] of Object.entries(properties)) {
    expect([name, description.endsWith("."), typeof type]).toEqual([name, true, "string"]);
    expect(value).toEqual(defaults[name as keyof Settings]);
  }
  expect(properties["tax.rate"]).toMatchObject({ type: "integer", minimum: 0, maximum: 10_000 });
});

test("the page about settings names them all, with their defaults and what they do", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/settings.md"), "utf8");
  const cell = (value: unknown) =>
    Array.isArray(value) ? value.map(({ code, amount }) => `${code} ${amount}`).join(", ") : String(value);
  const rows = Object.entries(shapes).map(
    ([name, { description }]) => `| \`${name}\` | ${cell(defaults[name as keyof Settings])} | ${description} |`,
  );
  expect(page.split("\n").filter((row) => row.startsWith("| `"))).toEqual(rows);
});
