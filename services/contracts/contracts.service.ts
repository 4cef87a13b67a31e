import { createRequire } from "node:module";
import type { Context, Service, ServiceSchema } from "moleculer";
import { cluster } from "../cluster.ts";
import type { ServiceContract } from "../contract.ts";
import { IncompatibleReleaseError } from "../shared/errors.ts";
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
export const metadata = { contracts: digests, release: version };

interface Peer {
  id: string;
  local: boolean;
  metadata?: Partial<typeof metadata>;
}

/**
 * Lets nodes of two releases find out whether they go together, as they must during a rolling update: one that comes
 * to a cluster whose contracts it breaks says which and ends its start.
 */
export default {
  name: "contracts",

  actions: {
    of: {
      visibility: "public",
      handler: (ctx: Context<{ service: string }>) => described.get(ctx.params.service) ?? null,
    },
  },

  async started(this: Service) {
    const peers = this.broker.registry.nodes.list({ onlyAvailable: true, withServices: false }) as Peer[];
    for (const peer of peers.filter(({ local }) => !local)) {
      const problems = await differences(this, peer);
      if (problems.length)
        throw new IncompatibleReleaseError(`Node ${peer.id} is of another release: ${problems.join("; ")}`);
    }
  },
} satisfies ServiceSchema;

/** What breaks between that node's contracts and ours; of two of one release, what runs was there before. */
async function differences({ broker, logger }: Service, { id, metadata }: Peer): Promise<string[]> {
  const theirs = Object.entries(metadata?.contracts ?? {});
  const isNewer = (metadata?.release ?? version).localeCompare(version, "en", { numeric: true }) > 0;
  const problems: string[] = [];
  for (const [service, digest] of theirs) {
    const ours = described.get(service);
    if (!ours || digests[service] === digest) continue;
    try {
      const other = (await broker.call("contracts.of", { service }, { nodeID: id })) as Described | null;
      if (!other) continue;
      const broken = isNewer ? breaks(ours, other) : breaks(other, ours);
      problems.push(...broken.map((problem) => `${service}: ${problem}`));
    } catch (error) {
      logger.warn(`Node ${id} could not be asked for its contract of ${service}`, error);
    }
  }
  return problems;
}
