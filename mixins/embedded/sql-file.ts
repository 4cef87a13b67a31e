import type { StatementSync } from "node:sqlite";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type Transaction,
} from "kysely";
import type { SqlDatabase } from "../sql/sql-database.ts";
import { type Batch, isStorage, type SqliteFile } from "./sqlite-file.ts";

export interface FileDatabase extends SqlDatabase {
  /** Waits for its turn among the transactions, and keeps the next one out until the returned function is called. */
  alone(): Promise<() => void>;
}

/**
 * Kysely on one owned SQLite file. Transactions queue for the one connection, each in a savepoint; those of one turn
 * of the event loop share a commit, and each is answered after it. What is read outside is answered when it is on disk.
 */
export function sqlFile(file: SqliteFile, wrote: () => void): FileDatabase {
  const driver = new FileDriver(file, wrote);
  const db = new Kysely<never>({
    dialect: {
      createAdapter: () => new FileAdapter(),
      createDriver: () => driver,
      createIntrospector: (kysely) => new SqliteIntrospector(kysely),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
  const of = <Tables>() => db as unknown as Kysely<Tables>;
  const transaction = <Tables, T>(work: (tx: Transaction<Tables>) => Promise<T>) =>
    of<Tables>().transaction().execute(work);
  return {
    dialect: "sqlite",
    db: of,
    transaction,
    atOnce: transaction,
    patiently: (work) => work(of()),
    alone: () => driver.queue(),
  };
}

class FileAdapter extends SqliteAdapter {
  /** Kysely's own lock would keep the connection until the commit is on disk, and so give each transaction its own. */
  override get supportsMultipleConnections(): boolean {
    return true;
  }

  /** A migration that fails leaves nothing behind. */
  override get supportsTransactionalDdl(): boolean {
    return true;
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
    const turn = new Turn(this.#file, this.#wrote, () => this.queue());
    await turn.enter();
    return turn;
  }

  beginTransaction(turn: Turn): Promise<void> {
    return turn.begin();
  }

  commitTransaction(turn: Turn): Promise<void> {
    return turn.commit();
  }

  rollbackTransaction(turn: Turn): Promise<void> {
    return turn.rollback();
  }

  async releaseConnection(turn: Turn): Promise<void> {
    turn.leave();
  }

  async destroy(): Promise<void> {}

  async queue(): Promise<() => void> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    return resolve;
  }
}

/** One user of the connection: a statement, or a transaction from its begin to its end. */
class Turn implements DatabaseConnection {
  readonly #file: SqliteFile;
  readonly #wrote: () => void;
  readonly #queue: () => Promise<() => void>;
  #leave: (() => void) | null = null;
  /** Of the transaction under way. */
  #batch: Batch | null = null;
  #changed = false;

  constructor(file: SqliteFile, wrote: () => void, queue: () => Promise<() => void>) {
    this.#file = file;
    this.#wrote = wrote;
    this.#queue = queue;
  }

  async enter(): Promise<void> {
    this.#leave ??= await this.#queue();
  }

  leave(): void {
    this.#leave?.();
    this.#leave = null;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#batch) return this.#run(query, this.#batch);
    await this.enter();
    let stored: Promise<void> | undefined;
    try {
      if (/^\s*select\b/i.test(query.sql)) {
        stored = this.#file.settled();
        return this.#run(query);
      }
      const batch = this.#file.pin();
      try {
        return this.#run<R>(query, batch);
      } finally {
        this.#count();
        stored = this.#file.unpin(batch);
      }
    } finally {
      this.leave();
      // A failure of the statement is told as it is, one of the commit as such.
      await stored;
    }
  }

  // biome-ignore lint/correctness/useYield: SQLite gives all rows at once; whoever wants batches asks with a limit
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("Ask for rows in batches, with a limit");
  }

  async begin(): Promise<void> {
    await this.enter();
    const batch = this.#file.pin();
    this.#file.db.exec("savepoint turn");
    this.#batch = batch;
  }

  /** The next transaction may begin before this one is on disk; both then share a commit. */
  async commit(): Promise<void> {
    const batch = this.#end();
    if (!batch) return;
    try {
      if (this.#file.holds(batch)) this.#file.db.exec("release turn");
      else this.#file.fail("an earlier failure undid the transaction", batch);
    } catch (error) {
      this.#file.fail(error, batch);
    }
    this.#count();
    const stored = this.#file.unpin(batch);
    this.leave();
    await stored;
  }

  async rollback(): Promise<void> {
    const batch = this.#end();
    if (!batch) return;
    this.#changed = false;
    try {
      if (this.#file.holds(batch)) this.#file.db.exec("rollback to turn; release turn");
    } catch (error) {
      this.#file.fail(error, batch);
    }
    const stored = this.#file.unpin(batch);
    this.leave();
    // What made it give up may have been read from a write that is not on disk yet.
    await stored.catch(() => undefined);
  }

  #end(): Batch | null {
    const batch = this.#batch;
    this.#batch = null;
    return batch;
  }

  #count(): void {
    if (this.#changed) this.#wrote();
    this.#changed = false;
  }

  #run<R>({ sql, parameters }: CompiledQuery, batch?: Batch): QueryResult<R> {
    // A disk error may have undone the whole batch: what comes after must not be written on its own.
    if (batch && !this.#file.holds(batch)) throw this.#file.fail("an earlier failure undid the transaction", batch);
    try {
      const statement = this.#file.prepare(sql);
      const values = parameters as never[];
      if (givesRows(statement)) {
        const rows = statement.all(...values) as R[];
        this.#changed ||= rows.length > 0 && !/^\s*select\b/i.test(sql);
        return { rows };
      }
      const { changes, lastInsertRowid } = statement.run(...values);
      this.#changed ||= changes > 0;
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    } catch (error) {
      if (isStorage(error) || (batch && !this.#file.holds(batch))) throw this.#file.fail(error, batch);
      throw error;
    }
  }
}

const rowsOf = new WeakMap<StatementSync, boolean>();
/** Asked once of each statement: the answer is a list of descriptions. */
function givesRows(statement: StatementSync): boolean {
  const known = rowsOf.get(statement) ?? statement.columns().length > 0;
  rowsOf.set(statement, known);
  return known;
}
