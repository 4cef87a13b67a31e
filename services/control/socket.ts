import { createHash } from "node:crypto";
import { mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** What a Unix socket's address may be long: 107 bytes on Linux, 103 on macOS. */
const LONGEST = 103;

/** Where the operator's socket of this data folder is. */
export function socketPath(dataDir: string): string {
  const path = join(dataDir, "control.sock");
  if (process.platform !== "win32") return path;
  return `\\\\.\\pipe\\molecart-${createHash("sha256").update(resolve(path)).digest("hex").slice(0, 16)}`;
}

/** Runs `use` with a path to the same socket that is short enough: through a link that is gone afterwards. */
export async function withShortPath<T>(path: string, use: (path: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(path) <= LONGEST || process.platform === "win32") return use(path);
  const folder = mkdtempSync(join(tmpdir(), "mc-"));
  try {
    symlinkSync(realpathSync(join(path, "..")), join(folder, "d"));
    return await use(join(folder, "d", "control.sock"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
