import type { PostgresPoolClient } from "kysely";
import type { PoolClient, QueryResult } from "pg";
import { isLost, isOutdated, toldAs } from "./postgres-errors.ts";

/** Queries that the server keeps a plan of, for each connection. */
const KEPT = 500;

/** Names for queries, so that the server parses and plans each once a connection. */
export class QueryNames {
  readonly #names = new Map<string, string>();

  of(sql: string): string | undefined {
    const known = this.#names.get(sql);
    if (known || this.#names.size >= KEPT) return known;
    const name = `q${this.#names.size}`;
    this.#names.set(sql, name);
    return name;
  }
}

const READS = /^(select|begin|start transaction|rollback)\b/;

/** The failure of a commit, or of a write of its own, whose answer did not come: it may have been done. */
const doubtful = new WeakSet<object>();
export const isInDoubt = (error: unknown): boolean => doubtful.has(error as object);

export interface SessionEvents {
  answered(): void;
  lost(error: unknown): void;
  /** A transaction, or a statement of its own, has changed something. */
  wrote(): void;
}

/** One connection in the hands of one user: never used again after it failed, nor asked for what cannot be known. */
export class PostgresSession {
  readonly #client: PoolClient;
  readonly #names: QueryNames;
  readonly #events: SessionEvents;
  #broken: unknown;
  #inTransaction = false;
  #changed = false;

  constructor(client: PoolClient, names: QueryNames, events: SessionEvents) {
    this.#client = client;
    this.#names = names;
    this.#events = events;
  }

  async query(sql: string, parameters: readonly unknown[] = []): Promise<QueryResult> {
    if (this.#broken) {
      // The server undoes it by itself; what was thrown first is what counts.
      if (sql === "rollback") return { command: "ROLLBACK", rows: [], rowCount: 0, oid: 0, fields: [] };
      throw toldAs(this.#broken);
    }
    const name = parameters.length > 0 ? this.#names.of(sql) : undefined;
    const query = { text: sql, values: parameters as unknown[] };
    try {
      return this.#follow(await this.#client.query(name ? { name, ...query } : query));
    } catch (error) {
      if (isOutdated(error) && !this.#inTransaction) {
        // It was refused before it did anything; the next user gets a connection without old plans.
        this.#broken = error;
        return this.#follow(await this.#client.query(query));
      }
      if (isLost(error)) {
        if (sql === "commit" || (!this.#inTransaction && !READS.test(sql))) doubtful.add(error as object);
        this.#broken = error;
        this.#events.lost(error);
      } else if (isOutdated(error)) this.#broken = error;
      throw toldAs(error);
    }
  }

  release(destroy = false): void {
    this.#client.release(destroy || this.#broken !== undefined);
  }

  #follow(result: QueryResult): QueryResult {
    const { command, rowCount } = result;
    this.#events.answered();
    if (command === "BEGIN" || command === "START") this.#inTransaction = true;
    else if (command !== "SELECT" && command !== "COMMIT") this.#changed ||= (rowCount ?? 0) > 0;
    if (command === "COMMIT" || command === "ROLLBACK") this.#inTransaction = false;
    if (!this.#inTransaction) {
      if (this.#changed && command !== "ROLLBACK") this.#events.wrote();
      this.#changed = false;
    }
    return result;
  }
}

/** As Kysely takes it: no cursors. */
export const forKysely = (session: PostgresSession): PostgresPoolClient => session as unknown as PostgresPoolClient;
