import { z } from "zod";
import type { CollectionSpec, Doc } from "../../mixins/store/collection.ts";
import { Changed, Own } from "./settings.ts";

/** The one document: what the shop has set itself. Its `rev` is the settings' revision. */
export const SettingsDocument = z.looseObject({
  id: z.string(),
  own: Own,
  /** The call that made this revision: its repeat is no second change. */
  call: z.string().nullable(),
});
export type SettingsDocument = z.output<typeof SettingsDocument> & Doc;

/** Not `settings`: that is Moleculer's on every service. */
export const configSpec: CollectionSpec<SettingsDocument> & { name: "shopSettings" } = {
  name: "shopSettings",
  version: 1,
  schema: SettingsDocument as unknown as z.ZodType<SettingsDocument>,
  indexes: [],
};

/** A change, by the revision that it made, with everything that held afterwards. */
export const ChangeDocument = z.looseObject({
  id: z.string(),
  of: z.int(),
  at: z.string(),
  by: z.string().nullable(),
  restored: z.int().nullable(),
  changed: z.array(Changed),
  held: Own,
});
export type ChangeDocument = z.output<typeof ChangeDocument> & Doc;

export const historySpec: CollectionSpec<ChangeDocument> & { name: "settingsHistory" } = {
  name: "settingsHistory",
  version: 1,
  schema: ChangeDocument as unknown as z.ZodType<ChangeDocument>,
  indexes: [{ keys: ["of"] }],
};
