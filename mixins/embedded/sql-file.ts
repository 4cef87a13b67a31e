import type { CompiledQuery } from "kysely";
import {
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { SqlDatabase } from "../sql/sql-database.ts";
import type { SqliteFile } from "./sqlite-file.ts";

/**
 * Kysely on one owned SQLite file. Transactions queue for the one connection, each in a savepoint; those of one turn
 * of the event loop share a commit, and each is answered after it.
 */
export function sqlFile(file: SqliteFile, wrote: () => void): SqlDatabase {
  const driver = new FileDriver(file, wrote);
  const db = new Kysely<never>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => driver,
      createIntrospector: (kysely) => new SqliteIntrospector(kysely),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
  return { dialect: "sqlite", db: <Tables>() => db as unknown as Kysely<Tables> };
}

class Turn implements DatabaseConnection {
  readonly #file: SqliteFile;
  readonly #leave: () => void;
  inTransaction = false;
  #left = false;

  constructor(file: SqliteFile, leave: () => void) {
    this.#file = file;
    this.#leave = leave;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const statement = this.#file.prepare(sql);
    const values = parameters as never[];
    if (statement.columns().length > 0) {
      if (this.inTransaction || /^select/i.test(sql)) return { rows: statement.all(...values) as R[] };
      return { rows: (await this.#file.write(() => statement.all(...values))) as R[] };
    }
    const run = () => statement.run(...values);
    const { changes, lastInsertRowid } = this.inTransaction ? run() : await this.#file.write(run);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  // biome-ignore lint/correctness/useYield: SQLite gives all rows at once; whoever wants batches asks with a limit
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("Ask for rows in batches, with a limit");
  }

  leave(): void {
    if (!this.#left) this.#leave();
    this.#left = true;
  }
}

class FileDriver implements Driver {
  readonly #file: SqliteFile;
  readonly #wrote: () => void;
  #last: Promise<void> = Promise.resolve();

  constructor(file: SqliteFile, wrote: () => void) {
    this.#file = file;
    this.#wrote = wrote;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<Turn> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    return new Turn(this.#file, resolve);
  }

  async beginTransaction(turn: Turn): Promise<void> {
    this.#file.pin();
    this.#file.db.exec("savepoint turn");
    turn.inTransaction = true;
  }

  /** The next transaction may begin before this one is on disk; both then share a commit. */
  async commitTransaction(turn: Turn): Promise<void> {
    turn.inTransaction = false;
    this.#file.db.exec("release turn");
    this.#wrote();
    const done = this.#file.unpin();
    turn.leave();
    await done;
  }

  async rollbackTransaction(turn: Turn): Promise<void> {
    if (!turn.inTransaction) return;
    turn.inTransaction = false;
    if (this.#file.db.isTransaction) this.#file.db.exec("rollback to turn; release turn");
    this.#file.unpin();
  }

  async releaseConnection(turn: Turn): Promise<void> {
    turn.leave();
  }

  async destroy(): Promise<void> {}
}
