import { z } from "zod";
import { defineContract } from "../contract.ts";
import { page, paging, Time } from "../shared/shapes.ts";
import { Settings, Wishes } from "./settings.ts";

const Rev = z.int().min(1);

export const SettingsChange = z.object({
  rev: Rev,
  at: Time,
  /** The id of who changed it; null for the shop itself and its operator. */
  by: z.string().nullable(),
  /** The revision that a rollback restored. */
  restored: Rev.nullable(),
  changed: z.record(z.string(), z.object({ from: z.unknown(), to: z.unknown() })),
});
export type SettingsChange = z.output<typeof SettingsChange>;

const Standing = z.object({ rev: Rev, values: Settings });

export const configContract = defineContract({
  name: "config",
  actions: {
    get: {
      summary: "The shop's settings as they hold, their defaults, and their form as JSON Schema.",
      returns: Standing.extend({ defaults: Settings, schema: z.record(z.string(), z.unknown()) }),
      access: "settings:read",
      idempotency: "read",
      rest: "GET /admin/settings",
    },
    update: {
      summary:
        "Changes the settings that are named, at once and on every node; null brings the default back. With `rev` only if nobody changed them since.",
      params: z.strictObject({ rev: Rev.optional(), values: Wishes }),
      returns: Standing,
      access: "settings:write",
      idempotency: "natural",
      rest: "PATCH /admin/settings",
    },
    history: {
      summary: "Every change of the settings, the latest first: who changed what from what to what.",
      params: z.strictObject(paging),
      returns: page(SettingsChange),
      access: "settings:read",
      idempotency: "read",
      rest: "GET /admin/settings/history",
    },
    rollback: {
      summary: "Makes the settings hold again as they did at an earlier revision; this is a change like any other.",
      params: z.strictObject({ to: Rev, rev: Rev.optional() }),
      returns: Standing,
      access: "settings:write",
      idempotency: "natural",
      rest: "POST /admin/settings/rollback",
    },
    values: {
      summary: "The settings as they hold, or null where `rev` is their revision still.",
      params: z.strictObject({ rev: z.int().min(0).optional() }),
      returns: Standing.nullable(),
      // The gateway lives by settings too.
      access: "edge",
      idempotency: "read",
    },
  },
  events: {
    /** The settings hold as `values` from now on. */
    "settings.changed": z.object({
      ...SettingsChange.shape,
      values: z.record(z.string(), z.unknown()),
    }),
  },
});
