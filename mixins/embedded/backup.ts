import { constants, copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { create, extract } from "tar";
import { badRequest, conflict, typeOf } from "../../services/shared/errors.ts";
import type { SqliteFile } from "./sqlite-file.ts";

/** Folders inside the data folder while a backup is made or restored. */
export const COPYING = "backup.partial";
export const RESTORING = "restore.partial";

const MANIFEST = "molecart.json";
const SECRET = "secret.key";
const FORMAT = 1;
const PART = /^([a-z]+\.db|secret\.key|molecart\.json)$/;

/** The file is not a backup, or not a whole one. */
export class BackupError extends Error {}

/** Copies the files in one synchronous turn, so that no write falls between them. */
export function copyNow(files: SqliteFile[], folder: string): void {
  for (const file of files) {
    file.checkpoint();
    copyFileSync(file.path, join(folder, basename(file.path)), constants.COPYFILE_FICLONE);
  }
}

/** Has the parts copied into a folder and packs them into `file`, which exists only when it is whole. */
export async function packed(file: string, dataDir: string, replace: boolean, copy: (folder: string) => Promise<void>) {
  if (existsSync(file) && !replace) throw conflict("BACKUP_EXISTS", `${file} exists already; --force replaces it`);
  if (!existsSync(dirname(file))) throw badRequest("BACKUP_INVALID", `There is no folder ${dirname(file)}`);
  const folder = join(dataDir, COPYING);
  const partial = `${file}.partial`;
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw conflict("BACKUP_RUNNING", "Another backup is being made");
  }
  try {
    await copy(folder);
    const at = new Date().toISOString();
    if (existsSync(join(dataDir, SECRET))) copyFileSync(join(dataDir, SECRET), join(folder, SECRET));
    const parts = readdirSync(folder);
    writeFileSync(join(folder, MANIFEST), JSON.stringify({ format: FORMAT, at, parts }));
    await create({ gzip: true, file: partial, cwd: folder, portable: true, mode: 0o600 }, [MANIFEST, ...parts]);
    await sync(partial);
    await rename(partial, file);
    await sync(dirname(file));
    return { bytes: (await stat(file)).size, at };
  } catch (error) {
    await rm(partial, { force: true });
    if (typeOf(error)) throw error;
    throw badRequest("BACKUP_FAILED", `The backup could not be written: ${(error as Error).message}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Unpacks a backup into a new folder; throws a `BackupError` where it is damaged or something else. */
export async function unpack(file: string, folder: string): Promise<string[]> {
  const foreign = new BackupError(`${file} is not a backup of Molecart`);
  let strange = false;
  const filter = (path: string, entry: object) => {
    const known = PART.test(path) && "type" in entry && entry.type === "File";
    strange ||= !known;
    return known && !strange;
  };
  try {
    await extract({ file, cwd: folder, strict: true, filter, preserveOwner: false, noChmod: true });
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall && code !== "Z_BUF_ERROR") throw error;
    throw new BackupError(`${file} is damaged or not a backup of Molecart: ${(error as Error).message}`);
  }
  const text = strange ? null : await readFile(join(folder, MANIFEST), "utf8").catch(() => null);
  if (!text) throw foreign;
  const { format, parts } = JSON.parse(text) as { format: number; parts: string[] };
  if (format > FORMAT) throw new BackupError(`${file} was made by a newer release`);
  if (!parts.includes("shop.db") || parts.some((part) => !existsSync(join(folder, part)))) throw foreign;
  return parts;
}

async function sync(path: string): Promise<void> {
  const handle = await open(path);
  await handle.sync();
  await handle.close();
}
