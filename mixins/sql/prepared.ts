import type { Compilable, CompiledQuery, Kysely, QueryResult } from "kysely";
import { isPostgres } from "./sql-database.ts";

/** Stands for a value that is known when the query is run. */
export type Arg<Args> = <N extends keyof Args>(name: N) => Args[N];

class Slot {
  readonly name: PropertyKey;

  constructor(name: PropertyKey) {
    this.name = name;
  }
}

/**
 * A query that is built once, for what runs with every payment: building it takes longer than running it.
 *
 *     const byOrder = prepared((db: MoneyDb, arg: Arg<{ order: string }>) =>
 *       db.selectFrom("payments").selectAll().where("order_id", "=", arg("order")));
 *     const { rows } = await byOrder(tx, { order });
 */
export function prepared<Tables, Args extends object, Row>(
  build: (db: Kysely<Tables>, arg: Arg<Args>) => Compilable<Row>,
): (db: Kysely<Tables>, args: Args) => Promise<QueryResult<Row>> {
  const forms: Partial<Record<"file" | "server", CompiledQuery<Row>>> = {};
  const slot = ((name: PropertyKey) => new Slot(name)) as unknown as Arg<Args>;
  return (db, args) => {
    const kind = isPostgres(db) ? "server" : "file";
    forms[kind] ??= build(db, slot).compile();
    const form = forms[kind];
    const parameters = form.parameters.map((one) => (one instanceof Slot ? args[one.name as keyof Args] : one));
    return db.executeQuery({ ...form, parameters });
  };
}
