import type { ServiceBroker } from "moleculer";

/** The hint that kept answers with some tags no longer hold. */
export const OUTDATED = "reads.outdated";
/** Instead of tags: no kept answer holds. */
export const EVERYTHING = "*";

/** Tells every gateway, this node's at once, that answers with these tags changed. Hints may be lost on the way. */
export function tellOutdated(broker: object, tags: readonly string[]): void {
  const told: Promise<unknown> = (broker as ServiceBroker).broadcast(OUTDATED, { tags });
  told.catch(() => undefined);
}
