import { spawn } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { unwatch, watch } from "./guard.ts";

export interface ChildOptions {
  command: string;
  args: readonly string[];
  /** Where its output goes. */
  log: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Milliseconds that a pause waits until it is one. */
const MOST_STOPPING = 1_000;

/** A process of the rig: it dies with us, and is ended by its own id only. */
export interface Child {
  pid: number;
  /** How it has ended, while it runs undefined. */
  ended(): Ended | undefined;
  exited: Promise<Ended>;
  output(): string;
  /** Asks it to end, and after a while makes it. */
  stop(signal?: NodeJS.Signals, patience?: number): Promise<Ended>;
  /** SIGKILL; resolves when it and its children are gone. */
  kill(): Promise<Ended>;
  /** SIGSTOP, to its children as well; SIGCONT. */
  pause(): void;
  resume(): void;
}

/** Starts a process whose output goes into a file. */
export async function startChild({ command, args, log, ...options }: ChildOptions): Promise<Child> {
  const file = openSync(log, "a");
  // A group of its own: Ctrl-C of a terminal reaches only us, and we know the order in which to stop.
  const child = spawn(command, args, { ...options, stdio: ["ignore", file, file], detached: true });
  closeSync(file);
  let how: Ended | undefined;
  const exited = new Promise<Ended>((resolve) => {
    child.once("exit", (code, signal) => {
      how = { code, signal };
      unwatch(pid);
      resolve(how);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  const pid = child.pid as number;
  watch(pid);
  // Whoever started it need not wait for it in order to end.
  child.unref();

  let paused = false;
  const toAll = (signal: NodeJS.Signals) => {
    for (const one of [pid, ...childrenOf(pid)]) send(one, signal);
  };
  const resume = () => {
    paused = false;
    toAll("SIGCONT");
  };
  const waited = async () => {
    child.ref();
    return await exited;
  };
  const kill = async () => {
    if (how) return how;
    const children = childrenOf(pid);
    for (const one of [pid, ...children]) send(one, "SIGKILL");
    const ended = await waited();
    while (children.some(isThere)) await new Promise((again) => setTimeout(again, 5));
    return ended;
  };
  return {
    pid,
    ended: () => how,
    exited,
    output: () => readFileSync(log, "utf8"),
    async stop(signal = "SIGTERM", patience = 20_000) {
      if (how) return how;
      if (paused) resume();
      child.kill(signal);
      const timer = setTimeout(() => void kill(), patience);
      const ended = await waited();
      clearTimeout(timer);
      return ended;
    },
    kill,
    pause() {
      paused = true;
      if (how) return;
      toAll("SIGSTOP");
      // It goes on for as long as no thread of it has had its turn to see the signal, on a busy machine for a while.
      const until = Date.now() + MOST_STOPPING;
      while ([pid, ...childrenOf(pid)].some(runs) && Date.now() < until);
    },
    resume() {
      if (!how) resume();
    },
  };
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** Whether it is there; who has ended and waits to be noticed by its parent is not. */
const isThere = (pid: number): boolean => !["", "Z"].includes(stateOf(`/proc/${pid}`));

/** Whether one of its threads is not stopped. */
function runs(pid: number): boolean {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.some((thread) => !["", "Z", "T", "t"].includes(stateOf(`/proc/${pid}/task/${thread}`)));
  } catch {
    return false;
  }
}

/** One letter, as the system has it for processes and threads; nothing where there is none. */
function stateOf(folder: string): string {
  try {
    const stat = readFileSync(`${folder}/stat`, "utf8");
    return stat.charAt(stat.lastIndexOf(")") + 2);
  } catch {
    return "";
  }
}

/** The children of a process, where the system tells them through /proc. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}
