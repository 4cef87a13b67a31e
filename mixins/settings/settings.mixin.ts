import { contextOf, defineMixin } from "../../services/cluster.ts";
import type { SettingName, Settings } from "../../services/config/settings.ts";
import { type LiveSettings, type Standing, settingsOf } from "./live-settings.ts";

interface Lends {
  live: LiveSettings;
  /** The setting as it holds now: ask for it where it is used and keep no copy. */
  setting<N extends SettingName>(name: N): Settings[N];
}

/**
 * Lends `this.setting("tax.rate")`: the shop's settings as they hold now, the same for all services of a node. They are
 * known before the service has started where `config` can be reached; a change applies at once, by a hint, and where
 * the hint is lost within a second.
 *
 * A plain service schema lists it among its `mixins` as well (`mixins: [ApiGateway, liveSettings as
 * Partial<ServiceSchema>]`), and code without a service reads `settingsOf(broker).values["gateway.requestsPerSecond"]`.
 */
export const liveSettings = defineMixin<Lends>({
  methods: {
    setting(name) {
      return this.live.values[name];
    },
  },
  events: {
    "settings.changed"(ctx) {
      this.live.take(ctx.params as Standing);
    },
  },
  created() {
    this.live = settingsOf(this.broker);
  },
  started() {
    return this.live.follow((rev) => contextOf(this).call("config.values", { rev }));
  },
});
