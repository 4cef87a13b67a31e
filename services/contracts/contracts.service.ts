import { createRequire } from "node:module";
import type { Context, Service, ServiceSchema, ServiceSettingSchema } from "moleculer";
import { cluster } from "../cluster.ts";
import type { ServiceContract } from "../contract.ts";
import { INCOMPATIBLE, IncompatibleReleaseError } from "../shared/errors.ts";
import { Ticker } from "../shared/ticker.ts";
import { breaks, type Described, describe, digestOf } from "./compatibility.ts";

const described = new Map<string, Described>(
  cluster.map((contract: ServiceContract) => [contract.name, describe(contract)]),
);

/** What a node tells of its contracts from the start: one short word for each, the same on nodes that agree. */
export const digests: Readonly<Record<string, string>> = Object.fromEntries(
  [...described].map(([name, contract]) => [name, digestOf(contract)]),
);

const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };

/** What a node tells of itself from the start. */
export const metadata = { contracts: digests, release: version, since: Date.now() };

/** Milliseconds between looks for nodes that have not answered: none may tell when it can. */
const EVERY = 5_000;

interface Peer {
  id: string;
  local: boolean;
  available: boolean;
  instanceID: string;
  metadata?: Partial<typeof metadata>;
}

interface Contracts extends Service {
  /** Nodes that have answered, by the run that did. */
  compared: Map<string, string>;
  ticker: Ticker;
}

/**
 * Lets nodes of two releases find out whether they go together, as they must during a rolling update: one that comes
 * to a cluster whose contracts it breaks says which and ends. Of two that start at once one may not answer the other:
 * then whoever began later asks again.
 */
export default {
  name: "contracts",

  actions: {
    of: {
      visibility: "public",
      handler: (ctx: Context<{ service: string }>) => described.get(ctx.params.service) ?? null,
    },
  },

  events: {
    "$services.changed"(this: Contracts) {
      this.ticker.wake();
    },
    "$node.connected"(this: Contracts) {
      this.ticker.wake();
    },
  },

  created(this: Contracts) {
    this.compared = new Map();
    const look = async () => {
      for (const peer of others(this).filter((one) => isEarlier(one, this.broker.nodeID))) {
        const error = await compare(this, peer, "debug");
        if (error) this.broker.broadcastLocal(INCOMPATIBLE, error);
      }
    };
    this.ticker = new Ticker(look, EVERY, this.logger);
  },

  async started(this: Contracts) {
    for (const peer of others(this)) {
      const error = await compare(this, peer, "warn");
      if (error) throw error;
    }
    this.ticker.start();
  },

  stopped(this: Contracts) {
    return this.ticker.stop();
  },
} satisfies ServiceSchema<ServiceSettingSchema, {}, {}, Contracts> as unknown as ServiceSchema;

/** The nodes that have not been compared with. */
const others = ({ broker, compared }: Contracts): Peer[] =>
  (broker.registry.nodes.list({ onlyAvailable: true, withServices: false }) as Peer[]).filter(
    ({ id, local, instanceID }) => !local && compared.get(id) !== instanceID,
  );

/** Whether that node began before this one, by an order in which all nodes see it; one that does not say is of before. */
function isEarlier({ id, metadata: { since = 0 } = {} }: Peer, self: string): boolean {
  return since === metadata.since ? id < self : since < metadata.since;
}

/** What keeps us from running beside that node; one that cannot be asked yet is left for the next look. */
async function compare(service: Contracts, peer: Peer, level: "warn" | "debug"): Promise<Error | null> {
  const { id, instanceID } = peer;
  try {
    const problems = await differences(service, peer);
    service.compared.set(id, instanceID);
    if (problems.length === 0) return null;
    return new IncompatibleReleaseError(`Node ${id} is of another release: ${problems.join("; ")}`);
  } catch (error) {
    service.logger[level](`Node ${id} could not be asked for its contracts, and is asked again`, error);
    return null;
  }
}

/** What breaks between that node's contracts and ours; of two of one release, what runs was there before. */
async function differences({ broker }: Contracts, { id, metadata }: Peer): Promise<string[]> {
  const theirs = Object.entries(metadata?.contracts ?? {});
  const isNewer = (metadata?.release ?? version).localeCompare(version, "en", { numeric: true }) > 0;
  const problems: string[] = [];
  for (const [service, digest] of theirs) {
    const ours = described.get(service);
    if (!ours || digests[service] === digest) continue;
    const other = (await broker.call("contracts.of", { service }, { nodeID: id, retries: 0 })) as Described | null;
    if (!other) continue;
    const broken = isNewer ? breaks(ours, other) : breaks(other, ours);
    problems.push(...broken.map((problem) => `${service}: ${problem}`));
  }
  return problems;
}
