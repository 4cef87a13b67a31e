import { type Compilable, type CompiledQuery, type Kysely, type QueryResult, type RawBuilder, sql } from "kysely";
import { isPostgres } from "./sql-database.ts";

/** Stands for a value that is known when the query is run. */
class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A query that is built once, for what runs with every payment: to build it takes longer than to run it. `build` gets
 * placeholders for the values, so it must not look at them, and every call has the same names.
 *
 *     const byOrder = prepared((db: MoneyDb, { order }: { order: string }) =>
 *       db.selectFrom("payments").selectAll().where("order_id", "=", order));
 *     const { rows } = await byOrder(tx, { order });
 */
export function prepared<Tables, Values extends object, Row>(
  build: (db: Kysely<Tables>, values: Values) => Compilable<Row>,
): (db: Kysely<Tables>, values: Values) => Promise<QueryResult<Row>> {
  const forms: Partial<Record<"file" | "server", CompiledQuery<Row>>> = {};
  return (db, values) => {
    const kind = isPostgres(db) ? "server" : "file";
    forms[kind] ??= build(db, slotsFor(values)).compile();
    const form = forms[kind];
    const parameters = form.parameters.map((one) => (one instanceof Slot ? values[one.name as keyof Values] : one));
    return db.executeQuery({ ...form, parameters });
  };
}

const slotsFor = <Values extends object>(values: Values): Values =>
  Object.fromEntries(Object.keys(values).map((name) => [name, new Slot(name)])) as Values;

/** The texts of a list that is one value, `JSON.stringify(texts)`, so that its length does not make another query. */
export const listed = (db: Pick<Kysely<never>, "getExecutor">, json: string): RawBuilder<string> =>
  isPostgres(db)
    ? sql<string>`(select json_array_elements_text(${json}::json))`
    : sql<string>`(select value from json_each(${json}))`;
