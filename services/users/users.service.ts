import { due } from "../../mixins/due/due.mixin.ts";
import { platformOf } from "../../mixins/platform.ts";
import { store } from "../../mixins/store/store.mixin.ts";
import { fromEdge, OPERATOR } from "../access.ts";
import { type Ctx, cluster, defineMixin, defineService } from "../cluster.ts";
import { notFound, typeOf, unauthorized } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { keyFor, secretKey } from "../shared/secrets.ts";
import * as book from "./addresses.ts";
import { FIRST_ADMINISTRATOR, firstAdministrator, fresh } from "./first-start.ts";
import { KeyRing } from "./key-ring.ts";
import { generatePassword } from "./password.ts";
import { passwords } from "./password-pool.ts";
import { type Held, People } from "./people.ts";
import { permissionsIn } from "./roles.ts";
import { normal, type Opened, SignIn } from "./sign-in.ts";
import { LIFETIME, signToken } from "./token.ts";
import {
  type Account,
  accountsSpec,
  type KeyDocument,
  rolesSpec,
  rostersSpec,
  signingKeysSpec,
} from "./user.documents.ts";
import { type SignedIn, usersContract } from "./users.contract.ts";

const permissions = permissionsIn(cluster);
/** Milliseconds that a sign-in waits for the guest's cart to be merged. */
const CART_WITHIN = 3_000;

const all = <T>(items: T[]) => ({ items, nextCursor: null, total: items.length });

/** Lends what the service is made of, which is there when it has started. */
const parts = defineMixin<{ ring: KeyRing; people: People; signIn: SignIn }>({});

