import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

/** What ran it, as far as figures depend on it; the load is what others left over. */
export function machine(): {
  node: string;
  platform: string;
  cpu: string;
  cores: number;
  memory: string;
  load: number;
} {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    load: Math.round((loadavg()[0] as number) * 100) / 100,
  };
}

export function describeMachine({ node, platform, cpu, cores, memory }: ReturnType<typeof machine>): string {
  return `Node ${node.slice(1)} on ${platform}, ${cores} cores (${cpu}), ${memory} of memory`;
}
