import { z } from "zod";
import type { Environment } from "../shared/environment.ts";

/** Without control characters, nor those that turn the direction of what follows. */
const label = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}\u200E\u200F\u202A-\u202E\u2066-\u2069]*$/u, "one line of plain text");

const timezone = z
  .string()
  .max(60)
  .refine(isTimezone, "not a time zone of the IANA database, as `Europe/Paris`")
  .describe("The time zone of the dates in mails, as the IANA database names it.");

const shippingMethods = z
  .array(
    z.strictObject({
      code: z
        .string()
        .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "small letters, digits and hyphens")
        .max(60),
      name: label(100),
      amount: z.int().min(0).max(100_000_000).describe("In minor units of the shop's currency."),
    }),
  )
  .min(1)
  .max(50)
  .refine((methods) => new Set(methods.map(({ code }) => code)).size === methods.length, "each code once")
  .describe("How orders are shipped and for how much; the cheapest is taken where the shopper names none.");

/** Every setting by its name: what it may be, and in one sentence what it does. */
export const shapes = {
  "shop.name": label(100).describe("The shop's name in mails."),
  "shop.timezone": timezone,
  "tax.rate": z.int().min(0).max(10_000).describe("The tax on goods in basis points: 825 is 8.25 %."),
  "tax.included": z.boolean().describe("Whether prices contain the tax already."),
  "shipping.methods": shippingMethods,
  "inventory.lowStock": z.int().min(0).max(1_000_000).describe("At or under this many a SKU is listed as low."),
  "cart.maxLines": z.int().min(1).max(1_000).describe("How many different SKUs a cart takes."),
  "cart.maxQuantity": z.int().min(1).max(10_000).describe("How many of one SKU a cart takes."),
  "cart.forgottenAfterDays": z.int().min(1).max(3_650).describe("Days after which a guest's untouched cart is gone."),
  "gateway.requestsPerSecond": z.int().min(1).max(1_000_000).describe("Requests a second that one address may make."),
  "gateway.signInsPerMinute": z
    .int()
    .min(1)
    .max(1_000_000)
    .describe("Sign-ins a minute, by one address and to one account."),
} as const;

export type SettingName = keyof typeof shapes;
export const Settings = z.strictObject(shapes);
export type Settings = z.output<typeof Settings>;

/** What one change asks for: null takes the shop's own value away, and the default holds again. */
export const Wishes = z.strictObject(
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, shape.nullable().optional()])) as {
    [N in SettingName]: z.ZodOptional<z.ZodNullable<(typeof shapes)[N]>>;
  },
);
export type Wishes = z.output<typeof Wishes>;

/** Settings as they are stored: a list, because names have dots and keys of documents must not. */
export const Own = z.array(z.object({ name: z.string(), value: z.unknown() }));
export type Own = z.output<typeof Own>;
/** One setting's way through a change. */
export const Changed = z.object({ name: z.string(), from: z.unknown(), to: z.unknown() });
export type Changed = z.output<typeof Changed>;

/** What holds where the shop has set nothing; `MAIL_FROM` may name the shop. */
export const defaultsIn = ({ MAIL_FROM }: Pick<Environment, "MAIL_FROM">): Settings => ({
  "shop.name": MAIL_FROM?.name || "Molecart",
  "shop.timezone": "UTC",
  "tax.rate": 0,
  "tax.included": false,
  "shipping.methods": [
    { code: "standard", name: "Standard, 3–5 days", amount: 490 },
    { code: "express", name: "Express, next day", amount: 1_490 },
  ],
  "inventory.lowStock": 5,
  "cart.maxLines": 100,
  "cart.maxQuantity": 10_000,
  "cart.forgottenAfterDays": 30,
  "gateway.requestsPerSecond": 100,
  "gateway.signInsPerMinute": 10,
});

const isSetting = (name: string): name is SettingName => Object.hasOwn(shapes, name);

/** The settings as they hold: the shop's own where it has them and they still fit, or else the defaults. */
export function effective(own: Own, defaults: Settings): Settings {
  const fitting = own.filter(({ name, value }) => isSetting(name) && shapes[name].safeParse(value).success);
  return { ...defaults, ...Object.fromEntries(fitting.map(({ name, value }) => [name, value])) };
}

/**
 * What the shop has set itself after these wishes: only what differs from the defaults, so that a form which sends
 * everything pins nothing. A setting that this release does not know stays as it is.
 */
export function wished(own: Own, wishes: Wishes, defaults: Settings): Own {
  const after = new Map<string, unknown>(own.map(({ name, value }) => [name, value]));
  for (const [name, value] of Object.entries(wishes)) {
    if (value === null || same(value, defaults[name as SettingName])) after.delete(name);
    else if (value !== undefined) after.set(name, value);
  }
  return listed(after);
}

/** What to ask for so that the settings hold again as they once did; what was not known then, by its default. */
export function wishesFor(held: Own, defaults: Settings): Record<string, unknown> {
  const known = new Map<string, unknown>(held.map(({ name, value }) => [name, value]));
  const wish = (name: SettingName) => (same(known.get(name), defaults[name]) ? null : (known.get(name) ?? null));
  return Object.fromEntries(names.map((name) => [name, wish(name)]));
}

/** Every setting that holds differently afterwards. */
export const difference = (from: Settings, to: Settings): Changed[] =>
  names.filter((name) => !same(from[name], to[name])).map((name) => ({ name, from: from[name], to: to[name] }));

/** The form of the settings as JSON Schema (2020-12), with the defaults that hold here. */
export function formOf(defaults: Settings): Record<string, unknown> {
  const { properties = {}, ...form } = z.toJSONSchema(Settings);
  const withDefaults = names.map((name) => [name, { ...(properties[name] as object), default: defaults[name] }]);
  return { ...form, properties: Object.fromEntries(withDefaults) };
}

const names = Object.keys(shapes) as SettingName[];
export const listed = (values: ReadonlyMap<string, unknown>): Own =>
  [...values].map(([name, value]) => ({ name, value })).sort((a, b) => (a.name < b.name ? -1 : 1));
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function isTimezone(timeZone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone }));
  } catch {
    return false;
  }
}
