import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Reads lines of process ids; when this process has ended, however it ended, kills those of the last line with their
 * children (PostgreSQL's lead their own groups), and removes the folder.
 */
const WATCH = `
while read -r line; do last=$line; done
for pid in $last; do kill -KILL $(cat "/proc/$pid/task/$pid/children" 2>/dev/null) "$pid" 2>/dev/null; done
rm -rf "$0" || { sleep 0.2; rm -rf "$0"; }
`;

let guard: { shell: ChildProcess; folder: string; pids: Set<number> } | undefined;

function current() {
  if (guard) return guard;
  const folder = mkdtempSync(join(tmpdir(), "molecart-rig-"));
  // PostgreSQL refuses to run as root, so somebody else must get at its folder in here.
  chmodSync(folder, 0o711);
  // A group of its own: Ctrl-C of a terminal is for us, not for what cleans up behind us.
  const shell = spawn("sh", ["-c", WATCH, folder], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  shell.unref();
  (shell.stdin as unknown as { unref(): void }).unref();
  shell.stdin?.on("error", () => undefined);
  guard = { shell, folder, pids: new Set() };
  return guard;
}

/** A folder of its own for something that this process runs; it goes with the process. */
export function rigFolder(name: string): string {
  const folder = mkdtempSync(join(current().folder, `${name}-`));
  chmodSync(folder, 0o711);
  return folder;
}

/** From now on this process id dies with us, whatever ends us. */
export function watch(pid: number): void {
  tell((pids) => pids.add(pid));
}

/** It has ended, and its id may be somebody else's soon. */
export function unwatch(pid: number): void {
  if (guard?.pids.has(pid)) tell((pids) => pids.delete(pid));
}

function tell(change: (pids: Set<number>) => void): void {
  const { shell, pids } = current();
  change(pids);
  shell.stdin?.write(`${[...pids].join(" ")}\n`);
}

/** Kills what still runs and removes the folder, now. */
export async function closeRig(): Promise<void> {
  if (!guard) return;
  const { shell } = guard;
  guard = undefined;
  shell.ref();
  const ended = new Promise((resolve) => shell.once("exit", resolve));
  shell.stdin?.end();
  await ended;
}
