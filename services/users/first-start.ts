import type { Collection } from "../../mixins/store/collection.ts";
import { EnvironmentError } from "../shared/environment.ts";
import { typeOf } from "../shared/errors.ts";
import { generateKey, publicKeyOf, seal, unseal } from "./signing-key.ts";
import type { SigningKey } from "./token.ts";
import type { Account, KeyDocument } from "./user.documents.ts";
import type { PublicKey } from "./users.contract.ts";

/** The same id on every node, so that of those that start at once only one makes the account. */
export const FIRST_ADMINISTRATOR = "00000000-0000-7000-8000-000000000001";
const FIRST_KEY = "1";

/** Ignores that another node was faster. */
const unlessTaken = (type: string) => (error: unknown) => {
  if (typeOf(error) === type) return null;
  throw error;
};

/** Makes the first administrator where there has never been one; null where there has. */
export async function firstAdministrator(
  accounts: Collection<Account>,
  email: string,
  hash: () => Promise<string>,
): Promise<Account | null> {
  if (await accounts.get(FIRST_ADMINISTRATOR)) return null;
  const account = {
    id: FIRST_ADMINISTRATOR,
    email: email.toLowerCase(),
    name: "Administrator",
    passwordHash: await hash(),
    roles: ["administrator"],
  };
  return accounts.insert(account).catch(unlessTaken("ACCOUNTS_TAKEN"));
}

export interface Keys {
  /** What tokens are signed with. */
  signing: SigningKey;
  published: PublicKey[];
}

/** The shop's signing keys, the same on every node; the first is made where there is none. */
export async function openKeys(documents: Collection<KeyDocument>, secret: string): Promise<Keys> {
  if (!(await documents.get(FIRST_KEY))) {
    const sealed = seal(generateKey(), secret);
    await documents.insert({ id: FIRST_KEY, ...sealed }).catch(unlessTaken("SIGNINGKEYS_TAKEN"));
  }
  const stored = (await documents.get(FIRST_KEY)) as KeyDocument;
  try {
    const privateKey = unseal(stored, secret);
    return { signing: { kid: stored.kid, privateKey }, published: [publicKeyOf(privateKey)] };
  } catch {
    throw new EnvironmentError("SECRET_KEY: not the one that the signing keys in this data were stored with");
  }
}
