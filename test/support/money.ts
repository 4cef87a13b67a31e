import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Shop } from "../../bin/shop.ts";
import type { SqlDatabase } from "../../mixins/sql/sql-database.ts";
import type { MoneyTables } from "../../services/payments/payment.tables.ts";
import { type PaymentDesk, sandboxWebhookKey } from "../../services/payments/payment-desk.ts";
import type { Payment } from "../../services/payments/payments.contract.ts";
import service from "../../services/payments/payments.service.ts";
import type { Charge } from "../../services/payments/provider.ts";
import { SIGNATURE_HEADER, signatureOf } from "../../services/payments/sandbox/signature.ts";
import { newId } from "../../services/shared/ids.ts";
import { eventually } from "./eventually.ts";
import { startServices, type TestShop } from "./services.ts";

export interface MoneyShop extends TestShop {
  /** The desk of one of its nodes. */
  desk: PaymentDesk;
  /** What the webhook receiver got, whether the shop took it or not. */
  received: { body: string; headers: Record<string, string> }[];
  authorize(token: string, orderId?: string): Promise<Payment>;
  /** The order's payment once it has this status. */
  becomes(orderId: string, status: Payment["status"]): Promise<Payment>;
  /** The database of money. */
  money: SqlDatabase;
  tables(): ReturnType<typeof tablesOf>;
  /** The names of the events that were told of an order. */
  eventsOf(orderId: string): string[];
  /** What the ledger says was taken for an order and kept. */
  paidFor(orderId: string): Promise<number>;
  /** Sends a signed event as the sandbox bank would. */
  tell(charge: Partial<Charge> & { orderId: string }, event?: { id?: string; type?: string }): Promise<unknown>;
}

export const price = { amount: 12_900, currency: "USD" };

/** The payments service with quick time-outs and a receiver for the sandbox bank's webhooks. */
export async function startMoney(
  env: Record<string, string> = {},
  { refuseWebhooks = false, answerWithin = 250 } = {},
): Promise<MoneyShop> {
  Object.assign(service.settings ?? {}, { answerWithin, webhookWithin: 10_000, sandboxDelay: 100 });
  const received: MoneyShop["received"] = [];
  let shop: TestShop | undefined;
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    received.push({ body, headers });
    const provider = request.url?.split("/").at(-1) ?? "";
    const status =
      refuseWebhooks || !shop
        ? 503
        : await shop
            .as({})
            .call("payments.webhook", { provider, body, headers })
            .then(
              () => 200,
              (error) => error.code as number,
            );
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const { port } = receiver.address() as AddressInfo;
  const close = () => {
    receiver.closeAllConnections();
    return new Promise((resolve) => receiver.close(resolve));
  };
  try {
    shop = await startServices("payments", { PUBLIC_URL: `http://127.0.0.1:${port}`, ...env });
  } catch (error) {
    await close();
    throw error;
  }
  const started = shop;
  const told: { name: string; orderId: string }[] = [];
  for (const { events } of started.nodes.map(({ platform }) => platform)) {
    const publish = events.publish.bind(events);
    events.publish = async (some) => {
      await publish(some);
      told.push(...some.map(({ name, payload }) => ({ name, orderId: (payload as { orderId: string }).orderId })));
    };
  }
  const [first] = started.nodes as [Shop];
  const money = first.platform.sql("money");
  const { desk } = first.broker.getLocalService("payments") as unknown as { desk: PaymentDesk };
  return {
    ...started,
    desk,
    money,
    received,
    eventsOf: (orderId) => told.filter((one) => one.orderId === orderId).map(({ name }) => name),
    async paidFor(orderId) {
      const { payments, transactions, entries } = await tablesOf(money);
      const payment = payments.find((one) => one.order_id === orderId);
      const ids = new Set(transactions.filter((one) => one.payment_id === payment?.id).map(({ id }) => id));
      const ofOrder = entries.filter((one) => ids.has(one.transaction_id) && one.account === "receivable:sandbox");
      return ofOrder.reduce((total, { amount }) => total + amount, 0);
    },
    authorize: (token, orderId = newId()) =>
      started.inside.call("payments.authorize", { orderId, amount: price, token }),
    becomes: (orderId, status) =>
      eventually(async () => {
        const payment = await started.inside.call("payments.ofOrder", { orderId });
        return payment?.status === status && payment;
      }) as Promise<Payment>,
    tables: () => tablesOf(money),
    tell({ orderId, ...change }, { id = newId(), type } = {}) {
      const charge = { ...(chargeOf(orderId) satisfies Charge), ...change };
      const body = JSON.stringify({ id, type: type ?? `charge.${charge.status}`, charge });
      const headers = {
        [SIGNATURE_HEADER]: signatureOf(sandboxWebhookKey(started.platform.environment), body, Date.now()),
      };
      return started.as({}).call("payments.webhook", { provider: "sandbox", body, headers });
    },
    async stop() {
      await started.stop();
      await close();
    },
  };
}

const chargeOf = (orderId: string): Charge => ({
  key: `${orderId}:authorize`,
  reference: "ref",
  status: "authorized",
  ...price,
  captured: 0,
  refunded: 0,
  failure: null,
  redirectUrl: null,
});

/** All rows of the database of money. */
async function tablesOf(money: SqlDatabase) {
  const db = money.db<MoneyTables>();
  return {
    payments: await db.selectFrom("payments").selectAll().execute(),
    operations: await db.selectFrom("operations").selectAll().execute(),
    transactions: await db.selectFrom("ledger_transactions").selectAll().execute(),
    entries: await db.selectFrom("ledger_entries").selectAll().execute(),
    inbox: await db.selectFrom("inbox").selectAll().orderBy("received_at").execute(),
  };
}
