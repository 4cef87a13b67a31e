import { createWriteStream, existsSync, readdirSync, writeFileSync } from "node:fs";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { create, extract } from "tar";
import { badRequest, conflict, typeOf } from "../../services/shared/errors.ts";

/** A folder inside the data folder while a backup is restored into it. */
export const RESTORING = "restore.partial";

const MANIFEST = "molecart.json";
const FORMAT = 1;
const READ = 256 * 1024;
const PART = /^([a-z]+\.db|secret\.key|molecart\.json)$/;

/** The file is not a backup, or not a whole one. */
export class BackupError extends Error {}

/** Packs what `freeze` keeps still into `file`, which exists only when it is whole. */
export async function packed(file: string, dataDir: string, replace: boolean, freeze: () => Promise<() => void>) {
  if (existsSync(file) && !replace) throw conflict("BACKUP_EXISTS", `${file} exists already; --force replaces it`);
  if (!existsSync(dirname(file))) throw badRequest("BACKUP_INVALID", `There is no folder ${dirname(file)}`);
  const partial = `${file}.partial`;
  let thaw: () => void = () => undefined;
  try {
    thaw = await freeze();
    const at = new Date().toISOString();
    const parts = readdirSync(dataDir).filter((name) => name !== MANIFEST && PART.test(name));
    writeFileSync(join(dataDir, MANIFEST), JSON.stringify({ format: FORMAT, at, parts }));
    const archive = create({ cwd: dataDir, portable: true, maxReadSize: READ }, [MANIFEST, ...parts]);
    // Not by tar's own gzip, which would keep the shop waiting: this one works in threads.
    await pipeline(archive, createGzip(), createWriteStream(partial, { mode: 0o600 }));
    await sync(partial);
    await rename(partial, file);
    await sync(dirname(file));
    return { bytes: (await stat(file)).size, at };
  } catch (error) {
    await rm(partial, { force: true });
    if (typeOf(error)) throw error;
    throw badRequest("BACKUP_FAILED", `The backup could not be written: ${(error as Error).message}`);
  } finally {
    await rm(join(dataDir, MANIFEST), { force: true });
    thaw();
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
