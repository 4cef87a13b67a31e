import { platformOf } from "../../mixins/platform.ts";
import { settingsOf } from "../../mixins/settings/live-settings.ts";
import { store } from "../../mixins/store/store.mixin.ts";
import { type Ctx, defineService, event, type Payload } from "../cluster.ts";
import { conflict, notFound, preconditionFailed, typeOf } from "../shared/errors.ts";
import { parse } from "../validation.ts";
import { configContract, type SettingsChange } from "./config.contract.ts";
import { type ChangeDocument, configSpec, historySpec, type SettingsDocument } from "./config.documents.ts";
import * as rule from "./settings.ts";

const ID = "settings";
/** Parallel changes meet at the revision; each round lets at least one of them through. */
const ROUNDS = 100;

interface Wanted {
  wishes: rule.Wishes;
  /** The revision that the caller has seen, where it matters. */
  rev?: number | undefined;
  restored?: number;
}

const shown = ({ of, at, by, restored, changed }: ChangeDocument): SettingsChange => ({
  rev: of,
  at,
  by,
  restored,
  changed: Object.fromEntries(changed.map(({ name, from, to }) => [name, { from, to }])),
});

export default defineService(configContract, {
  mixins: [store(configSpec), store(historySpec)],

  methods: {
    defaults(): rule.Settings {
      return rule.defaultsIn(platformOf(this.broker).environment);
    },

    standing({ rev, own }: Pick<SettingsDocument, "rev" | "own">) {
      return { rev, values: rule.effective(own, this.defaults()) };
    },

    async current(): Promise<SettingsDocument> {
      return (await this.shopSettings.get(ID)) as SettingsDocument;
    },

    /** Made at the revision that was read, again if another change came between. */
    async changed(ctx: Ctx, { wishes, rev, restored }: Wanted) {
      for (let round = 0; round < ROUNDS; round++) {
        const before = await this.current();
        const { values } = this.standing(before);
        if (before.call === ctx.id) return { rev: before.rev, values };
        if (rev !== undefined && rev !== before.rev) {
          throw preconditionFailed("SETTINGS_CHANGED", "The settings were changed in the meantime", {
            rev: before.rev,
          });
        }
        const own = rule.wished(before.own, wishes, this.defaults());
        const after = this.standing({ rev: before.rev + 1, own });
        const changes = rule.difference(values, after.values);
        if (changes.length === 0) return { rev: before.rev, values };
        const change: Payload<"settings.changed"> = {
          ...after,
          at: new Date().toISOString(),
          by: ctx.meta.userId ?? null,
          restored: restored ?? null,
          changed: Object.fromEntries(changes.map(({ name, from, to }) => [name, { from, to }])),
        };
        const told = [event("settings.changed", `settings:${after.rev}`, change)];
        if (!(await this.shopSettings.change(ID, { rev: before.rev }, { $set: { own, call: ctx.id } }, told))) continue;
        settingsOf(this.broker).announce(after);
        await this.record(change).catch((error) => this.logger.warn("Its event will record this change", error));
        return after;
      }
      throw conflict("SETTINGS_BUSY", "The settings are being changed by too many at once");
    },

    /** By whoever made the change, so that it can be read at once, and by its event, so that none is missing. */
    async record({ rev, at, by, restored, changed, values }: Payload<"settings.changed">): Promise<void> {
      const changes = Object.entries(changed).map(([name, { from, to }]) => ({ name, from, to }));
      const held = rule.listed(new Map(Object.entries(values)));
      await this.settingsHistory
        .insert({ id: String(rev), of: rev, at, by, restored, changed: changes, held })
        .catch((error) => {
          if (typeOf(error) !== "SETTINGSHISTORY_TAKEN") throw error;
        });
    },
  },

  actions: {
    async get() {
      const defaults = this.defaults();
      return { ...this.standing(await this.current()), defaults, schema: rule.formOf(defaults) };
    },

    update(ctx) {
      const { values, rev } = ctx.params;
      return this.changed(ctx, { wishes: values, rev });
    },

    async history(ctx) {
      const { cursor, limit } = ctx.params;
      const sort = { field: "of", descending: true };
      const { items, ...page } = await this.settingsHistory.page({}, { sort, cursor, limit });
      return { items: items.map(shown), ...page };
    },

    async rollback(ctx) {
      const { to, rev } = ctx.params;
      const entry = await this.settingsHistory.get(String(to));
      if (!entry) throw notFound("SETTINGS_REV_NOT_FOUND", `The settings have no revision ${to}`, { rev: to });
      // What was right then may be refused by this release.
      const { values } = parse(configContract.actions.update.params, {
        values: rule.wishesFor(entry.held, this.defaults()),
      });
      return this.changed(ctx, { wishes: values, rev, restored: to });
    },

    async values(ctx) {
      const document = await this.current();
      return document.rev === ctx.params.rev ? null : this.standing(document);
    },
  },

  consumes: {
    "settings.changed"(change) {
      return this.record(change);
    },
  },

  /** Every shop has a first revision, to which it can go back. */
  async started() {
    if (await this.current()) return;
    const first = {
      rev: 1,
      at: new Date().toISOString(),
      by: null,
      restored: null,
      changed: {},
      values: this.defaults(),
    };
    const told = [event("settings.changed", "settings:1", first)];
    await this.shopSettings.insert({ id: ID, own: [], call: null }, told).catch((error) => {
      if (typeOf(error) !== "SHOPSETTINGS_TAKEN") throw error;
    });
    await this.record(first);
  },
});
