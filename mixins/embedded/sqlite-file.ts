import { DatabaseSync, type StatementSync } from "node:sqlite";
import { unavailable } from "../../services/shared/errors.ts";

/** The writes of one turn of the event loop: they reach the disk together or not at all. */
export interface Batch {
  done: Promise<void>;
  settle(error?: unknown): void;
  /** What was written and is not on disk yet; readers of it wait. */
  dirty: Set<string>;
  /** Transactions with pauses that are under way in it: the commit waits for them. */
  pins: number;
  /** Its turn is over: it commits as soon as nothing pins it. */
  due: boolean;
}

export class DataInUseError extends Error {}

/** Pages of log before they go into the file: a page that many commits change is then written there once. */
const CHECKPOINT = 8_000;

const SQLITE_BUSY = 5;
const SQLITE_CONSTRAINT = 19;
/** Locked out, no memory, read-only, input or output, corrupt, full, cannot open, not a database. */
const STORAGE = new Set([SQLITE_BUSY, 6, 7, 8, 10, 11, 13, 14, 15, 26]);
// Not by `instanceof`: inside Jest the errors of Node's own modules are of another realm.
const primaryCode = (error: unknown): number | undefined => {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === "number" ? code & 0xff : undefined;
};

/** The disk or the file is the matter, not what was asked of it. */
export const isStorage = (error: unknown): boolean => STORAGE.has(primaryCode(error) ?? 0);

/** A unique key or a check refused the statement; nothing else was undone. */
export const isConstraint = (error: unknown): boolean => primaryCode(error) === SQLITE_CONSTRAINT;

/**
 * One SQLite file that this process owns. Writes of one turn share a commit, and a write is answered after that commit.
 * A commit that fails (a full disk) refuses all its writes and leaves the file as it was.
 */
export class SqliteFile {
  readonly path: string;
  readonly db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #batch: Batch | null = null;

  /** `durable: false` survives the end of the process but not of the machine: for what only plays a part in trials. */
  constructor(path: string, { durable = true } = {}) {
    this.path = path;
    this.db = new DatabaseSync(path);
    try {
      // Exclusive and before WAL: the lock is taken with the first write, and no shared memory file is made.
      this.db.exec("pragma locking_mode = exclusive; pragma journal_mode = wal; pragma busy_timeout = 0");
      this.db.exec(`pragma synchronous = ${durable ? "full" : "normal"}; pragma cache_size = -16000`);
      this.db.exec(`pragma wal_autocheckpoint = ${CHECKPOINT}`);
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

  /**
   * Runs `work`, which only writes; resolves with what it returned when that is on disk. Work that throws is undone
   * alone, unless the disk is the matter: then nothing of this turn is answered as done.
   */
  write<T>(work: () => T, touched: readonly string[] = []): Promise<T> {
    let batch: Batch;
    let result: T;
    try {
      batch = this.#open();
      this.prepare("savepoint work").run();
      result = work();
      this.prepare("release work").run();
    } catch (error) {
      return Promise.reject(this.#undo(error));
    }
    for (const key of touched) batch.dirty.add(key);
    return batch.done.then(() => result);
  }

  /** Resolves when what is written so far is on disk; with a key, only where that key is among it. */
  settled(key?: string): Promise<void> | undefined {
    return key === undefined || this.#batch?.dirty.has(key) ? this.#batch?.done : undefined;
  }

  /** Keeps the commit back while a transaction with pauses is under way. */
  pin(): Batch {
    const batch = this.#open();
    batch.pins++;
    return batch;
  }

  /** Resolves when the batch is on disk; rejects where it was undone. */
  unpin(batch: Batch): Promise<void> {
    batch.pins--;
    // At once, not in a turn of its own: the next transaction would pin it again, and so for ever.
    if (batch.due && this.holds(batch)) this.#commit();
    return batch.done;
  }

  /** False once the batch was undone or is on disk. */
  holds(batch: Batch): boolean {
    return this.#batch === batch && this.db.isTransaction;
  }

  /** Undoes what is not on disk yet and refuses all of it; with a batch, only where that is the one. */
  fail(cause: unknown, of: Batch | null = this.#batch): Error {
    const reason = (cause as { message?: string } | null)?.message ?? String(cause);
    const error = unavailable("STORAGE_UNAVAILABLE", `The data could not be stored: ${reason}`);
    if (of !== this.#batch) return error;
    if (this.db.isOpen && this.db.isTransaction) this.db.exec("rollback");
    const batch = this.#batch;
    this.#batch = null;
    batch?.settle(error);
    return error;
  }

  /**
   * Commits at once, merges the log into the file, and leaves the file as it is until the returned function is called:
   * later writes stay in the log, and the file can be copied meanwhile.
   */
  freeze(): () => void {
    this.#commit();
    const state = this.#batch ? undefined : this.db.prepare("pragma wal_checkpoint(truncate)").get();
    if (state?.busy !== 0) throw unavailable("STORAGE_UNAVAILABLE", "The log could not be merged into the data");
    this.db.exec("pragma wal_autocheckpoint = 0");
    return () => this.db.exec(`pragma wal_autocheckpoint = ${CHECKPOINT}`);
  }

  async close(): Promise<void> {
    await this.settled()?.catch(() => undefined);
    this.#statements.clear();
    if (this.db.isOpen) this.db.close();
  }

  #undo(error: unknown): unknown {
    if (isStorage(error) || !this.#batch || !this.db.isTransaction) return this.fail(error);
    this.db.exec("rollback to work; release work");
    return error;
  }

  #open(): Batch {
    if (this.#batch && this.db.isTransaction) return this.#batch;
    // SQLite gives the whole transaction up when some statements fail.
    if (this.#batch) this.fail(new Error("an earlier write failed"));
    if (!this.db.isOpen) throw new Error("the file is closed");
    this.prepare("begin immediate").run();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => undefined);
    this.#batch = {
      done: promise,
      dirty: new Set(),
      settle: (error) => (error === undefined ? resolve() : reject(error)),
      pins: 0,
      due: false,
    };
    setImmediate(() => this.#commit());
    return this.#batch;
  }

  #commit(): void {
    const batch = this.#batch;
    if (!batch) return;
    batch.due = true;
    if (batch.pins > 0) return;
    try {
      this.prepare("commit").run();
      this.#batch = null;
      batch.settle();
    } catch (error) {
      this.fail(error);
    }
  }
}
