import { readFileSync } from "node:fs";

/** Megabytes of a process that are in memory. */
export function memoryOf(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1_024;
}

/** The most megabytes by which any of these processes grows while this goes on. */
export async function growth(pids: readonly number[], work: () => Promise<unknown>): Promise<number> {
  const before = pids.map(memoryOf);
  let most = 0;
  const look = () => {
    for (const [at, pid] of pids.entries()) most = Math.max(most, memoryOf(pid) - (before[at] as number));
  };
  const looking = setInterval(look, 20);
  try {
    await work();
    look();
  } finally {
    clearInterval(looking);
  }
  return most;
}
