import { type Kysely, PostgresAdapter, type Transaction } from "kysely";

/** A database with constraints and transactions. Inside a transaction use only its `tx`, and await nothing else. */
export interface SqlDatabase {
  // biome-ignore lint/suspicious/noExplicitAny: each service knows its own tables
  db<Tables = any>(): Kysely<Tables>;
  dialect: "sqlite" | "postgres";
  /**
   * What `work` gives, committed; a server that undoes it because of another transaction has it run again. Transactions
   * of one file come one after the other, those on a server side by side, each statement seeing what is committed:
   * whoever reads in order to write locks the row with `locked`, or guards the write.
   */
  transaction<Tables, T>(work: (tx: Transaction<Tables>) => Promise<T>): Promise<T>;
  /** The same for work that is one statement on a server, which needs no begin and no commit there. */
  atOnce<Tables, T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** Runs `work` where statements may take as long as changes of tables do. */
  patiently<T>(work: (db: Kysely<unknown>) => Promise<T>): Promise<T>;
}

/** Whether this speaks to a server on which others are at work at the same time. */
export const isPostgres = (db: Pick<Kysely<never>, "getExecutor">): boolean =>
  db.getExecutor().adapter instanceof PostgresAdapter;

interface Lockable {
  forUpdate(): unknown;
  skipLocked(): unknown;
}

/** The rows of `query` kept from others until the transaction ends; a file has one transaction at a time anyway. */
export const locked = <Q extends Lockable>(db: Pick<Kysely<never>, "getExecutor">, query: Q): Q =>
  isPostgres(db) ? (query.forUpdate() as Q) : query;

/** The same without those that another has locked already. */
export const lockedHere = <Q extends Lockable>(db: Pick<Kysely<never>, "getExecutor">, query: Q): Q =>
  isPostgres(db) ? ((query.forUpdate() as Q).skipLocked() as Q) : query;
