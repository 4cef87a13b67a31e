import type { Discoverers } from "moleculer";

/** Milliseconds after a failure of the list in which it may still be without nodes that run. */
const HEALING = 10_000;

/**
 * Lets a discoverer that keeps the list of nodes on a server bear the loss of that server: nodes go on with those that
 * they know, and write themselves down again when it is back, for it may have forgotten them. `close` ends what would ask
 * for the server for ever.
 */
export function steady<D extends Discoverers.Base>(discoverer: D, close: (discoverer: D) => void): D {
  const own = {
    init: discoverer.init.bind(discoverer),
    beat: discoverer.sendHeartbeat.bind(discoverer),
    forget: discoverer.remoteNodeDisconnected.bind(discoverer),
    leave: discoverer.localNodeDisconnected.bind(discoverer),
    stop: discoverer.stop.bind(discoverer),
  };
  let failures = 0;
  let missing = false;
  let doubtfulUntil = 0;
  discoverer.init = (registry) => {
    own.init(registry);
    discoverer.broker.localBus.on("$discoverer.error", () => {
      failures++;
      missing = true;
      doubtfulUntil = Date.now() + HEALING;
    });
  };
  discoverer.sendHeartbeat = async () => {
    const before = failures;
    await own.beat();
    if (!missing || failures > before) return;
    missing = false;
    await discoverer.sendLocalNodeInfo();
  };
  // Who says goodbye is believed; who is only not listed may just not have come back to the list.
  discoverer.remoteNodeDisconnected = (nodeID, isUnexpected) => {
    if (!isUnexpected || Date.now() > doubtfulUntil) own.forget(nodeID, isUnexpected);
  };
  // The others have been told by then; what is left on the list runs out by itself.
  discoverer.localNodeDisconnected = () => own.leave().catch(() => undefined);
  discoverer.stop = async () => {
    await own.stop().catch(() => undefined);
    close(discoverer);
  };
  return discoverer;
}
