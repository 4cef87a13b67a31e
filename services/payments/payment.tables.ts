import type { Generated, Insertable, Kysely, Selectable, Transaction } from "kysely";
import { money } from "../shared/money.ts";
import type { OperationKind } from "./next-step.ts";
import type { Standing } from "./payment-status.ts";
import type { Payment, PaymentStatus } from "./payments.contract.ts";

interface PaymentTable {
  id: string;
  order_id: string;
  provider: string;
  status: PaymentStatus;
  version: number;
  currency: string;
  amount: number;
  captured: number;
  refunded: number;
  /** What the shopper pays with, until the provider has answered. */
  token: string | null;
  reference: string | null;
  redirect_url: string | null;
  failure_type: string | null;
  failure_message: string | null;
  capture_requested: number;
  void_requested: number;
  due_at: number | null;
  leased: number;
  fence: number;
  failures: number;
  created_at: string;
  updated_at: string;
}

interface OperationTable {
  /** The key that the provider is given. */
  id: string;
  payment_id: string;
  kind: OperationKind;
  state: "started" | "succeeded" | "failed" | "unknown";
  attempts: number;
  error: string | null;
  started_at: number;
  ended_at: number | null;
}

interface LedgerTransactionTable {
  id: string;
  payment_id: string;
  kind: string;
  currency: string;
  legs: string;
  at: string;
}

interface LedgerEntryTable {
  transaction_id: string;
  line: number;
  account: string;
  amount: number;
}

interface InboxTable {
  provider: string;
  event_id: string;
  type: string;
  body: string;
  received_at: number;
  processed_at: number | null;
  outcome: string | null;
  error: string | null;
}

interface OutboxTable {
  seq: Generated<number>;
  id: string;
  name: string;
  payload: string;
  at: number;
}

export interface MoneyTables {
  payments: PaymentTable;
  operations: OperationTable;
  ledger_transactions: LedgerTransactionTable;
  ledger_entries: LedgerEntryTable;
  inbox: InboxTable;
  outbox: OutboxTable;
}

export type MoneyDb = Kysely<MoneyTables>;
export type MoneyTx = Transaction<MoneyTables>;

/** A payment as its rules see it. */
export interface PaymentRecord extends Standing {
  id: string;
  provider: string;
  version: number;
  token: string | null;
  dueAt: number | null;
  leased: boolean;
  fence: number;
  failures: number;
  createdAt: string;
  updatedAt: string;
}

export const fromRow = (row: Selectable<PaymentTable>): PaymentRecord => ({
  id: row.id,
  orderId: row.order_id,
  provider: row.provider,
  status: row.status,
  version: row.version,
  currency: row.currency,
  amount: row.amount,
  captured: row.captured,
  refunded: row.refunded,
  token: row.token,
  reference: row.reference,
  redirectUrl: row.redirect_url,
  failure: row.failure_type ? { type: row.failure_type, message: row.failure_message ?? "" } : null,
  captureRequested: row.capture_requested === 1,
  voidRequested: row.void_requested === 1,
  dueAt: row.due_at,
  leased: row.leased === 1,
  fence: row.fence,
  failures: row.failures,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export const toRow = (payment: PaymentRecord): Insertable<PaymentTable> => ({
  id: payment.id,
  order_id: payment.orderId,
  provider: payment.provider,
  status: payment.status,
  version: payment.version,
  currency: payment.currency,
  amount: payment.amount,
  captured: payment.captured,
  refunded: payment.refunded,
  token: payment.token,
  reference: payment.reference,
  redirect_url: payment.redirectUrl,
  failure_type: payment.failure?.type ?? null,
  failure_message: payment.failure?.message ?? null,
  capture_requested: Number(payment.captureRequested),
  void_requested: Number(payment.voidRequested),
  due_at: payment.dueAt,
  leased: Number(payment.leased),
  fence: payment.fence,
  failures: payment.failures,
  created_at: payment.createdAt,
  updated_at: payment.updatedAt,
});

/** The payment as other services see it. */
export const view = (payment: PaymentRecord): Payment => ({
  id: payment.id,
  orderId: payment.orderId,
  status: payment.status,
  provider: payment.provider,
  amount: money(payment.amount, payment.currency),
  captured: money(payment.captured, payment.currency),
  refunded: money(payment.refunded, payment.currency),
  failure: payment.failure,
  nextAction: payment.redirectUrl ? { type: "redirect", url: payment.redirectUrl } : null,
  voidRequested: payment.voidRequested,
});
