import { type ChildProcess, fork, type StdioOptions } from "node:child_process";
import { once } from "node:events";

/** What a process has used since it began. */
export interface Usage {
  cpu: NodeJS.CpuUsage;
  rss: number;
}

/** Seconds of processor time between two looks, in all threads, in the process and for it in the system. */
export const cpuBetween = (before: Usage, after: Usage): number =>
  (after.cpu.user - before.cpu.user + after.cpu.system - before.cpu.system) / 1e6;

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));

/** A measured server in a process of its own. */
export class Child {
  readonly process: ChildProcess;
  #output = "";

  constructor(script: string, env: Record<string, string>) {
    const stdio: StdioOptions = ["ignore", "pipe", "pipe", "ipc"];
    this.process = fork(script, { env: { ...process.env, ...env }, stdio, serialization: "advanced" });
    running.add(this.process);
    this.process.on("exit", () => running.delete(this.process));
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output = (this.#output + text).slice(-10_000);
      });
    }
  }

  /** The last that it has printed. */
  get output(): string {
    return this.#output;
  }

  async usage(): Promise<Usage> {
    this.process.send("usage");
    const [usage] = (await once(this.process, "message")) as [Usage];
    return usage;
  }

  /** Resolves when this comes true; fails with what the process said where it ends before. */
  async until(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) {
      if (this.process.exitCode !== null) throw new Error(`It ended with ${this.process.exitCode}:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    this.process.kill("SIGTERM");
    await once(this.process, "exit");
  }
}
