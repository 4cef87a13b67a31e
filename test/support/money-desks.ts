import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import type { Platform } from "../../mixins/platform.ts";
import type { SqlDatabase } from "../../mixins/sql/sql-database.ts";
import { auditPayments } from "../../services/payments/audit.ts";
import type { PaymentRecord } from "../../services/payments/payment.tables.ts";
import { PaymentDesk, type PaymentSettings, sandboxWebhookKey } from "../../services/payments/payment-desk.ts";
import type { Charge } from "../../services/payments/provider.ts";
import type { SandboxTables } from "../../services/payments/sandbox/sandbox.tables.ts";
import { SIGNATURE_HEADER, signatureOf } from "../../services/payments/sandbox/signature.ts";
import { readEnvironment } from "../../services/shared/environment.ts";
import { newId } from "../../services/shared/ids.ts";
import { connected } from "./money-databases.ts";

export const price = { amount: 12_900, currency: "USD" };

/** The payments of one node without a broker: its desk, what it tells, and what it logs. */
export interface TestDesk {
  desk: PaymentDesk;
  /** What went out to the others, in the order in which it went. */
  told: DurableEvent[];
  said: string[];
  authorize(token: string, orderId?: string): Promise<PaymentRecord>;
  /** Sends a signed event as the sandbox bank would. */
  tell(charge: Partial<Charge> & { orderId: string }, id?: string): Promise<void>;
  findings(): Promise<string[]>;
  /** How often the bank was moved to take or give back money for an order. */
  movements(orderId: string): Promise<{ kind: string; amount: number }[]>;
  paidFor(orderId: string): Promise<number>;
}

/** Opens and starts a node's payments on these databases. */
export async function openDesk(
  sql: (name: string) => SqlDatabase,
  { start = true, ...settings }: Partial<PaymentSettings> & { start?: boolean } = {},
): Promise<TestDesk> {
  const told: DurableEvent[] = [];
  const said: string[] = [];
  const say = (...words: unknown[]) => void said.push(words.map(String).join(" "));
  const environment = readEnvironment({
    SECRET_KEY: "a secret that every node of these tests knows",
    PUBLIC_URL: "http://127.0.0.1:1",
  });
  const events = { publish: async (some: DurableEvent[]) => void told.push(...some) };
  const platform = { environment, sql, events } as unknown as Platform;
  const patience = { answerWithin: 1_500, webhookWithin: 10_000, sandboxDelay: 50, ...settings };
  const desk = new PaymentDesk(platform, patience, { info: say, warn: say, error: say });
  await Promise.all([connected(sql("money")), connected(sql("sandbox"))]);
  await desk.open();
  if (start) desk.start();
  const bank = sql("sandbox").db<SandboxTables>();
  return {
    desk,
    told,
    said,
    authorize: (token, orderId = newId()) => desk.authorize(orderId, price, token),
    tell({ orderId, ...change }, id = newId()) {
      const charge: Charge = {
        ...{ key: `${orderId}:authorize`, reference: "ref", status: "authorized", ...price },
        ...{ captured: 0, refunded: 0, failure: null, redirectUrl: null, ...change },
      };
      const body = JSON.stringify({ id, type: `charge.${charge.status}`, charge });
      const key = sandboxWebhookKey(environment);
      return desk.hear("sandbox", body, { [SIGNATURE_HEADER]: signatureOf(key, body, Date.now()) });
    },
    async findings() {
      const { findings } = await auditPayments(desk.store.db);
      return findings.map(({ rule, subject, detail }) => `${rule} ${subject}: ${detail}`);
    },
    movements: (orderId) =>
      bank.selectFrom("movements").select(["kind", "amount"]).where("charge", "=", `${orderId}:authorize`).execute(),
    async paidFor(orderId) {
      const legs = await desk.store.db
        .selectFrom("ledger_entries as e")
        .innerJoin("ledger_transactions as t", "t.id", "e.transaction_id")
        .innerJoin("payments as p", "p.id", "t.payment_id")
        .where("p.order_id", "=", orderId)
        .where("e.account", "=", "receivable:sandbox")
        .select("e.amount")
        .execute();
      return legs.reduce((sum, { amount }) => sum + amount, 0);
    },
  };
}
