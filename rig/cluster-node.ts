import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Child, type Ended, startChild } from "./child.ts";

const START = resolve(import.meta.dirname, "../bin/start.ts");

/** A process with some of the services, as `bin/start.ts` starts it. */
export interface ClusterNode {
  id: string;
  services: readonly string[];
  /** Where shoppers reach it, if it is a gateway. */
  url: string | null;
  /** Where it tells of its health. */
  health: string;
  readonly pid: number;
  readonly running: boolean;
  /** Resolves with how it has ended. */
  exited(): Promise<Ended>;
  /** What it has printed, over all its starts. */
  output(): string;
  /** Whether `/health/ready` says so: a gateway's own where the shop is whole, which waits for every service. */
  ready(): Promise<boolean>;
  /** Starts it again, with the same name and ports; resolves when it is ready. */
  start(): Promise<void>;
  /** Drains it; resolves when it is gone. */
  stop(): Promise<Ended>;
  kill(): Promise<Ended>;
  pause(): void;
  resume(): void;
}

export interface NodeOptions {
  id: string;
  services: readonly string[];
  folder: string;
  port: number;
  healthPort: number;
  /** Whether every service is in the layout. */
  whole: boolean;
  env: Record<string, string>;
}

/** How long a node may take until it is ready; many start at once on few cores. */
const START_WITHIN = 180_000;
/** How long a node may finish what runs. */
const STOP_WITHIN = 30_000;

/** Starts a node's process; `start` of what it gives waits until it is ready. */
export function makeNode({ id, services, folder, port, healthPort, whole, env }: NodeOptions): ClusterNode {
  const home = join(folder, id);
  mkdirSync(home, { recursive: true });
  const gateway = services.includes("api");
  const health = `http://127.0.0.1:${healthPort}`;
  const url = gateway ? `http://127.0.0.1:${port}` : null;
  let child: Child | undefined;
  const current = (): Child => {
    if (!child) throw new Error(`${id} was never started`);
    return child;
  };
  const variables = {
    ...env,
    NODE_ID: id,
    SERVICES: services.join(","),
    HOST: "127.0.0.1",
    PORT: String(port),
    HEALTH_PORT: String(healthPort),
    DATA_DIR: home,
  };
  /** What keeps it from being ready; null when it is. */
  const missing = async (): Promise<string | null> => {
    try {
      const answer = await fetch(`${(whole && url) || health}/health/ready`, { signal: AbortSignal.timeout(2_000) });
      const text = await answer.text();
      return answer.ok ? null : text;
    } catch (error) {
      return `${(error as Error).message}`;
    }
  };
  return {
    id,
    services,
    url,
    health,
    get pid() {
      return current().pid;
    },
    get running() {
      return child !== undefined && !child.ended();
    },
    exited: () => current().exited,
    output: () => child?.output() ?? "",
    ready: async () => (await missing()) === null,
    async start() {
      if (child && !child.ended()) throw new Error(`${id} runs already`);
      child = await startChild({
        command: process.execPath,
        args: [START],
        env: { ...process.env, ...variables },
        log: join(home, "log"),
      });
      const end = Date.now() + START_WITHIN;
      for (let why = await missing(); why !== null; why = await missing()) {
        const ended = child.ended();
        if (ended || Date.now() > end) {
          const how = ended ? `ended with ${ended.code ?? ended.signal}` : `is not ready (${why})`;
          throw new Error(`${id} ${how}:\n${child.output().trim().split("\n").slice(-15).join("\n")}`);
        }
        await new Promise((again) => setTimeout(again, 100));
      }
    },
    stop: () => current().stop("SIGTERM", STOP_WITHIN),
    kill: () => current().kill(),
    pause: () => current().pause(),
    resume: () => current().resume(),
  };
}
