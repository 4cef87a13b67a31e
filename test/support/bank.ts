import { Client } from "pg";
import type { Cluster } from "../../rig/cluster.ts";
import type { Order } from "../../services/orders/orders.contract.ts";
import { everyItem, signIn } from "./buyer.ts";
import { asked } from "./money-databases.ts";

/** What the sandbox bank of this PostgreSQL has taken and not given back, by order; nothing may be open there. */
export async function charged(url: string): Promise<Map<string, number>> {
  const rows = await asked(url, "select key, captured - refunded as taken, status from sandbox.charges");
  expect(rows.filter(({ status }) => status === "authorized" || status === "pending")).toEqual([]);
  const taken = rows.map(({ key, taken }) => [String(key).split(":")[0] as string, Number(taken)] as const);
  return new Map(taken.filter(([, amount]) => amount > 0));
}

/** All orders of the shop; the bank has taken what those cost that are confirmed, and nothing else. */
export async function ordersAsPaid({ urls: [url], env }: Cluster): Promise<Order[]> {
  const headers = await signIn(url as string, env.ADMIN_PASSWORD as string);
  const orders = await everyItem<Order>(`${url}/api/v1/admin/orders`, headers);
  const confirmed = orders.filter(({ status }) => status === "confirmed");
  const ours = confirmed.map(({ id, total }) => [id, total.amount]);
  expect([...(await charged(env.POSTGRES_URL as string))].sort()).toEqual(ours.sort());
  return orders;
}

/** From now on the bank takes no money, until what this gives is called: who asks for it waits. */
export async function holdCaptures(url: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("begin; lock table sandbox.movements in exclusive mode");
  return () => client.end();
}
