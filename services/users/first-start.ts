import type { Collection } from "../../mixins/store/collection.ts";
import { typeOf } from "../shared/errors.ts";
import type { Account } from "./user.documents.ts";

/** The same id on every node, so that of those that start at once only one makes the account. */
export const FIRST_ADMINISTRATOR = "00000000-0000-7000-8000-000000000001";

/** What a new account has beside its address, name and password. */
export const fresh = { roles: [], disabled: false, addresses: [], sessions: {} };

/** Makes the first administrator where there has never been one; null where there has. */
export async function firstAdministrator(
  accounts: Collection<Account>,
  email: string,
  hash: () => Promise<string>,
): Promise<Account | null> {
  if (await accounts.get(FIRST_ADMINISTRATOR)) return null;
  const account = {
    ...fresh,
    id: FIRST_ADMINISTRATOR,
    email: email.toLowerCase(),
    name: "Administrator",
    passwordHash: await hash(),
  };
  return accounts.insert(account).catch((error) => {
    // Another node was faster.
    if (typeOf(error) === "ACCOUNTS_TAKEN") return null;
    throw error;
  });
}
