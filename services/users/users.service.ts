import { platformOf } from "../../mixins/platform.ts";
import { store } from "../../mixins/store/store.mixin.ts";
import { cluster, defineMixin, defineService } from "../cluster.ts";
import { invalid, unauthorized } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { keyFor, secretKey } from "../shared/secrets.ts";
import { firstAdministrator, type Keys, openKeys } from "./first-start.ts";
import { generatePassword, nobodysHash, passwordProblem } from "./password.ts";
import { passwords } from "./password-pool.ts";
import { permissionsIn, permissionsOf } from "./roles.ts";
import { LIFETIME, signToken } from "./token.ts";
import { type Account, accountsSpec, signingKeysSpec } from "./user.documents.ts";
import { type User, usersContract } from "./users.contract.ts";

const permissions = permissionsIn(cluster);

const view = ({ id, email, name, roles }: Account): User => ({
  id,
  email,
  name,
  roles,
  permissions: permissionsOf(roles, permissions),
});

/** Lends `this.keys`, which are there when the service has started. */
const keys = defineMixin<{ keys: Keys }>({});

export default defineService(usersContract, {
  mixins: [store(accountsSpec), store(signingKeysSpec), passwords, keys],

  settings: {
    /** bcrypt's: each step doubles the time of a hash, 12 takes about a third of a second. */
    passwordCost: 12,
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
      if (!made) return;
      this.logger.info("The first start has made an administrator");
      // Past the log, which is kept and sent elsewhere, and past what a command writes to its standard output.
      if (!ADMIN_PASSWORD) process.stderr.write(`Administrator ${made.email}, password ${password} (shown only now)\n`);
    },
  },

  actions: {
    async login(ctx) {
      const { email, password } = ctx.params;
      const problem = passwordProblem(password);
      if (problem) throw invalid([{ path: ["password"], message: problem }]);
      const [account] = await this.accounts.find({ email: email.trim().toLowerCase() }, { limit: 1 });
      const matches = await this.passwords.compare(password, account?.passwordHash ?? nobodysHash(this.cost()));
      if (!account || !matches) {
        throw unauthorized("CREDENTIALS_INVALID", "The e-mail address or the password is wrong");
      }
      const user = view(account);
      const issuer = platformOf(this.broker).environment.PUBLIC_URL;
      const accessToken = signToken({ sub: user.id, sid: newId(), ...user }, this.keys.signing, { issuer });
      return { user, accessToken, expiresIn: LIFETIME };
    },
    async me(ctx) {
      const account = await this.accounts.get(ctx.meta.userId ?? "");
      if (!account) throw unauthorized("SIGN_IN_REQUIRED", "Sign in to do this");
      return view(account);
    },
    async contact(ctx) {
      const account = await this.accounts.get(ctx.params.id);
      return account && { email: account.email, name: account.name };
    },
    keys() {
      return { keys: this.keys.published };
    },
  },

  async started() {
    const { environment } = platformOf(this.broker);
    this.keys = await openKeys(this.signingKeys, keyFor(secretKey(environment), "signing-keys"));
    await this.administrator();
  },
});
