import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../services/shared/environment.ts";
import { conflict } from "../../services/shared/errors.ts";
import { EmbeddedQueue } from "../durable-events/embedded-queue.ts";
import type { Log } from "../log.ts";
import { NewerDataError } from "../newer-data.ts";
import type { Platform } from "../platform.ts";
import type { SqlDatabase } from "../sql/sql-database.ts";
import type { Collection, CollectionSpec, Doc } from "../store/collection.ts";
import { EmbeddedCollection } from "../store/embedded-collection.ts";
import { packed, RESTORING } from "./backup.ts";
import { type FileDatabase, sqlFile } from "./sql-file.ts";
import { DataInUseError, SqliteFile } from "./sqlite-file.ts";

/** Everything in one folder and one process: documents and events in `shop.db`, money in `money.db`. */
export class EmbeddedPlatform implements Platform {
  readonly environment: Environment;
  readonly events: EmbeddedQueue;
  log: Log | undefined;
  readonly #documents: SqliteFile;
  readonly #sql = new Map<string, { file: SqliteFile; database: FileDatabase }>();
  readonly #writes: Record<string, number> = {};
  readonly #versions = new Map<string, number>();
  #backup: Promise<unknown> | undefined;

  constructor(environment: Environment) {
    this.environment = environment;
    const folder = environment.DATA_DIR;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (existsSync(join(folder, RESTORING))) {
      throw new DataInUseError(
        `A backup is being restored into ${folder}, or was not to its end: empty it and restore again`,
      );
    }
    this.#documents = new SqliteFile(join(folder, "shop.db"));
    this.events = new EmbeddedQueue(this.#documents, () => this.log);
  }

  collection<T extends Doc>(spec: CollectionSpec<T>): Collection<T> {
    this.#versions.set(spec.name, spec.version);
    return new EmbeddedCollection(spec, {
      file: this.#documents,
      enqueue: (events) => this.events.enqueue(events),
      wake: () => this.events.wake(),
      wrote: (name) => this.#wrote(name),
    });
  }

  sql(name: string): SqlDatabase {
    const known = this.#sql.get(name);
    if (known) return known.database;
    const file = new SqliteFile(join(this.environment.DATA_DIR, `${name}.db`), { durable: name === "money" });
    const database = sqlFile(file, () => this.#wrote(name));
    this.#sql.set(name, { file, database });
    return database;
  }

  writes(): Record<string, number> {
    return { ...this.#writes };
  }

  async connect(): Promise<void> {}

  start(): Promise<void> {
    return this.events.start();
  }

  stop(): Promise<void> {
    return this.events.stop();
  }

  problems(): string[] {
    return [];
  }

  async close(): Promise<void> {
    await this.#backup;
    for (const { file } of this.#sql.values()) await file.close();
    await this.#documents.close();
  }

  /** One file with everything as of one moment. The shop goes on meanwhile: what it writes stays in the logs. */
  async backup(file: string, { replace = false } = {}): Promise<{ bytes: number; at: string }> {
    if (this.#backup) throw conflict("BACKUP_RUNNING", "Another backup is being made");
    const making = packed(file, this.environment.DATA_DIR, replace, () => this.#freeze());
    this.#backup = making.catch(() => undefined);
    return making.finally(() => {
      this.#backup = undefined;
    });
  }

  /** Throws where the documents are newer than the services that asked for collections; changes nothing. */
  refuseNewer(): void {
    for (const { name, version } of this.#documents.db.prepare("select name, version from collections").all()) {
      const known = this.#versions.get(name as string);
      if (known === undefined || (version as number) > known) {
        throw new NewerDataError(
          `The ${name} are of version ${version}, and this release knows up to ${known ?? "none"}`,
        );
      }
    }
  }

  /** Keeps every file as it is at one moment, between transactions, until the returned function is called. */
  async #freeze(): Promise<() => void> {
    // What this node's services don't use is part of the whole too.
    for (const name of readdirSync(this.environment.DATA_DIR)) {
      const [, database] = /^([a-z]+)\.db$/.exec(name) ?? [];
      if (database && database !== "shop") this.sql(database);
    }
    const parts = [...this.#sql.values()];
    const leave = await Promise.all(parts.map(({ database }) => database.alone()));
    const thaw: (() => void)[] = [];
    const done = () => {
      for (const one of thaw) one();
    };
    try {
      for (const file of [this.#documents, ...parts.map((part) => part.file)]) thaw.push(file.freeze());
      return done;
    } catch (error) {
      done();
      throw error;
    } finally {
      for (const one of leave) one();
    }
  }

  #wrote(name: string): void {
    this.#writes[name] = (this.#writes[name] ?? 0) + 1;
  }
}
