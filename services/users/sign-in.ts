import type { Collection } from "../../mixins/store/collection.ts";
import { conflict, forbidden, invalid, typeOf, unauthorized } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { fresh } from "./first-start.ts";
import { isOutdated, newPasswordProblem, nobodysHash, passwordProblem } from "./password.ts";
import type { PasswordPool } from "./password-pool.ts";
import * as tokens from "./refresh-token.ts";
import type { Account } from "./user.documents.ts";

/** Who came in, and the refresh token of the session that is theirs. */
export interface Opened {
  account: Account;
  sessionId: string;
  refreshToken: string;
}

interface Parts {
  accounts: Collection<Account>;
  passwords: PasswordPool;
  /** bcrypt's. */
  cost: number;
  isDisabled(account: Account): Promise<boolean>;
  /** Seals refresh tokens. */
  secret: string;
}

/** A password may be changed while it is compared: then it is compared again. */
const ROUNDS = 5;

export const normal = (email: string): string => email.trim().toLowerCase();
const atPassword = (problem: string, field = "password") => invalid([{ path: [field], message: problem }]);
const wrong = () => unauthorized("CREDENTIALS_INVALID", "The e-mail address or the password is wrong");

/** How sessions begin, go on and end; each step is one guarded write on the account. */
export class SignIn {
  readonly #in: Parts;

  constructor(parts: Parts) {
    this.#in = parts;
  }

  /** Makes the account with its first session. The hash comes first: a taken address is told no sooner than a free one. */
  async register(person: { email: string; password: string; name: string }, now = Date.now()): Promise<Opened> {
    const email = normal(person.email);
    const passwordHash = await this.hash(person.password, email);
    const id = newId();
    const { sessionId, refreshToken, session } = this.#begin(id, now);
    const draft = { ...fresh, id, email, name: person.name, passwordHash, sessions: { [sessionId]: session } };
    const account = await this.#in.accounts.insert(draft).catch((error) => {
      if (typeOf(error) !== "ACCOUNTS_TAKEN") throw error;
      throw conflict("EMAIL_TAKEN", "There is an account with this e-mail address: sign in instead");
    });
    return { account, sessionId, refreshToken };
  }

  async login(email: string, password: string, now = Date.now()): Promise<Opened> {
    const { accounts, cost } = this.#in;
    const problem = passwordProblem(password);
    if (problem) throw atPassword(problem);
    for (let round = 1; round <= ROUNDS; round++) {
      const account = await this.byEmail(email);
      const matches = await this.#in.passwords.compare(password, account?.passwordHash ?? nobodysHash(cost));
      if (!account || !matches) throw wrong();
      if (await this.#in.isDisabled(account)) throw forbidden("ACCOUNT_DISABLED", "This account has been disabled");
      const { sessionId, refreshToken, session } = this.#begin(account.id, now);
      const over = tokens.outdated(account.sessions, now).map((id) => [`sessions.${id}`, ""]);
      const rehashed = isOutdated(account.passwordHash, cost)
        ? { passwordHash: await this.#in.passwords.hash(password, cost) }
        : {};
      const opened = await accounts.change(
        account.id,
        { passwordHash: account.passwordHash, disabled: account.disabled },
        {
          $set: { [`sessions.${sessionId}`]: session, ...rehashed },
          ...(over.length ? { $unset: Object.fromEntries(over) } : {}),
        },
      );
      if (opened) return { account: opened, sessionId, refreshToken };
    }
    throw wrong();
  }

  /**
   * Uses a refresh token up for the next one. A token that comes again has two owners, one of them a thief, and nobody
   * can tell which: the session ends. Only the request that used it up may come again, known by its key, and gets the
   * same token.
   */
  async refresh(token: string, key: string, now = Date.now()): Promise<Opened> {
    const { accounts, secret } = this.#in;
    const named = tokens.readToken(secret, token);
    if (!named) throw tokens.tokenInvalid();
    const { accountId, sessionId } = named;
    const refreshToken = tokens.tokenAfter(secret, token);
    const { guard, operators } = tokens.rotation(secret, token, { key, now });
    const rotated = await accounts.change(accountId, guard, operators);
    if (rotated) return { account: rotated, sessionId, refreshToken };
    const account = await accounts.get(accountId);
    const why = tokens.refused(account?.sessions[sessionId], token, { key, now });
    if (account && why === "again") return { account, sessionId, refreshToken };
    if (why === "over") throw tokens.tokenInvalid();
    await this.end(accountId, sessionId);
    throw tokens.tokenReused();
  }

  /** Ends the session of this refresh token, also of one that is used up. */
  async logout(token: string): Promise<void> {
    const named = tokens.readToken(this.#in.secret, token);
    if (named) await this.end(named.accountId, named.sessionId);
  }

  /** Whether there was such a session. */
  async end(accountId: string, sessionId: string): Promise<boolean> {
    const at = `sessions.${sessionId}`;
    return (await this.#in.accounts.change(accountId, { [at]: { $exists: true } }, { $unset: { [at]: "" } })) !== null;
  }

  /** Sets another password and ends all sessions but the one that this comes from. */
  async changePassword(account: Account, next: { current: string; new: string }, keep?: string): Promise<void> {
    const { accounts, passwords } = this.#in;
    const problem = passwordProblem(next.current);
    const matches = !problem && (await passwords.compare(next.current, account.passwordHash));
    if (!matches) throw atPassword("This is not your password", "current");
    const passwordHash = await this.hash(next.new, account.email, "new");
    for (let seen: Account | null = account; seen; seen = await accounts.get(account.id)) {
      const kept = keep && seen.sessions[keep];
      const guard = { rev: seen.rev, passwordHash: account.passwordHash };
      const $set = { passwordHash, sessions: kept ? { [keep]: kept } : {} };
      if (await accounts.change(account.id, guard, { $set })) return;
      if (seen.passwordHash !== account.passwordHash) break;
    }
    throw conflict("PASSWORD_CHANGED", "The password was changed in the meantime");
  }

  /** The hash of a new password; one that is weak is refused. */
  async hash(password: string, email: string, field = "password"): Promise<string> {
    const problem = newPasswordProblem(password, email);
    if (problem) throw atPassword(problem, field);
    return this.#in.passwords.hash(password, this.#in.cost);
  }

  async byEmail(email: string): Promise<Account | undefined> {
    return (await this.#in.accounts.find({ email: normal(email) }, { limit: 1 }))[0];
  }

  #begin(accountId: string, now: number) {
    const sessionId = newId();
    const refreshToken = tokens.firstToken(this.#in.secret, { accountId, sessionId });
    return { sessionId, refreshToken, session: tokens.newSession(refreshToken, now) };
  }
}
