import type { Order } from "../orders/orders.contract.ts";
import { format } from "../shared/money.ts";
import type { Address } from "../shared/shapes.ts";
import * as part from "./mail-parts.ts";

/** What the shop says of itself in a mail, and where the shopper sees the order. */
export interface Sender {
  shop: string;
  /** Of the dates in the mail. */
  timezone: string;
  link: string;
}

/** Tells that the order is confirmed: what was bought, for how much, and where it goes. */
export function confirmation(order: Order, { shop, timezone, link }: Sender): part.MailText {
  const title = "Thank you for your order";
  const opening = `We have your order ${order.number} of ${day(order.placedAt, timezone)} and are getting it ready.`;
  const address = addressLines(order.shippingAddress);
  return {
    subject: `Your order ${order.number}`,
    text: [
      title,
      greeting(order),
      opening,
      part.textRows(rows(order), sums(order)),
      `Ships to\n${indented(address)}`,
      `See your order:\n${link}`,
      shop,
    ].join("\n\n"),
    html: part.page({
      title,
      shop,
      preview: `Order ${order.number}, ${format(order.total)}`,
      body: [
        part.paragraph(greeting(order)),
        part.paragraph(opening),
        part.htmlRows(rows(order), sums(order)),
        part.heading("Ships to"),
        part.lines(address),
        part.button("See your order", link),
      ].join("\n"),
    }),
  };
}

/** Tells that the order is canceled, why, and what becomes of the money. */
export function cancellation(order: Order, reason: { message: string }, sender: Sender): part.MailText {
  const { shop, timezone, link } = sender;
  const title = "Your order is canceled";
  const opening =
    `Your order ${order.number} of ${day(order.placedAt, timezone)} is canceled. ${part.sentence(reason.message)}`.trim();
  const money = whereTheMoneyIs(order);
  return {
    subject: `Your order ${order.number} is canceled`,
    text: [
      title,
      greeting(order),
      opening,
      money,
      part.textRows(rows(order), sums(order)),
      `See your order:\n${link}`,
      shop,
    ].join("\n\n"),
    html: part.page({
      title,
      shop,
      preview: money,
      body: [
        part.paragraph(greeting(order)),
        part.paragraph(opening),
        part.paragraph(money),
        part.htmlRows(rows(order), sums(order)),
        part.button("See your order", link),
      ].join("\n"),
    }),
  };
}

/** What a canceled order means for the shopper's money, by how its payment stands. */
export function whereTheMoneyIs({ payment, total }: Pick<Order, "payment" | "total">): string {
  switch (payment.status) {
    case "pending":
    case "requires_action":
    case "failed":
    case "voided":
      return "You have not been charged.";
    case "authorized":
      return "You have not been charged, and the amount that was set aside is released.";
    case "unknown":
      return "You will not be charged: should the payment have gone through, it comes back to you in full.";
    case "captured":
    case "partially_refunded":
      return `Your payment of ${format(total)} goes back to you in full.`;
    case "refunded":
      return `Your payment of ${format(total)} has been returned to you.`;
  }
}

/** `January 5, 2026`, as it was where the shop is. */
const day = (at: string, timeZone: string): string => {
  // Making a format takes longer than writing the rest of the mail.
  const format = days.get(timeZone) ?? new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone });
  days.set(timeZone, format);
  return format.format(new Date(at));
};
const days = new Map<string, Intl.DateTimeFormat>();

const greeting = ({ shippingAddress }: Pick<Order, "shippingAddress">): string =>
  `Hello ${part.oneLine(shippingAddress.name)},`;

const rows = (order: Pick<Order, "lines">): part.Row[] =>
  order.lines.map(({ sku, name, quantity, unitPrice, total }) => ({
    name: part.oneLine(name),
    detail: `${quantity} × ${format(unitPrice)} · ${sku}`,
    amount: format(total),
  }));

function sums(order: Order): part.Sum[] {
  const { subtotal, discountTotal, shippingTotal, taxTotal, total, shippingMethod } = order;
  const taxIsInside = subtotal.amount - discountTotal.amount + shippingTotal.amount === total.amount;
  const discount = { ...discountTotal, amount: -discountTotal.amount };
  return [
    { label: "Subtotal", amount: format(subtotal) },
    ...(discountTotal.amount ? [{ label: "Discount", amount: format(discount) }] : []),
    { label: `Shipping (${part.oneLine(shippingMethod)})`, amount: format(shippingTotal) },
    ...(taxTotal.amount && !taxIsInside ? [{ label: "Tax", amount: format(taxTotal) }] : []),
    { label: "Total", amount: format(total), strong: true },
    ...(taxTotal.amount && taxIsInside ? [{ label: "Tax in the total", amount: format(taxTotal) }] : []),
  ];
}

function addressLines({ name, company, line1, line2, city, region, postalCode, country }: Address): string[] {
  const place = [city, region, postalCode].filter(Boolean).join(", ");
  return [name, company, line1, line2, place, country]
    .filter((text) => text !== undefined)
    .map(part.oneLine)
    .filter(Boolean);
}

const indented = (texts: readonly string[]): string => texts.map((text) => `    ${text}`).join("\n");
