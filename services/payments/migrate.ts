import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { NewerDataError } from "../../mixins/newer-data.ts";
import { isPostgres, type SqlDatabase } from "../../mixins/sql/sql-database.ts";
import * as payments from "./migrations/001-payments.ts";
import * as ledger from "./migrations/002-ledger.ts";
import * as messages from "./migrations/003-messages.ts";

/** In the order of their names; a release only ever adds to them. */
const MIGRATIONS: Record<string, Migration> = {
  "001-payments": payments,
  "002-ledger": ledger,
  "003-messages": messages,
};

interface Log {
  info(...words: unknown[]): void;
}

/**
 * Brings the database of money up to this release, all or nothing, and says what it did; refuses a newer one. Of nodes
 * that start at once one does it, under the migrator's lock, and the others wait.
 */
export async function migrate(
  database: SqlDatabase,
  log: Log,
  migrations: Record<string, Migration> = MIGRATIONS,
): Promise<void> {
  const done = await database.patiently((db) => bringUp(db, migrations));
  log.info(
    done.length
      ? `The database of money was migrated: ${done.join(", ")}`
      : `The database of money is up to date at ${Object.keys(migrations).sort().at(-1)}`,
  );
}

async function bringUp(db: Kysely<unknown>, migrations: Record<string, Migration>): Promise<string[]> {
  const schema = await schemaOf(db);
  const unknown = (await applied(db, schema)).filter((name) => !(name in migrations));
  if (unknown.length) {
    throw new NewerDataError(
      `The payments were written by a newer release (${unknown.join(", ")} is not known to this one): use that one`,
    );
  }
  const provider = { getMigrations: async () => migrations };
  // Without its schema the migrator takes another service's table of migrations for its own.
  const migrator = new Migrator({ db, provider, ...(schema ? { migrationTableSchema: schema } : {}) });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error) throw error;
  return results.map(({ migrationName }) => migrationName);
}

async function applied(db: Kysely<unknown>, schema: string | undefined): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === "kysely_migration" && table.schema === schema)) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}

async function schemaOf(db: Kysely<unknown>): Promise<string | undefined> {
  if (!isPostgres(db)) return undefined;
  const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(db);
  return rows[0]?.schema;
}
