/** A line of the file as it is; prices in thousandths of a pound, because a few are below a penny. */
export interface Row {
  invoice: string;
  code: string;
  description: string;
  quantity: number;
  at: string;
  price: number;
  customer: string | null;
  country: string;
}

/** What our shop can sell: so many of a code at a price in pence. */
export interface Line {
  sku: string;
  quantity: number;
  /** Pence. */
  price: number;
}

/** Why something of the file is not in our revenue. */
export const REASONS = {
  postage: "Postage and carriage (POST, DOT, C2)",
  manual: "Entries by hand (M)",
  discount: "Discounts (D)",
  samples: "Samples (S)",
  fees: "Fees and commissions (BANK CHARGES, AMAZONFEE, CRUK)",
  badDebt: "Bad debt adjusted (invoices A…)",
  otherCode: "Other codes that are no goods",
  free: "Lines without a price: gifts and corrections of stock",
  belowPenny: "Prices of fractions of a penny",
  negative: "Negative quantities outside cancellations",
  cancelGuest: "Cancellations without a customer: of which order, nobody knows",
  cancelPartial: "Cancellations of a part of an order",
  cancelUnmatched: "Cancellations that no order of the customer matches",
} as const;
export type Reason = keyof typeof REASONS;

/** Lines that become no order, by reason; the value in thousandths of a pound, as the file has it. */
export interface Left {
  reason: Reason;
  lines: number;
  value: number;
}

export interface Invoice {
  no: string;
  kind: "sale" | "cancellation";
  at: string;
  /** `2010-12` */
  month: string;
  customer: string | null;
  country: string;
  /** Lines of the same SKU summed; those of a cancellation as it takes them back, above zero. */
  lines: Line[];
  left: Left[];
  /** Lines of the file. */
  rows: number;
  /** What it comes to in the file, in thousandths of a pound. */
  value: number;
}

const CODES: Record<string, Reason> = {
  ...{ POST: "postage", DOT: "postage", C2: "postage", M: "manual", D: "discount", S: "samples", B: "badDebt" },
  ...{ "BANK CHARGES": "fees", AMAZONFEE: "fees", CRUK: "fees" },
};
/** Five digits, the charity's and the vouchers' own numbers, and the cushion pads. */
const GOODS = /^(\d{5}|DCGS|GIFT_|PADS$)/;

/** Codes are written in capitals and not: they mean the same. */
export const codeOf = (code: string): string => code.trim().toUpperCase();

/** One SKU for each code and price, because a third of the lines is not at their code's usual price. */
export const skuOf = (code: string, pence: number): string => `${codeOf(code).replaceAll(" ", "-")}-${pence}`;

/** Why this line is no line of an order, or null where it is one. */
export function reasonOf({ code, quantity, price }: Row, kind: Invoice["kind"]): Reason | null {
  const known = codeOf(code);
  if (!GOODS.test(known)) return CODES[known] ?? "otherCode";
  if (price === 0) return "free";
  if (price < 0 || price % 10 !== 0) return "belowPenny";
  return quantity > 0 === (kind === "sale") ? null : "negative";
}

/** Rows as invoices, in order of time, and of the file where that is the same. */
export function invoicesOf(rows: Iterable<Row>): Invoice[] {
  const all = new Map<string, Row[]>();
  for (const row of rows) {
    const known = all.get(row.invoice);
    if (known) known.push(row);
    else all.set(row.invoice, [row]);
  }
  return [...all.values()].map(invoiceOf).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function invoiceOf(rows: readonly Row[]): Invoice {
  const first = rows[0] as Row;
  const kind = first.invoice.startsWith("C") ? "cancellation" : "sale";
  const lines = new Map<string, Line>();
  const left = new Map<Reason, Left>();
  let value = 0;
  for (const row of rows) {
    const worth = row.quantity * row.price;
    value += worth;
    const reason = reasonOf(row, kind);
    if (reason) leave(left, reason, worth);
    else {
      const pence = row.price / 10;
      const sku = skuOf(row.code, pence);
      const quantity = (lines.get(sku)?.quantity ?? 0) + Math.abs(row.quantity);
      lines.set(sku, { sku, quantity, price: pence });
    }
  }
  const { invoice: no, at, customer, country } = first;
  const who = { no, kind, at, month: at.slice(0, 7), customer, country } as const;
  return { ...who, lines: [...lines.values()], left: [...left.values()], rows: rows.length, value };
}

function leave(left: Map<Reason, Left>, reason: Reason, value: number): void {
  const known = left.get(reason) ?? { reason, lines: 0, value: 0 };
  left.set(reason, { reason, lines: known.lines + 1, value: known.value + value });
}

/** What lines come to, in pence. */
export const worth = (lines: readonly Line[]): number =>
  lines.reduce((total, { quantity, price }) => total + quantity * price, 0);

/** The lines as carts: what one cannot hold, the next one does. */
export function cartsOf(lines: readonly Line[], most: { lines: number; quantity: number }): Line[][] {
  const carts: Line[][] = [];
  const put = (line: Line) => {
    const free = carts.find((cart) => cart.length < most.lines && cart.every(({ sku }) => sku !== line.sku));
    if (free) free.push(line);
    else carts.push([line]);
  };
  for (const line of lines) {
    for (let rest = line.quantity; rest > 0; rest -= most.quantity) {
      put({ ...line, quantity: Math.min(rest, most.quantity) });
    }
  }
  return carts;
}
