import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../rig/ports.ts";
import { eventually } from "./eventually.ts";
import { temporaryFolder } from "./services.ts";

const BIN = join(import.meta.dirname, "../../bin");
/** What a shop of these tests is given; the rest of the environment is not ours to guess. */
const QUIET = { LOG_LEVEL: "warn", DEMO: "false", RATE_LIMITS: "false", ADMIN_PASSWORD: "correct horse battery" };

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface ProcessShop {
  url: string;
  dataDir: string;
  pid: number;
  /** What it has printed so far. */
  output(): { stdout: string; stderr: string };
  kill(signal: NodeJS.Signals): void;
  exited: Promise<Ended>;
}

const running = new Set<ChildProcess>();
const folders: string[] = [];
// Whatever a test forgot or failed before: by its own id, and only that.
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone after the tests of this file. */
export function folderOfTest(): string {
  const folder = temporaryFolder();
  folders.push(folder);
  return folder;
}

/** Starts `bin/NAME.ts` by this Node; `limit` is the largest file it may write, in KiB. */
export function launch(name: string, args: string[], env: Record<string, string>, limit?: number) {
  const command = [process.execPath, join(BIN, `${name}.ts`), ...args];
  const [file, ...rest] = limit ? ["bash", "-c", `ulimit -S -f ${limit} && exec "$@"`, "-", ...command] : command;
  const child = spawn(file as string, rest, {
    env: { ...process.env, ...QUIET, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  running.add(child);
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  // A process that is killed reads no further.
  child.stdin.on("error", () => undefined);
  const exited = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      running.delete(child);
      resolve({ code, signal, ...output });
    });
  });
  return { child, output, exited };
}

/** Runs a command to its end. */
export const runCommand = (name: string, args: string[], env: Record<string, string>): Promise<Ended> => {
  const { child, exited } = launch(name, args, env);
  child.stdin.end();
  return exited;
};

/** A shop in a process of its own on `DATA_DIR`; resolves when it is open, rejects with what it said otherwise. */
export async function startProcess(
  env: Record<string, string> & { DATA_DIR: string },
  { limit }: { limit?: number } = {},
): Promise<ProcessShop> {
  const port = env.PORT ?? String(await freePort());
  const { child, output, exited } = launch("start", [], { ...env, PORT: port }, limit);
  let ended: Ended | undefined;
  void exited.then((how) => {
    ended = how;
  });
  await eventually(() => {
    if (ended) throw new Error(`The process has ended with ${ended.code}: ${ended.stderr}`);
    return output.stdout.includes("Ctrl-C");
  });
  return {
    url: `http://127.0.0.1:${port}`,
    dataDir: env.DATA_DIR,
    pid: child.pid as number,
    output: () => output,
    kill: (signal) => child.kill(signal),
    exited,
  };
}
