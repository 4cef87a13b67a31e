import type { Collection } from "../../mixins/store/collection.ts";
import { conflict, invalid, notFound, typeOf } from "../shared/errors.ts";
import { assertHeld, assertKnown, BUILT_IN, difference, isBuiltIn, type OwnRoles, permissionsOf } from "./roles.ts";
import { ADMINISTRATOR, Administrators } from "./roster.ts";
import type { Account, RoleDocument, Roster } from "./user.documents.ts";
import type { Person, Role, User } from "./users.contract.ts";

/** What the caller holds; null is an operator or another service, who hold everything. */
export type Held = readonly string[] | null;

interface Parts {
  accounts: Collection<Account>;
  roles: Collection<RoleDocument>;
  rosters: Collection<Roster>;
  /** Every permission there is. */
  permissions: readonly string[];
}

/** Sessions begin and go on meanwhile: each round lets somebody through. */
const ROUNDS = 20;
const MOST_ROLES = 1_000;

/** Who may do what, and who may say so. */
export class People {
  readonly administrators: Administrators;
  readonly #in: Parts;

  constructor(parts: Parts) {
    this.#in = parts;
    this.administrators = new Administrators(parts.rosters);
  }

  async user(account: Account): Promise<User> {
    return (await this.#rights([account]))(account);
  }

  async people(accounts: readonly Account[]): Promise<Person[]> {
    const rights = await this.#rights(accounts);
    return accounts.map((account) => {
      const user = rights(account);
      const { createdAt, updatedAt } = account;
      return { ...user, disabled: account.disabled && !user.roles.includes(ADMINISTRATOR), createdAt, updatedAt };
    });
  }

  async person(account: Account): Promise<Person> {
    return (await this.people([account]))[0] as Person;
  }

  /** An administrator is never disabled, whatever the account says: so the roster alone tells that there is one. */
  async isDisabled({ id, disabled }: Account): Promise<boolean> {
    return disabled && !(await this.administrators.all()).has(id);
  }

  async get(id: string): Promise<Account> {
    const account = await this.#in.accounts.get(id);
    if (!account) throw notFound("USER_NOT_FOUND", "There is no such account", { userId: id });
    return account;
  }

  /** Sets roles or keeps somebody out, at the state that was read; again if another change came between. */
  async update(id: string, wish: { roles?: string[] | undefined; disabled?: boolean | undefined }, held: Held) {
    for (let round = 0; round < ROUNDS; round++) {
      const account = await this.get(id);
      const { roles: before, permissions, disabled: out } = await this.person(account);
      const disabled = wish.disabled ?? out;
      const roles = [...new Set(wish.roles ?? before.filter((role) => !disabled || role !== ADMINISTRATOR))];
      if (disabled && roles.includes(ADMINISTRATOR)) {
        throw invalid([{ path: ["roles"], message: "A disabled account cannot be an administrator's" }]);
      }
      const own = await this.#own([...before, ...roles]);
      if (wish.roles) assertKnown(wish.roles, own);
      assertHeld(held, permissionsOf(difference(before, roles), this.#in.permissions, own));
      if (disabled !== out) assertHeld(held, permissions);

      // First out of the roster, last into it: who is in it can sign in.
      if (!roles.includes(ADMINISTRATOR)) await this.administrators.remove(id);
      const ordinary = roles.filter((role) => role !== ADMINISTRATOR);
      const $set = { roles: ordinary, disabled, ...(disabled ? { sessions: {} } : {}) };
      const changed = await this.#in.accounts.change(id, { rev: account.rev }, { $set });
      if (!changed) continue;
      if (roles.includes(ADMINISTRATOR)) await this.administrators.add(id);
      return changed;
    }
    throw conflict("USER_BUSY", "This account is being changed by too many at once", { userId: id });
  }

  async roles(): Promise<Role[]> {
    const own = await this.#in.roles.find({}, { sort: { field: "id" }, limit: MOST_ROLES });
    const { permissions: all } = this.#in;
    const fixed = BUILT_IN.map((name) => ({ name, permissions: permissionsOf([name], all), builtIn: true }));
    return [...fixed, ...own.map(({ id, permissions }) => ({ name: id, permissions, builtIn: false }))];
  }

  async saveRole(name: string, wanted: readonly string[], held: Held): Promise<Role> {
    assertOwn(name);
    const unknown = wanted.flatMap((permission, at) =>
      this.#in.permissions.includes(permission)
        ? []
        : [{ path: ["permissions", at], message: `There is no permission ${permission}` }],
    );
    if (unknown.length) throw invalid(unknown);
    const permissions = this.#in.permissions.filter((permission) => wanted.includes(permission));
    for (let round = 0; round < ROUNDS; round++) {
      const role = await this.#in.roles.get(name);
      assertHeld(held, difference(role?.permissions ?? [], permissions));
      const saved = role
        ? await this.#in.roles.change(name, { rev: role.rev }, { $set: { permissions } })
        : await this.#in.roles.insert({ id: name, permissions }).catch((error) => {
            if (typeOf(error) === "ROLES_TAKEN") return null;
            throw error;
          });
      if (saved) return { name, permissions, builtIn: false };
    }
    throw conflict("ROLE_BUSY", "This role is being changed by too many at once", { role: name });
  }

  async removeRole(name: string, held: Held): Promise<void> {
    assertOwn(name);
    const role = await this.#in.roles.get(name);
    if (!role) throw notFound("ROLE_NOT_FOUND", "There is no such role", { role: name });
    assertHeld(held, role.permissions);
    await this.#in.roles.purge({ id: name }, 1);
    // A name that stayed behind would give whatever a later role of that name gives.
    for (;;) {
      const holders = await this.#in.accounts.find({ roles: name }, { limit: 100 });
      if (holders.length === 0) return;
      for (const { id } of holders) await this.#in.accounts.change(id, { roles: name }, { $pull: { roles: name } });
    }
  }

  /** Roles and permissions of these accounts as they are now. */
  async #rights(accounts: readonly Account[]): Promise<(account: Account) => User> {
    const administrators = await this.administrators.all();
    const own = await this.#own(accounts.flatMap(({ roles }) => roles));
    return ({ id, email, name, roles: ordinary }) => {
      const roles = administrators.has(id) ? [ADMINISTRATOR, ...ordinary] : ordinary;
      return { id, email, name, roles, permissions: permissionsOf(roles, this.#in.permissions, own) };
    };
  }

  async #own(names: readonly string[]): Promise<OwnRoles> {
    const own = [...new Set(names)].filter((name) => !isBuiltIn(name));
    const found = await this.#in.roles.getMany(own);
    return new Map(found.map(({ id, permissions }) => [id, permissions]));
  }
}

function assertOwn(name: string): void {
  if (isBuiltIn(name)) throw conflict("ROLE_BUILT_IN", `The role ${name} is the same in every shop`, { role: name });
}
