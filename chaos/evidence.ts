import { MongoClient } from "mongodb";
import pg from "pg";
import type { Purchase } from "./observations.ts";
import type { Violation } from "./violations.ts";

/** So many orders are looked into; where more are wrong, they are wrong alike. */
const MOST = 30;
/** An order's id, or its number as people say it. */
const SUBJECT = /^([\da-f-]{36}|[\dA-Z]{4}-[\dA-Z]{4})$/;

/** What the databases hold of each order that something is wrong with: documents with their timelines, carts, payments. */
export async function evidence(
  violations: readonly Violation[],
  purchases: readonly Purchase[],
  environment: Record<string, string>,
): Promise<object[]> {
  const ids = [...new Set(violations.map(({ subject }) => subject).filter((subject) => SUBJECT.test(subject)))];
  if (ids.length === 0) return [];
  const mongo = await MongoClient.connect(environment.MONGO_URL as string);
  const money = new pg.Client({ connectionString: environment.POSTGRES_URL });
  await money.connect();
  try {
    const db = mongo.db();
    const found: object[] = [];
    for (const id of ids.slice(0, MOST)) {
      const order = await db.collection("orders").findOne({ $or: [{ _id: id as never }, { number: id }] });
      const purchase = purchases.find(
        ({ answers, key }) => key === id || answers.some(({ orderId }) => orderId === id),
      );
      const cartId = order?.cartId ?? purchase?.cartId;
      const cart = await db.collection("carts").findOne({ _id: cartId as never });
      const orderId = order ? String(order._id) : id;
      const payments = await money.query("select * from money.payments where order_id = $1", [orderId]);
      const charges = await money.query("select * from sandbox.charges where key like $1", [`${orderId}:%`]);
      found.push({ id, purchase, order, cart, payments: payments.rows, charges: charges.rows });
    }
    return found;
  } finally {
    await Promise.allSettled([mongo.close(), money.end()]);
  }
}
