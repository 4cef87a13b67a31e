import type { Meta } from "../../services/access.ts";
import type { Actions } from "../../services/cluster.ts";
import type { Caller } from "../../services/contract.ts";
import { verifyToken } from "../../services/users/token.ts";
import type { SignedIn } from "../../services/users/users.contract.ts";
import service from "../../services/users/users.service.ts";
import { startServices, type TestShop } from "./services.ts";

export const adminEmail = "admin@example.com";
export const password = "correct horse battery";

/** The users service with the lowest cost that bcrypt knows: these tests are not about how long a hash takes. */
export function startUsers(names = "users", env: Record<string, string> = {}): Promise<TestShop> {
  Object.assign(service.settings as object, { passwordCost: 4 });
  return startServices(names, env);
}

export interface Someone extends SignedIn {
  meta: Meta;
  /** Calls as the gateway does for this access token. */
  calls: Caller<Actions>;
}

/** What the gateway makes of the access token in this answer. */
export async function identified(shop: TestShop, signedIn: SignedIn): Promise<Someone> {
  const { keys } = await shop.as({}).call("users.keys");
  const { sub, sid, permissions } = verifyToken(signedIn.accessToken, keys, {
    issuer: shop.platform.environment.PUBLIC_URL,
  });
  const meta = { userId: sub, sessionId: sid, permissions };
  return { ...signedIn, meta, calls: shop.as(meta) };
}

let people = 0;
/** A customer of their own for each test. */
export async function newCustomer(shop: TestShop): Promise<Someone> {
  const email = `customer-${++people}@example.com`;
  return identified(shop, await shop.as({}).call("users.register", { email, password, name: `Customer ${people}` }));
}

export const signInAs = async (shop: TestShop, email: string, secret = password): Promise<Someone> =>
  identified(shop, await shop.as({}).call("users.login", { email, password: secret }));

export const administrator = (shop: TestShop): Promise<Someone> => signInAs(shop, adminEmail);
