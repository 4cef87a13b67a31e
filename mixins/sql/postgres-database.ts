import { setTimeout as pause } from "node:timers/promises";
import { Kysely, PostgresDialect, type Transaction } from "kysely";
import { Pool, type PoolConfig, types } from "pg";
import { pauseBefore } from "../durable-events/backoff.ts";
import { ServerRefusedError } from "../servers.ts";
import { causeOf, isLost, isOutdated, isRefusal, isUndone, toldAs, whyOf } from "./postgres-errors.ts";
import { forKysely, isInDoubt, PostgresSession, QueryNames } from "./postgres-session.ts";
import type { SqlDatabase } from "./sql-database.ts";

export interface PostgresOptions {
  url: string;
  /** The schema in it. */
  name: string;
  log(): Log | undefined;
  /** Connections at once. */
  connections?: number;
  /** A transaction has changed something. */
  wrote?(): void;
}

interface Log {
  info(...words: unknown[]): void;
  warn(...words: unknown[]): void;
}

export interface PostgresDatabase extends SqlDatabase {
  /** Reaches the server and makes the schema where there is none; for as long as it takes, unless we are refused. */
  connect(): Promise<void>;
  /** False while the server is away. */
  healthy(): boolean;
  /** What is wrong, for people, or null. */
  problem(): string | null;
  close(): Promise<void>;
}

const OLDEST = 150_000;
/** Milliseconds; the server's own limits come first, ours is for a server that is silent. */
const LIMITS = {
  lock_timeout: 3_000,
  statement_timeout: 5_000,
  idle_in_transaction_session_timeout: 5_000,
  query_timeout: 6_000,
  connectionTimeoutMillis: 3_000,
};
const LONGEST_PAUSE = 5_000;
/** Milliseconds in which what was undone is begun again. */
const REPEATS_FOR = 2_000;

/** One schema of a PostgreSQL database through Kysely; what fails because the server is away may be tried again. */
export function postgres(options: PostgresOptions): PostgresDatabase {
  return new Server(options);
}

class Server implements PostgresDatabase {
  readonly dialect = "postgres";
  readonly #options: PostgresOptions;
  readonly #pool: Pool;
  readonly #kysely: Kysely<unknown>;
  readonly #where: string;
  readonly #closing = new AbortController();
  /** Why and since when the server is away. */
  #away: { why: string; since: number } | null = { why: "not reached yet", since: Date.now() };

  constructor(options: PostgresOptions) {
    if (!/^[a-z][a-z_]*$/.test(options.name)) throw new Error(`${options.name} is no name for a schema`);
    this.#options = options;
    this.#where = addressOf(options.url);
    this.#pool = this.#open({ ...LIMITS, max: options.connections ?? 10 });
    this.#kysely = this.#over(this.#pool);
  }

  db<Tables>(): Kysely<Tables> {
    return this.#kysely as unknown as Kysely<Tables>;
  }

  transaction<Tables, T>(work: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
    const begun = this.db<Tables>().transaction().setIsolationLevel("read committed");
    return this.#untilDone(() => begun.execute(work));
  }

