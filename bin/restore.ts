import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { RESTORING, unpack } from "../mixins/embedded/backup.ts";
import type { EmbeddedPlatform } from "../mixins/embedded/embedded-platform.ts";
import { readEnvironment } from "../services/shared/environment.ts";
import { readArguments } from "./arguments.ts";
import { fail, PlainError } from "./failures.ts";
import { assemble } from "./shop.ts";

const { positionals } = readArguments("npm run restore -- FILE", 1, {});
const file = positionals[0] as string;

process.umask(0o077);
let dataDir: string | undefined;
try {
  const environment = readEnvironment(process.env);
  dataDir = environment.DATA_DIR;
  if (environment.TRANSPORTER) throw new PlainError("TRANSPORTER: the servers of a cluster have backups of their own");
  if (!existsSync(file) || !statSync(file).isFile()) throw new PlainError(`${file}: no such file`);
  await restore(dataDir, (folder) => readEnvironment({ ...process.env, SERVICES: "", DATA_DIR: folder }));
  console.log(`${dataDir} is the shop of ${file}: npm start`);
} catch (error) {
  fail(error, dataDir);
}

/** Fills an empty data folder; whatever is wrong with the backup, the folder is then as it was. */
async function restore(target: string, at: (folder: string) => ReturnType<typeof readEnvironment>): Promise<void> {
  const made = !existsSync(target);
  mkdirSync(target, { recursive: true, mode: 0o700 });
  // A volume of its own has that folder from the start.
  const there = readdirSync(target).filter((name) => name !== "lost+found");
  if (there.length) throw new PlainError(`${target} is not empty: restore into a new folder, or move this one away`);
  const folder = join(target, RESTORING);
  mkdirSync(folder);
  try {
    const parts = await unpack(file, folder);
    for (const part of parts.filter((name) => name.endsWith(".db"))) check(join(folder, part));
    const { broker, platform } = await assemble(at(folder));
    try {
      (platform as EmbeddedPlatform).refuseNewer();
    } finally {
      await broker.stop();
    }
    // The start refuses a folder that has the partial one in it: these appear together.
    for (const part of parts) renameSync(join(folder, part), join(target, part));
    rmSync(folder, { recursive: true });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    if (made) rmSync(target, { recursive: true, force: true });
    throw error;
  }
}

function check(path: string): void {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const result = db.prepare("pragma integrity_check").get()?.integrity_check;
    if (result !== "ok") throw new PlainError(`${file} is damaged: ${result}`);
  } finally {
    db.close();
  }
}
