import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { NewerDataError } from "../../mixins/newer-data.ts";
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

/** Brings the database of money up to this release, all or nothing, and says what it did; refuses a newer one. */
export async function migrate(
  db: Kysely<unknown>,
  log: Log,
  migrations: Record<string, Migration> = MIGRATIONS,
): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const unknown = (await applied(db)).filter((name) => !(name in migrations));
  if (unknown.length) {
    throw new NewerDataError(
      `The payments were written by a newer release (${unknown.join(", ")} is not known to this one): use that one`,
    );
  }
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error) throw error;
  const done = results.map(({ migrationName }) => migrationName);
  log.info(
    done.length
      ? `The database of money was migrated: ${done.join(", ")}`
      : `The database of money is up to date at ${Object.keys(migrations).sort().at(-1)}`,
  );
}

async function applied(db: Kysely<unknown>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === "kysely_migration")) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}
