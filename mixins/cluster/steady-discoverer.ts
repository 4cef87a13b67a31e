import { setTimeout as sleep } from "node:timers/promises";
import type { Discoverers } from "moleculer";
import { pauseBefore } from "../durable-events/backoff.ts";

/** Milliseconds after a failure of the list in which it may still be without nodes that run. */
const HEALING = 10_000;
const LONGEST_PAUSE = 5_000;

export interface List<D> {
  /** What its server is called in the log. */
  server: string;
  /** Ends what would ask for the server for ever. */
  close(discoverer: D): void;
}

/**
 * Lets a discoverer that keeps the list of nodes on a server bear the loss of that server: nodes go on with those that
 * they know, and write themselves down again when it is back, for it may have forgotten them. A node that starts waits
 * for it, since it would know nobody.
 */
export function steady<D extends Discoverers.Base>(discoverer: D, { server, close }: List<D>): D {
  const own = {
    init: discoverer.init.bind(discoverer),
    beat: discoverer.sendHeartbeat.bind(discoverer),
    find: discoverer.discoverNode.bind(discoverer),
    findAll: discoverer.discoverAllNodes.bind(discoverer),
    tell: discoverer.sendLocalNodeInfo.bind(discoverer),
    forget: discoverer.remoteNodeDisconnected.bind(discoverer),
    leave: discoverer.localNodeDisconnected.bind(discoverer),
    stop: discoverer.stop.bind(discoverer),
  };
  const stopping = new AbortController();
  let failures = 0;
  let missing = false;
  let read = false;
  let doubtfulUntil = 0;
  const failed = () => {
    failures++;
    missing = true;
    doubtfulUntil = Date.now() + HEALING;
  };
  discoverer.init = (registry) => {
    own.init(registry);
    discoverer.broker.localBus.on("$discoverer.error", failed);
  };
  discoverer.sendHeartbeat = async () => {
    const before = failures;
    await own.beat();
    if (!missing || failures > before) return;
    missing = false;
    await discoverer.sendLocalNodeInfo();
  };
  // A node whose start is given up before it has read the list has nothing to write there.
  discoverer.sendLocalNodeInfo = async (nodeID) => {
    if (read) await own.tell(nodeID);
  };
  // Nobody holds what the next two give: the node is looked for again with the next heartbeat.
  discoverer.discoverNode = (nodeID) => own.find(nodeID).catch(failed);
  discoverer.discoverAllNodes = async () => {
    for (let attempt = 1; !stopping.signal.aborted; attempt++) {
      try {
        await own.findAll();
        read = true;
        return;
      } catch (error) {
        failed();
        if (read) return;
        const pause = Math.min(LONGEST_PAUSE, pauseBefore(attempt));
        const again = `attempt ${attempt}, the next in ${pause / 1_000} s`;
        discoverer.logger.warn(`The list of nodes in ${server} cannot be read: ${(error as Error).message} (${again})`);
        await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };
  // Who says goodbye is believed; who is only not listed may just not have come back to the list.
  discoverer.remoteNodeDisconnected = (nodeID, isUnexpected) => {
    if (!isUnexpected || Date.now() > doubtfulUntil) own.forget(nodeID, isUnexpected);
  };
  // The others have been told by then; what is left on the list runs out by itself.
  discoverer.localNodeDisconnected = () => own.leave().catch(() => undefined);
  discoverer.stop = async () => {
    stopping.abort();
    await own.stop().catch(() => undefined);
    close(discoverer);
  };
  return discoverer;
}
