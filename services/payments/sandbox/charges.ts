import type { Selectable, Transaction } from "kysely";
import { prepared } from "../../../mixins/sql/prepared.ts";
import { locked } from "../../../mixins/sql/sql-database.ts";
import type { ChargeTable, SandboxDb, SandboxTables } from "./sandbox.tables.ts";

export type Charged = Selectable<ChargeTable>;
export type BankTx = Transaction<SandboxTables>;

const byKey = prepared((db: SandboxDb, { key }: { key: string }) =>
  db.selectFrom("charges").selectAll().where("key", "=", key),
);
const byReference = prepared((db: SandboxDb, { reference }: { reference: string }) =>
  db.selectFrom("charges").selectAll().where("reference", "=", reference),
);
const takeByKey = prepared((db: SandboxDb, { key }: { key: string }) =>
  locked(db, db.selectFrom("charges").selectAll().where("key", "=", key)),
);
const add = prepared((db: SandboxDb, row: Charged) =>
  db
    .insertInto("charges")
    .values(row)
    .onConflict((conflict) => conflict.column("key").doNothing()),
);
const put = prepared((db: SandboxDb, { key, ...changed }: Charged) =>
  db.updateTable("charges").set(changed).where("key", "=", key),
);
const move = prepared((db: SandboxDb, row: SandboxTables["movements"]) => db.insertInto("movements").values(row));
const moved = prepared((db: SandboxDb, { key }: { key: string }) =>
  db.selectFrom("movements").select("key").where("key", "=", key),
);
const delayed = prepared((db: SandboxDb, { now }: { now: number }) =>
  db.selectFrom("charges").select("key").where("decide_at", "<=", now),
);
const queue = prepared((db: SandboxDb, row: SandboxTables["webhooks"]) => db.insertInto("webhooks").values(row));

/** The rows of the bank. `take` keeps a charge from others until the transaction ends. */
export const charges = {
  byKey: async (db: SandboxDb, key: string): Promise<Charged | undefined> => (await byKey(db, { key })).rows[0],
  byReference: async (db: SandboxDb, reference: string) => (await byReference(db, { reference })).rows[0],
  take: async (tx: BankTx, key: string): Promise<Charged | undefined> => (await takeByKey(tx, { key })).rows[0],
  /** False where there is one with this key. */
  add: async (db: SandboxDb, row: Charged): Promise<boolean> => (await add(db, row)).numAffectedRows === 1n,
  put,
  hasMoved: async (tx: BankTx, key: string): Promise<boolean> => (await moved(tx, { key })).rows.length > 0,
  move,
  delayed: async (db: SandboxDb, now: number) => (await delayed(db, { now })).rows.map(({ key }) => key),
  queue,
};
