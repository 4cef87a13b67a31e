import { z } from "zod";
import type { CollectionSpec, Doc } from "../../mixins/store/collection.ts";
import { SavedAddress } from "./users.contract.ts";

/** A device that is signed in, and the refresh tokens that came one out of another: only the last one is good. */
export const Session = z.object({
  tokenHash: z.string(),
  /** The one before, and the key of the request that used it up. */
  usedHash: z.string().nullable(),
  usedBy: z.string().nullable(),
  createdAt: z.string(),
  usedAt: z.string(),
  expiresAt: z.string(),
});
export type Session = z.output<typeof Session>;

/**
 * Somebody who can sign in; `email` is in lower case. Sessions are part of it, so that a new password or a disabled
 * account ends them in the same write.
 */
export const Account = z.looseObject({
  id: z.uuid(),
  email: z.email(),
  name: z.string(),
  passwordHash: z.string(),
  /** All but `administrator`: who has that, the roster says. */
  roles: z.array(z.string()),
  disabled: z.boolean(),
  addresses: z.array(SavedAddress),
  sessions: z.record(z.uuid(), Session),
});
export type Account = z.output<typeof Account> & Doc;

export const accountsSpec: CollectionSpec<Account> & { name: "accounts" } = {
  name: "accounts",
  version: 2,
  upgrades: {
    // Until then the first administrator was the only account, and the roster begins with that one.
    2: (account) => ({ ...account, roles: [], disabled: false, addresses: [], sessions: {} }),
  },
  schema: Account as unknown as z.ZodType<Account>,
  indexes: [
    { keys: ["email"], unique: true },
    { keys: ["roles"], many: true },
  ],
};

/** Who are administrators, in one document: only so can one guarded write see to it that there is always one. */
export const Roster = z.looseObject({ id: z.string(), accounts: z.array(z.uuid()) });
export type Roster = z.output<typeof Roster> & Doc;

export const rostersSpec: CollectionSpec<Roster> & { name: "rosters" } = {
  name: "rosters",
  version: 1,
  schema: Roster as unknown as z.ZodType<Roster>,
  indexes: [],
};

/** A role that this shop made; its id is its name. */
export const RoleDocument = z.looseObject({ id: z.string(), permissions: z.array(z.string()) });
export type RoleDocument = z.output<typeof RoleDocument> & Doc;

export const rolesSpec: CollectionSpec<RoleDocument> & { name: "roles" } = {
  name: "roles",
  version: 1,
  schema: RoleDocument as unknown as z.ZodType<RoleDocument>,
  indexes: [],
};

/** A sealed signing key. Its id is its place in the row of keys, so that of several nodes only one makes each. */
export const KeyDocument = z.looseObject({
  id: z.string(),
  kid: z.string(),
  iv: z.string(),
  tag: z.string(),
  data: z.string(),
  /** Published at once, but not used before this, when everybody has seen it. */
  signsFrom: z.string(),
});
export type KeyDocument = z.output<typeof KeyDocument> & Doc;

export const signingKeysSpec: CollectionSpec<KeyDocument> & { name: "signingKeys" } = {
  name: "signingKeys",
  version: 2,
  upgrades: { 2: (key) => ({ ...key, signsFrom: key.createdAt, dueAt: key.createdAt }) },
  schema: KeyDocument as unknown as z.ZodType<KeyDocument>,
  indexes: [{ keys: ["dueAt"] }],
};
