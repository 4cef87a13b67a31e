import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../services/shared/environment.ts";
import { EmbeddedQueue, type Log } from "../durable-events/embedded-queue.ts";
import type { Platform } from "../platform.ts";
import type { SqlDatabase } from "../sql/sql-database.ts";
import type { Collection, CollectionSpec, Doc } from "../store/collection.ts";
import { EmbeddedCollection } from "../store/embedded-collection.ts";
import { sqlFile } from "./sql-file.ts";
import { SqliteFile } from "./sqlite-file.ts";

/** Everything in one folder and one process: documents and events in `shop.db`, money in `money.db`. */
export class EmbeddedPlatform implements Platform {
  readonly environment: Environment;
  readonly events: EmbeddedQueue;
  /** Where the queue tells of failures; set when there is a broker. */
  log: Log | undefined;
  readonly #documents: SqliteFile;
  readonly #sql = new Map<string, { file: SqliteFile; database: SqlDatabase }>();
  readonly #writes: Record<string, number> = {};

  constructor(environment: Environment) {
    this.environment = environment;
    mkdirSync(environment.DATA_DIR, { recursive: true, mode: 0o700 });
    this.#documents = new SqliteFile(join(environment.DATA_DIR, "shop.db"));
    this.events = new EmbeddedQueue(this.#documents, () => this.log);
  }

  collection<T extends Doc>(spec: CollectionSpec<T>): Collection<T> {
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

  async close(): Promise<void> {
    for (const { file } of this.#sql.values()) await file.close();
    await this.#documents.close();
  }

  /** The files, each with the moment of its last commit; for the backup. */
  files(): SqliteFile[] {
    return [this.#documents, ...[...this.#sql.values()].map(({ file }) => file)];
  }

  #wrote(name: string): void {
    this.#writes[name] = (this.#writes[name] ?? 0) + 1;
  }
}
