import { BackupError } from "../mixins/embedded/backup.ts";
import { DataInUseError } from "../mixins/embedded/sqlite-file.ts";
import { NewerDataError } from "../mixins/newer-data.ts";
import { ServerRefusedError } from "../mixins/servers.ts";
import { EnvironmentError } from "../services/shared/environment.ts";
import { IncompatibleReleaseError } from "../services/shared/errors.ts";

/** A failure that its sentence explains: told in one line, without a stack. */
export class PlainError extends Error {}

const PLAIN = [PlainError, DataInUseError, NewerDataError, BackupError, ServerRefusedError, IncompatibleReleaseError];

type SystemError = Error & { code?: string; syscall?: string; path?: string; port?: number; errcode?: number };

const SYSTEM: { [code: string]: string } = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than the system allows",
  ENOENT: "no such file or folder",
  ENOTDIR: "part of the path is not a folder",
  EISDIR: "it is a folder",
  EEXIST: "it exists already",
};

const SQLITE: { [code: number]: string } = {
  8: "it cannot be written",
  10: "reading or writing failed",
  11: "the file is damaged",
  13: "the disk is full",
  14: "its files cannot be opened or written",
  26: "the file is not a database",
};

/** One line for a failure that the operator can mend; undefined where only a stack helps. */
export function explain(error: unknown, dataDir?: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof EnvironmentError) return error.message.split("\n").join("; ");
  if (PLAIN.some((kind) => error instanceof kind)) return error.message;
  const { code = "", syscall, path, port, errcode } = error as SystemError;
  if (code === "EADDRINUSE") return `Port ${port ?? path} is in use by another process: set PORT to a free one`;
  if (code === "EADDRNOTAVAIL") return "HOST: this machine has no such address";
  if (syscall === "listen" && code === "EACCES") return `Port ${port}: permission denied`;
  if (syscall === "getaddrinfo") return "HOST: this name is not known";
  if (syscall === "mkdir" && code === "EEXIST") return `${path}: it is not a folder`;
  if (SYSTEM[code]) return `${path ?? dataDir ?? "The file"}: ${SYSTEM[code]}`;
  const why = errcode === undefined ? undefined : SQLITE[errcode & 0xff];
  return why && `The data in ${dataDir}: ${why} (${error.message})`;
}

/** Ends the process with that line, or with the stack where there is none. */
export function fail(error: unknown, dataDir?: string): never {
  console.error(explain(error, dataDir) ?? error);
  process.exit(1);
}
