import { DatabaseSync, type StatementSync } from "node:sqlite";
import { unavailable } from "../../services/shared/errors.ts";

/** The writes of one turn of the event loop: they reach the disk together or not at all. */
interface Batch {
  done: Promise<void>;
  settle(error?: unknown): void;
  /** What was written and is not on disk yet; readers of it wait. */
  dirty: Set<string>;
}

export class DataInUseError extends Error {}

const SQLITE_BUSY = 5;
const SQLITE_CONSTRAINT = 19;
const primaryCode = (error: unknown): number | undefined =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : undefined;

/** A unique key or a check refused the statement; nothing else was undone. */
export const isConstraint = (error: unknown): boolean => primaryCode(error) === SQLITE_CONSTRAINT;

/**
 * One SQLite file that this process owns. Writes of one turn share a commit, and a write is answered after that commit.
 * A commit that fails (a full disk) refuses all its writes and leaves the file as it was.
 */
export class SqliteFile {
  readonly db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #batch: Batch | null = null;
  #pins = 0;
  #due = false;

  /** `durable: false` survives the end of the process but not of the machine: for what only plays a part in trials. */
  constructor(path: string, { durable = true } = {}) {
    this.db = new DatabaseSync(path);
    try {
      // Exclusive and before WAL: the lock is taken with the first write, and no shared memory file is made.
      this.db.exec("pragma locking_mode = exclusive; pragma journal_mode = wal; pragma busy_timeout = 0");
      this.db.exec(`pragma synchronous = ${durable ? "full" : "normal"}; pragma cache_size = -16000`);
      this.db.exec("begin exclusive; commit");
    } catch (error) {
      this.db.close();
      if (primaryCode(error) === SQLITE_BUSY) throw new DataInUseError(`${path} is in use by another process`);
      throw error;
    }
  }

  prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Runs `work`, which only writes; resolves with what it returned when that is on disk. */
  write<T>(work: () => T, touched: readonly string[] = []): Promise<T> {
    let batch: Batch;
    let result: T;
    try {
      batch = this.#open();
      result = work();
    } catch (error) {
      if (isConstraint(error) && this.db.isTransaction) return Promise.reject(error);
      // Another failure may have undone earlier writes of this turn: none of them is answered as done.
      return Promise.reject(this.#fail(error));
    }
    for (const key of touched) batch.dirty.add(key);
    return batch.done.then(() => result);
  }

  /** Resolves when what is written so far is on disk; with a key, only where that key is among it. */
  settled(key?: string): Promise<void> | undefined {
    return key === undefined || this.#batch?.dirty.has(key) ? this.#batch?.done : undefined;
  }

  /** Keeps the commit back while a transaction with pauses is under way. */
  pin(): void {
    this.#open();
    this.#pins++;
  }

  unpin(): Promise<void> {
    this.#pins--;
    const done = this.#batch?.done ?? Promise.resolve();
    if (this.#pins === 0 && this.#due) setImmediate(() => this.#commit());
    return done;
  }

  /** Merges the log into the file, so that the file alone is the whole. */
  checkpoint(): void {
    this.db.exec("pragma wal_checkpoint(truncate)");
  }

  async close(): Promise<void> {
    await this.settled()?.catch(() => undefined);
    this.#statements.clear();
    if (this.db.isOpen) this.db.close();
  }

  #open(): Batch {
    if (this.#batch) return this.#batch;
    this.db.exec("begin immediate");
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => undefined);
    this.#batch = {
      done: promise,
      dirty: new Set(),
      settle: (error) => (error === undefined ? resolve() : reject(error)),
    };
    this.#due = false;
    setImmediate(() => this.#commit());
    return this.#batch;
  }

  #commit(): void {
    const batch = this.#batch;
    if (!batch) return;
    if (this.#pins > 0) {
      this.#due = true;
      return;
    }
    try {
      this.db.exec("commit");
      this.#batch = null;
      batch.settle();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(cause: unknown): Error {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const error = unavailable("STORAGE_UNAVAILABLE", `The data could not be stored: ${reason}`);
    if (this.db.isTransaction) this.db.exec("rollback");
    const batch = this.#batch;
    this.#batch = null;
    batch?.settle(error);
    return error;
  }
}
