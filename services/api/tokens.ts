import type { Meta } from "../access.ts";
import { unauthorized } from "../shared/errors.ts";
import { needsKey, verifyToken } from "../users/token.ts";
import type { PublicKey } from "../users/users.contract.ts";

const FRESH = 10 * 60_000;
/** An unknown key id is no reason to ask again at once: anybody can make one up. */
const ASK_AGAIN = 1_000;
const REMEMBERED = 10_000;

export type Identity = Readonly<Pick<Meta, "userId" | "permissions" | "sessionId">>;

interface Options {
  keys(): Promise<readonly PublicKey[]>;
  issuer: string;
  /** How many tokens are known at most. */
  remembered?: number;
  now?(): number;
}

const NOBODY: Identity = {};

/**
 * Tells who a request comes from, by its `Authorization` header and the keys of `users`; nobody where there is none. A
 * token that was verified once is known until it expires, or its key is gone.
 */
export class Authenticator {
  readonly #options: Options;
  readonly #now: () => number;
  #keys: readonly PublicKey[] = [];
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | undefined;
  /** By the whole header. */
  readonly #known = new Map<string, { identity: Identity; until: number }>();

  constructor(options: Options) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** How many tokens are known. */
  get size(): number {
    return this.#known.size;
  }

  /** Who it is, where that is known without looking into the token. */
  recall(authorization: string | undefined): Identity | undefined {
    if (authorization === undefined) return NOBODY;
    const known = this.#known.get(authorization);
    if (known === undefined) return undefined;
    const now = this.#now();
    if (now < known.until && now - this.#fetchedAt <= FRESH) return known.identity;
    this.#known.delete(authorization);
    return undefined;
  }

  async identify(authorization: string | undefined): Promise<Identity> {
    const recalled = this.recall(authorization);
    if (recalled || authorization === undefined) return recalled ?? NOBODY;
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1];
    if (!token) throw unauthorized("TOKEN_INVALID", "The Authorization header must be `Bearer` and an access token");
    const age = this.#now() - this.#fetchedAt;
    if (age > FRESH || (age > ASK_AGAIN && needsKey(token, this.#keys))) await this.#refresh();
    const { issuer } = this.#options;
    const { sub, sid, permissions, exp } = verifyToken(token, this.#keys, { issuer, now: this.#now() });
    const identity = { userId: sub, sessionId: sid, permissions };
    this.#remember(authorization, { identity, until: exp * 1_000 });
    return identity;
  }

  #remember(authorization: string, known: { identity: Identity; until: number }): void {
    const { remembered = REMEMBERED } = this.#options;
    if (this.#known.size >= remembered) this.#known.delete(this.#known.keys().next().value as string);
    this.#known.set(authorization, known);
  }

  #refresh(): Promise<void> {
    this.#fetching ??= this.#options
      .keys()
      .then((keys) => {
        const kept = new Set(keys.map(({ kid }) => kid));
        if (this.#keys.some(({ kid }) => !kept.has(kid))) this.#known.clear();
        this.#keys = keys;
        this.#fetchedAt = this.#now();
      })
      .finally(() => {
        this.#fetching = undefined;
      });
    return this.#fetching;
  }
}
