import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Child, startChild } from "./child.ts";
import { findServer, missingServers, type ServerKind } from "./find.ts";
import { rigFolder } from "./guard.ts";
import { type Launch, prepare, type ServerOptions } from "./kinds.ts";
import { freePort, isFree } from "./ports.ts";

export { findServer, missingServers, SERVER_KINDS, type ServerKind } from "./find.ts";
export { closeRig } from "./guard.ts";
export type { ServerOptions } from "./kinds.ts";

/** A server of the rig, which dies with this process. */
export interface TestServer {
  kind: ServerKind;
  url: string;
  host: string;
  port: number;
  readonly pid: number;
  folder: string;
  /** What it has printed. */
  output(): string;
  /** Lets it end in order; its data stay until this process ends. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data, and stops it first where it runs. */
  restart(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  pause(): void;
  resume(): void;
}

/** How long a server may take until it answers. */
const START = 30_000;
/** How long somebody who was killed may take to be gone. */
const LEAVING = 10_000;

/** Starts a server of this kind on loopback; resolves when it has answered a real request. */
export async function startServer(kind: ServerKind, options: ServerOptions = {}): Promise<TestServer> {
  if (!findServer(kind)) throw new Error(missingServers([kind])[0]);
  const folder = options.folder ?? rigFolder(kind);
  mkdirSync(folder, { recursive: true });
  const end = Date.now() + LEAVING;
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const launch = await prepare(kind, { ...options, folder, port });
    try {
      return running(kind, { folder, port, launch, child: await ready(kind, { folder, port, launch }) });
    } catch (error) {
      const { message } = error as Error;
      // Between the look for a free port and the start, somebody else may have taken it.
      const taken = options.port === undefined && /in use/i.test(message) && attempt < 3;
      // Who had the data before was killed, and is not quite gone.
      const leaving = /postmaster\.pid" already exists|pre-existing shared memory/.test(message) && Date.now() < end;
      if (!taken && !leaving) throw error;
      if (leaving) await new Promise((again) => setTimeout(again, 200));
    }
  }
}

interface Parts {
  folder: string;
  port: number;
  launch: Launch;
  child: Child;
}

function running(kind: ServerKind, parts: Parts): TestServer {
  const { folder, port, launch } = parts;
  let { child } = parts;
  const stop = async () => void (await child.stop(launch.stopSignal));
  return {
    kind,
    url: launch.url,
    host: "127.0.0.1",
    port,
    get pid() {
      return child.pid;
    },
    folder,
    output: () => child.output(),
    stop,
    kill: async () => void (await child.kill()),
    async restart() {
      await stop();
      child = await ready(kind, { folder, port, launch });
    },
    pause: () => child.pause(),
    resume: () => child.resume(),
  };
}

/** Runs it until it answers; fails with what it printed. */
async function ready(kind: ServerKind, { folder, port, launch }: Omit<Parts, "child">): Promise<Child> {
  // Otherwise whoever is there might answer for ours.
  if (!(await isFree(port))) throw new Error(`${kind} does not start: port ${port} is in use`);
  const { command, args, uid, gid } = launch;
  const as = uid === undefined || gid === undefined ? {} : { uid, gid };
  const log = join(folder, "log");
  const before = existsSync(log) ? readFileSync(log, "utf8").length : 0;
  const child = await startChild({ command, args, ...as, cwd: folder, log });
  const end = Date.now() + START;
  for (;;) {
    let why: unknown;
    try {
      await launch.answers();
      if (!child.ended()) return child;
    } catch (error) {
      why = error;
    }
    if (child.ended() || Date.now() > end) {
      await child.kill();
      const printed = child.output().slice(before).trim().split("\n").slice(-20).join("\n");
      throw new Error(`${kind} does not start (${(why as Error | undefined)?.message ?? "it has ended"}):\n${printed}`);
    }
    await new Promise((again) => setTimeout(again, 25));
  }
}
