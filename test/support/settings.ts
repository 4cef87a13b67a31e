import { isDeepStrictEqual } from "node:util";
import { settingsOf } from "../../mixins/settings/live-settings.ts";
import type { Settings } from "../../services/config/settings.ts";
import { eventually } from "./eventually.ts";
import type { TestShop } from "./services.ts";
import { inCluster } from "./shape.ts";

/** Of several nodes the one that changes settings has them at once, the others a moment later: this waits for all. */
export async function settingsReach(shop: TestShop, values: Settings): Promise<void> {
  if (!inCluster) return;
  const heeding = shop.everyone.filter(({ broker }) => broker.services.some((service) => "live" in service));
  await eventually(() => heeding.every(({ broker }) => isDeepStrictEqual(settingsOf(broker).values, values)));
}
