import type { Meta } from "../access.ts";
import { unauthorized } from "../shared/errors.ts";
import { needsKey, verifyToken } from "../users/token.ts";
import type { PublicKey } from "../users/users.contract.ts";

const FRESH = 10 * 60_000;
/** An unknown key id is no reason to ask again at once: anybody can make one up. */
const ASK_AGAIN = 1_000;

type Identity = Pick<Meta, "userId" | "permissions" | "sessionId">;

/** Tells who a request comes from, by its `Authorization` header and the keys of `users`; nobody where there is none. */
export function authenticator({ keys: fetch, issuer }: { keys(): Promise<readonly PublicKey[]>; issuer: string }) {
  let keys: readonly PublicKey[] = [];
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;

  const refresh = (): Promise<void> => {
    fetching ??= fetch()
      .then((fetched) => {
        keys = fetched;
        fetchedAt = Date.now();
      })
      .finally(() => {
        fetching = undefined;
      });
    return fetching;
  };

  return async function identify(authorization: string | undefined): Promise<Identity> {
    if (authorization === undefined) return {};
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1];
    if (!token) throw unauthorized("TOKEN_INVALID", "The Authorization header must be `Bearer` and an access token");
    const age = Date.now() - fetchedAt;
    if (age > FRESH || (age > ASK_AGAIN && needsKey(token, keys))) await refresh();
    const { sub, sid, permissions } = verifyToken(token, keys, { issuer });
    return { userId: sub, sessionId: sid, permissions };
  };
}
