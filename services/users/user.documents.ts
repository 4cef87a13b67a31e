import { z } from "zod";
import type { CollectionSpec, Doc } from "../../mixins/store/collection.ts";

/** Somebody who can sign in; `email` is in lower case. */
export const Account = z.looseObject({
  id: z.uuid(),
  email: z.email(),
  name: z.string(),
  passwordHash: z.string(),
  roles: z.array(z.string()),
});
export type Account = z.output<typeof Account> & Doc;

export const accountsSpec: CollectionSpec<Account> & { name: "accounts" } = {
  name: "accounts",
  version: 1,
  schema: Account as unknown as z.ZodType<Account>,
  indexes: [{ keys: ["email"], unique: true }],
};

/** A sealed signing key. Its id is its place in the row of keys, so that of several nodes only one makes each. */
export const KeyDocument = z.looseObject({
  id: z.string(),
  kid: z.string(),
  iv: z.string(),
  tag: z.string(),
  data: z.string(),
});
export type KeyDocument = z.output<typeof KeyDocument> & Doc;

export const signingKeysSpec: CollectionSpec<KeyDocument> & { name: "signingKeys" } = {
  name: "signingKeys",
  version: 1,
  schema: KeyDocument as unknown as z.ZodType<KeyDocument>,
  indexes: [],
};