export default defineService(usersContract, {
  mixins: [
    store(accountsSpec),
    store(rolesSpec),
    store(rostersSpec),
    store(signingKeysSpec),
    passwords,
    parts,
    due<KeyDocument>({
      collection: "signingKeys",
      lease: 30_000,
      every: 60_000,
      work(key) {
        return this.ring.renew(key);
      },
    }),
  ],

  settings: {
    /** bcrypt's: each step doubles the time of a hash. 10 is what OWASP asks for at least. */
    passwordCost: 10,
  },

  methods: {
    cost(): number {
      return (this.settings as unknown as { passwordCost: number }).passwordCost;
    },

    async administrator(): Promise<void> {
      const { ADMIN_EMAIL, ADMIN_PASSWORD } = platformOf(this.broker).environment;
      const password = ADMIN_PASSWORD ?? generatePassword();
      const made = await firstAdministrator(this.accounts, ADMIN_EMAIL, () =>
        this.passwords.hash(password, this.cost()),
      );
      await this.people.administrators.begin(FIRST_ADMINISTRATOR);
      if (!made) return;
      this.logger.info("The first start has made an administrator");
      // Past the log, which is kept and sent elsewhere, and past what a command writes to its standard output.
      if (!ADMIN_PASSWORD) process.stderr.write(`Administrator ${made.email}, password ${password} (shown only now)\n`);
    },

    /** The answer to who came in: an access token with what they may do as of now. */
    async welcome({ account, sessionId, refreshToken }: Opened): Promise<SignedIn> {
      const user = await this.people.user(account);
      const issuer = platformOf(this.broker).environment.PUBLIC_URL;
      const accessToken = signToken({ sub: user.id, sid: sessionId, ...user }, await this.ring.signing(), { issuer });
      return { user, accessToken, refreshToken, expiresIn: LIFETIME };
    },

    /** Merges the guest's cart, where there is one; a cart that cannot be merged keeps nobody out. */
    async withCart(ctx: Ctx, signedIn: SignedIn, cartId: string | undefined): Promise<SignedIn> {
      if (cartId === undefined) return signedIn;
      try {
        await ctx.call("carts.merge", { cartId, customerId: signedIn.user.id }, { timeout: CART_WITHIN });
        return { ...signedIn, cartMerged: true };
      } catch (error) {
        this.logger.warn(`A guest's cart was not merged at sign-in: ${typeOf(error) ?? error}`);
        return { ...signedIn, cartMerged: false };
      }
    },

    /** The caller's account, while it and the session that the call comes from are good. */
    async mine({ meta: { userId, sessionId } }: Ctx): Promise<Account> {
      const account = userId ? await this.accounts.get(userId) : null;
      if (!account || (await this.people.isDisabled(account)))
        throw unauthorized("SIGN_IN_REQUIRED", "Sign in to do this");
      if (sessionId && !account.sessions[sessionId]) throw unauthorized("SESSION_ENDED", "This session has ended");
      return account;
    },

    /** What the caller may do as of now: the token may be from before a role was taken away. */
    async held(ctx: Ctx): Promise<Held> {
      if (!fromEdge(ctx.caller) || ctx.caller === OPERATOR) return null;
      const now = await this.people.user(await this.mine(ctx));
      return now.permissions.filter((permission) => ctx.meta.permissions?.includes(permission));
    },
  },

  actions: {
    async register(ctx) {
      const { cartId, ...person } = ctx.params;
      return this.withCart(ctx, await this.welcome(await this.signIn.register(person)), cartId);
    },
    async login(ctx) {
      const { email, password, cartId } = ctx.params;
      return this.withCart(ctx, await this.welcome(await this.signIn.login(email, password)), cartId);
    },
    async refresh(ctx) {
      return this.welcome(await this.signIn.refresh(ctx.params.refreshToken, ctx.meta.idempotencyKey ?? ctx.id));
    },
    async logout(ctx) {
      const { userId, sessionId } = ctx.meta;
      if (ctx.params.refreshToken !== undefined) await this.signIn.logout(ctx.params.refreshToken);
      else if (userId && sessionId) await this.signIn.end(userId, sessionId);
    },

    async me(ctx) {
      return this.people.user(await this.mine(ctx));
    },
    async updateMe(ctx) {
      const { id } = await this.mine(ctx);
      await this.accounts.change(id, {}, { $set: { name: ctx.params.name } });
      return this.people.user(await this.mine(ctx));
    },
    async changePassword(ctx) {
      await this.signIn.changePassword(await this.mine(ctx), ctx.params, ctx.meta.sessionId);
    },

    async addresses(ctx) {
      return all((await this.mine(ctx)).addresses);
    },
    async addAddress(ctx) {
      const { id } = await this.mine(ctx);
      const address = { ...ctx.params, id: newId() };
      if (!(await this.accounts.change(id, book.room, { $push: { addresses: address } }))) throw book.full();
      return address;
    },
    async updateAddress(ctx) {
      const { id, ...fields } = ctx.params;
      for (;;) {
        const account = await this.mine(ctx);
        const at = account.addresses.findIndex((address) => address.id === id);
        const address = account.addresses[at];
        if (!address) throw book.noAddress(id);
        const next = book.changed(address, fields);
        const guard = { rev: account.rev };
        if (await this.accounts.change(account.id, guard, { $set: { [`addresses.${at}`]: next } })) return next;
      }
    },
    async removeAddress(ctx) {
      const { id } = ctx.params;
      const account = await this.mine(ctx);
      const gone = await this.accounts.change(account.id, { "addresses.id": id }, { $pull: { addresses: { id } } });
      if (!gone) throw book.noAddress(id);
    },

    async sessions(ctx) {
      const { sessions } = await this.mine(ctx);
      const now = new Date().toISOString();
      const items = Object.entries(sessions)
        .filter(([, { expiresAt }]) => expiresAt > now)
        .map(([id, { createdAt, usedAt, expiresAt }]) => {
          return { id, createdAt, usedAt, expiresAt, current: id === ctx.meta.sessionId };
        });
      return all(items.sort((a, b) => (a.usedAt < b.usedAt ? 1 : -1)));
    },
    async endSession(ctx) {
      const { id } = ctx.params;
      const account = await this.mine(ctx);
      const ended = await this.signIn.end(account.id, id);
      if (!ended) throw notFound("SESSION_NOT_FOUND", "There is no such session", { sessionId: id });
    },

    async list(ctx) {
      const { q, limit, cursor } = ctx.params;
      const begin = normal(q ?? "");
      const filter = begin ? { email: { $gte: begin, $lt: `${begin}\u{10ffff}` } } : {};
      const page = await this.accounts.page(filter, { sort: { field: "email" }, limit, cursor });
      return { ...page, items: await this.people.people(page.items) };
    },
    async get(ctx) {
      return this.people.person(await this.people.get(ctx.params.id));
    },
    async update(ctx) {
      const { id, ...wish } = ctx.params;
      return this.people.person(await this.people.update(id, wish, await this.held(ctx)));
    },
    async roles() {
      return all(await this.people.roles());
    },
    async saveRole(ctx) {
      return this.people.saveRole(ctx.params.name, ctx.params.permissions, await this.held(ctx));
    },
    async removeRole(ctx) {
      await this.people.removeRole(ctx.params.name, await this.held(ctx));
    },
    async rescue(ctx) {
      const email = normal(ctx.params.email);
      const password = ctx.params.password ?? generatePassword();
      const passwordHash = await this.signIn.hash(password, email);
      const known = await this.signIn.byEmail(email);
      const $set = { passwordHash, disabled: false, sessions: {} };
      const changed = known && (await this.accounts.change(known.id, {}, { $set }));
      const account =
        changed ?? (await this.accounts.insert({ ...fresh, id: newId(), email, name: "Administrator", passwordHash }));
      await this.people.administrators.add(account.id);
      return { email, password: ctx.params.password ? null : password, made: !known };
    },
    async contact(ctx) {
      const account = await this.accounts.get(ctx.params.id);
      return account && { email: account.email, name: account.name };
    },
    async keys() {
      return { keys: await this.ring.published() };
    },
  },

  async started() {
    const secret = secretKey(platformOf(this.broker).environment);
    this.ring = new KeyRing(this.signingKeys, keyFor(secret, "signing-keys"));
    await this.ring.open();
    const { accounts, roles, rosters } = this;
    this.people = new People({ accounts, roles, rosters, permissions });
    const seal = keyFor(secret, "refresh-tokens");
    this.signIn = new SignIn({
      accounts,
      passwords: this.passwords,
      cost: this.cost(),
      secret: seal,
      isDisabled: (account) => this.people.isDisabled(account),
    });
    await this.administrator();
  },
});
