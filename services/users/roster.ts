import type { Collection } from "../../mixins/store/collection.ts";
import { conflict, typeOf } from "../shared/errors.ts";
import type { Roster } from "./user.documents.ts";

export const ADMINISTRATOR = "administrator";
const ID = "administrators";

/** Who are administrators, one account at the start; each change is one guarded write, and never takes the last. */
export class Administrators {
  readonly #rosters: Collection<Roster>;

  constructor(rosters: Collection<Roster>) {
    this.#rosters = rosters;
  }

  /** Begins the roster where there is none yet. */
  async begin(accountId: string): Promise<void> {
    if (await this.#rosters.get(ID)) return;
    await this.#rosters.insert({ id: ID, accounts: [accountId] }).catch((error) => {
      if (typeOf(error) !== "ROSTERS_TAKEN") throw error;
    });
  }

  async all(): Promise<ReadonlySet<string>> {
    return new Set((await this.#rosters.get(ID))?.accounts);
  }

  async add(accountId: string): Promise<void> {
    await this.#rosters.change(ID, { accounts: { $ne: accountId } }, { $push: { accounts: accountId } });
  }

  /** Throws `LAST_ADMINISTRATOR` where nobody else is one. */
  async remove(accountId: string): Promise<void> {
    const othersToo = { accounts: accountId, "accounts.1": { $exists: true } };
    for (;;) {
      if (await this.#rosters.change(ID, othersToo, { $pull: { accounts: accountId } })) return;
      const now = await this.all();
      if (!now.has(accountId)) return;
      if (now.size === 1)
        throw conflict("LAST_ADMINISTRATOR", "The shop needs an administrator: make another one first");
    }
  }
}
