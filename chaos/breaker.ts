import { setTimeout as pause } from "node:timers/promises";
import type { Happened } from "./recovery.ts";
import { describeFault, type Fault } from "./schedule.ts";

/** What the breaker needs of a node. */
export interface BreakableNode {
  id: string;
  kill(): Promise<unknown>;
  stop(): Promise<unknown>;
  start(): Promise<unknown>;
  pause(): void;
  resume(): void;
}

/** What the breaker needs of a server, and of the proxy in front of it. */
export interface BreakableServer {
  kill(): Promise<unknown>;
  stop(): Promise<unknown>;
  restart(): Promise<unknown>;
}
export interface BreakableProxy {
  cut(): Promise<unknown>;
  hang(): Promise<unknown>;
  delay(ms: number): Promise<unknown>;
  restore(): Promise<unknown>;
}

export interface Breakable {
  nodes: ReadonlyMap<string, BreakableNode>;
  groups: readonly { name: string; nodes: readonly string[] }[];
  servers: ReadonlyMap<string, BreakableServer>;
  proxies: ReadonlyMap<string, BreakableProxy>;
}

export type Broken = Fault & Happened;

/** A rolling restart waits so long for the shop to be itself again, so that what fails then is its own fault. */
const CALM = 20_000;

/** Breaks things as the schedule says, and puts each right again. */
export class Breaker {
  /** What has happened so far, as it really was. */
  readonly happened: Broken[] = [];
  /** What could not be put right. */
  readonly stuck: string[] = [];
  readonly #what: Breakable;
  readonly #now: () => number;
  readonly #tell: (line: string) => void;
  readonly #isCalm: () => boolean;

  constructor(what: Breakable, around: { now: () => number; tell: (line: string) => void; isCalm: () => boolean }) {
    this.#what = what;
    this.#now = around.now;
    this.#tell = around.tell;
    this.#isCalm = around.isCalm;
  }

  /** Runs the schedule from `zero`; where something took longer than planned, all that follows is later by as much. */
  async run(faults: readonly Fault[], zero = 0): Promise<void> {
    let late = zero;
    for (let next = 0; next < faults.length; ) {
      const first = faults[next] as Fault;
      const together = [first, ...faults.slice(next + 1).filter(({ at }) => at <= first.at + first.length)];
      next += together.length;
      await this.#until(first.at + late);
      if (first.kind === "rolling restart") {
        for (const end = this.#now() + CALM; !this.#isCalm() && this.#now() < end; ) await pause(100);
      }
      await Promise.all(
        together.map(async (fault) => {
          await this.#until(fault.at + late);
          await this.#one(fault);
        }),
      );
      const planned = Math.max(...together.map(({ at, length }) => at + length));
      late = Math.max(late, this.#now() - planned);
    }
  }

  /** Faults that are under way at a moment, in words. */
  under(at: number): string {
    return this.happened
      .filter(({ start, end }) => start <= at && at <= end + 1_000)
      .map((fault) => describeFault(fault))
      .join("; ");
  }

  async #until(time: number): Promise<void> {
    const left = time - this.#now();
    if (left > 0) await pause(left);
  }

  async #one(fault: Fault): Promise<void> {
    const start = this.#now();
    const fromStart = fault.kind === "node killed";
    const entry: Broken = { ...fault, start, end: Number.POSITIVE_INFINITY, fromStart };
    this.happened.push(entry);
    this.#tell(describeFault(fault));
    try {
      await this.#act(fault);
    } catch (error) {
      this.stuck.push(`${describeFault(fault)} could not be put right: ${(error as Error).message}`);
      this.#tell(this.stuck.at(-1) as string);
    }
    entry.end = this.#now();
    this.#tell(`#${fault.number} is over after ${seconds(entry.end - start)}`);
  }

  async #act({ kind, target, length, delay = 0 }: Fault): Promise<void> {
    switch (kind) {
      case "node killed": {
        const node = this.#node(target);
        await node.kill();
        await pause(length);
        await node.start();
        return;
      }
      case "node paused":
      case "node paused for long": {
        const node = this.#node(target);
        node.pause();
        await pause(length);
        node.resume();
        return;
      }
      case "rolling restart": {
        const group = this.#what.groups.find(({ name }) => name === target);
        for (const id of group?.nodes ?? []) {
          const node = this.#node(id);
          const begun = this.#now();
          await node.stop();
          const stopped = this.#now();
          await node.start();
          this.#tell(
            `${id} ended in ${seconds(stopped - begun)} and was ready again in ${seconds(this.#now() - stopped)}`,
          );
        }
        return;
      }
      case "server killed":
      case "server restarted": {
        const server = found(this.#what.servers, target);
        await (kind === "server killed" ? server.kill() : server.stop());
        await pause(length);
        await server.restart();
        return;
      }
      case "connections cut":
      case "connections hang":
      case "connections delayed": {
        const proxy = found(this.#what.proxies, target);
        if (kind === "connections cut") await proxy.cut();
        else if (kind === "connections hang") await proxy.hang();
        else await proxy.delay(delay);
        await pause(length);
        await proxy.restore();
      }
    }
  }

  #node = (id: string): BreakableNode => found(this.#what.nodes, id);
}

function found<T>(all: ReadonlyMap<string, T>, name: string): T {
  const one = all.get(name);
  if (!one) throw new Error(`There is no ${name} to break`);
  return one;
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