  atOnce<Tables, T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    return this.#untilDone(() => work(this.db<Tables>()));
  }

  async #untilDone<T>(work: () => Promise<T>): Promise<T> {
    const end = Date.now() + REPEATS_FOR;
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        const wait = pauseBefore(attempt) * (0.1 + Math.random() / 2);
        if (!wasUndone(causeOf(error)) || Date.now() + wait > end || this.#closing.signal.aborted) throw error;
        await pause(wait);
      }
    }
  }

  async patiently<T>(work: (db: Kysely<unknown>) => Promise<T>): Promise<T> {
    const pool = this.#open({ max: 1 });
    try {
      return await work(this.#over(pool));
    } finally {
      await pool.end();
    }
  }

  async connect(): Promise<void> {
    const { log } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#prepare();
        if (attempt === 1) this.#away = null;
        else this.#back();
        return;
      } catch (error) {
        const why = whyOf(error);
        if (error instanceof ServerRefusedError) throw error;
        if (isRefusal(error)) throw new ServerRefusedError(`${this.#where} refuses us: ${why}`);
        const wait = Math.min(LONGEST_PAUSE, pauseBefore(attempt));
        log()?.warn(`${this.#where} cannot be used: ${why}; attempt ${attempt}, the next in ${wait / 1_000} s`);
        await pause(wait, undefined, { signal: this.#closing.signal });
      }
    }
  }

  healthy(): boolean {
    return this.#away === null;
  }

  problem(): string | null {
    return this.#away && `${this.#where} is away: ${this.#away.why}`;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    if (!this.#pool.ending) await this.#pool.end();
  }

  #open(config: PoolConfig): Pool {
    const { url, name } = this.#options;
    const pool = new Pool({
      connectionString: url,
      application_name: `molecart ${name}`,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      types: { getTypeParser },
      onConnect: async (client) => {
        await client.query(`set search_path = ${name}`);
      },
      ...config,
    });
    pool.on("error", (error) => this.#lost(error));
    // One that breaks in somebody's hands says so to them; without a listener it would end the process.
    pool.on("connect", (client) => client.on("error", () => undefined));
    return pool;
  }

  #over(pool: Pool): Kysely<unknown> {
    const names = new QueryNames();
    const events = {
      answered: () => this.#away && this.#back(),
      lost: (error: unknown) => this.#lost(error),
      wrote: () => this.#options.wrote?.(),
    };
    const connect = async () => {
      try {
        return forKysely(new PostgresSession(await pool.connect(), names, events));
      } catch (error) {
        this.#lost(error);
        throw toldAs(error);
      }
    };
    return new Kysely({
      dialect: new PostgresDialect({ pool: { options: pool.options, connect, end: () => pool.end() } }),
    });
  }

  /** Sees to it that the server is one that we know, and that it has our schema. */
  async #prepare(): Promise<void> {
    const { name } = this.#options;
    const client = await this.#pool.connect();
    try {
      const [{ server_version_num: version }] = (await client.query("show server_version_num")).rows;
      if (version < OLDEST)
        throw new ServerRefusedError(`${this.#where} is of version ${version}; 15 or later is needed`);
      const known = await client.query("select 1 from pg_namespace where nspname = $1", [name]);
      if (known.rowCount) return;
      await client.query(`create schema if not exists ${name}`).catch(unlessTaken);
      this.#options.log()?.info(`${this.#where}: the schema ${name} was made`);
    } finally {
      client.release();
    }
  }

  #lost(error: unknown): void {
    if (this.#away || this.#closing.signal.aborted) return;
    this.#away = { why: whyOf(error), since: Date.now() };
    this.#options.log()?.warn(`${this.problem()}`);
    void this.#watch();
  }

  #back(): void {
    if (!this.#away) return;
    const seconds = ((Date.now() - this.#away.since) / 1_000).toFixed(1);
    this.#away = null;
    this.#options.log()?.info(`${this.#where} answers after ${seconds} s`);
  }

  /** Where nobody asks anything of it, it is asked whether it is there again. */
  async #watch(): Promise<void> {
    while (this.#away && !this.#closing.signal.aborted) {
      await pause(1_000, undefined, { signal: this.#closing.signal, ref: false }).catch(() => undefined);
      if (this.#pool.ending) return;
      await this.#pool.query("select 1").then(
        () => this.#back(),
        () => undefined,
      );
    }
  }
}

/** Whether nothing of the transaction was kept, so that it may run again. */
const wasUndone = (cause: unknown): boolean =>
  isUndone(cause) || isOutdated(cause) || (isLost(cause) && !isInDoubt(cause));

/** `if not exists` does not see what another is making at this moment. */
function unlessTaken(error: { code?: string }): void {
  if (error.code !== "23505" && error.code !== "42P06") throw error;
}

/** The address without user and password. */
function addressOf(url: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url);
  return `PostgreSQL at ${hostname || searchParams.get("host") || "localhost"}:${port || 5432}${pathname}`;
}

const [BIGINT, JSON_TEXT, NUMERIC] = [20, 114, 1700];

/** Whole numbers as numbers, JSON as it stands: rows are the same as SQLite's. */
function getTypeParser(oid: number, format?: "text" | "binary") {
  if (oid === BIGINT || oid === NUMERIC) return exact;
  if (oid === JSON_TEXT) return String;
  return types.getTypeParser(oid, format as "text");
}

function exact(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${text} is more than can be counted exactly`);
  return number;
}
