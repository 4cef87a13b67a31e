import { z } from "zod";

/** Shapes that several contracts use. */
export const Id = z.uuid();
export const Time = z.iso.datetime();

/** What names a thing that can be bought: all of it visible. No `.` or `$`: it is a key inside documents. */
export const Sku = z
  .string()
  .min(1)
  .max(64)
  .regex(
    /^(?!__proto__$)[^\s.$/\p{Cc}\p{Cf}\p{Cs}]+$/u,
    "no spaces, dots, slashes, dollar signs or characters that cannot be seen",
  );

export const Quantity = z.int().min(1).max(10_000);

/** What people write on one line; nothing that would break it or cannot be written at all. */
const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u, "one line, without control characters");

export const Address = z.strictObject({
  name: line(200).min(1),
  company: line(200).optional(),
  line1: line(200).min(1),
  line2: line(200).optional(),
  city: line(100).min(1),
  region: line(100).optional(),
  postalCode: line(20).min(1),
  /** ISO 3166-1 alpha-2. */
  country: z.string().regex(/^[A-Z]{2}$/, "two capital letters, as in ISO 3166-1"),
  phone: line(40).optional(),
});
export type Address = z.output<typeof Address>;

export const Email = z.email().max(254);

/** How lists are asked for: `limit` up to 100 and the opaque `nextCursor` of the page before. */
export const paging = { limit: z.int().min(1).max(100).default(20), cursor: z.string().max(2_000).optional() };

export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable(), total: z.int() });

/** What a service's audit found: rules that do not hold, and the figures it counted on the way. */
export const Findings = z.object({
  findings: z.array(z.object({ rule: z.string(), subject: z.string(), detail: z.string() })),
  figures: z.record(z.string(), z.number()),
});
export type Findings = z.output<typeof Findings>;

/** How a service's rules stand: what is broken, how many subjects wait for a look, how many looks there were. */
export const Invariants = z.object({
  broken: Findings.shape.findings,
  waiting: z.int(),
  looks: z.int(),
});

/** What a repair mended, and how; what it left for the next one, and why. */
export const Repairs = z.object({ repairs: Findings.shape.findings, left: Findings.shape.findings.optional() });
export type Repairs = z.output<typeof Repairs>;
