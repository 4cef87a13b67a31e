import { oneLine, sentence } from "../../services/notifications/mail-parts.ts";
import { cancellation, confirmation, whereTheMoneyIs } from "../../services/notifications/order-mail.ts";
import type { Order } from "../../services/orders/orders.contract.ts";
import { anOrder } from "../support/orders.ts";

const sender = { shop: "Fell & Fjord", timezone: "UTC", link: "http://localhost:3000/order.html#id.token" };
const usd = (amount: number) => ({ amount, currency: "USD" });
const declined = { message: "the card was declined" };

/** What a reader sees of the HTML: its text without tags. */
const read = (html: string): string =>
  html
    .replace(/<[^>]+>/g, "\n")
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

test.each(["text", "html"] as const)("a confirmation names number, lines, sums, address and link as %s", (form) => {
  const mail = confirmation(anOrder(), sender);
  const seen = form === "html" ? read(mail.html) : mail.text;
  for (const part of [
    "Hello Ada Lovelace,",
    "7K3F-92QD",
    "Trail jacket, S",
    "2 × $129.00 · TJ-S",
    "$258.00",
    "Enamel mug",
    "$14.99",
    "Shipping (standard)",
    "$4.90",
    "$277.89",
    "12 St James's Square",
    "London, SW1Y 4JH",
    "Fell & Fjord",
  ]) {
    expect(seen).toContain(part);
  }
  expect(form === "html" ? mail.html : mail.text).toContain(sender.link);
  expect(mail.subject).toBe("Your order 7K3F-92QD");
});

test("a mail tells the day of the order as it was where the shop is", () => {
  const late = anOrder({ placedAt: "2026-01-05T23:30:00.000Z" });
  expect(confirmation(late, sender).text).toContain("7K3F-92QD of January 5, 2026 ");
  expect(confirmation(late, { ...sender, timezone: "Europe/Paris" }).text).toContain("of January 6, 2026 ");
  const { html } = cancellation(late, declined, { ...sender, timezone: "America/New_York" });
  expect(html).toContain("of January 5, 2026 is canceled");
});

test("the sums of a text mail end in one column", () => {
  const { text } = confirmation(anOrder(), sender);
  const ends = text
    .split("\n")
    .filter((row) => /\$[\d.,]+$/.test(row))
    .map((row) => row.length);
  expect(ends).toHaveLength(5);
  expect(new Set(ends).size).toBe(1);
});

test("what shoppers typed is text in the HTML, never markup", () => {
  const evil = `<img src=x onerror=alert(1)>"'&`;
  const order = anOrder({ shippingAddress: { ...anOrder().shippingAddress, name: evil, line1: evil, city: evil } });
  for (const { html } of [confirmation(order, sender), cancellation(order, { message: evil }, sender)]) {
    expect(html).not.toContain("<img");
    expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;");
  }
});

test("a product's name cannot bring markup in either", () => {
  const [first, second] = anOrder().lines as [Order["lines"][number], Order["lines"][number]];
  const { html } = confirmation(anOrder({ lines: [{ ...first, name: "<b>Cheap</b>" }, second] }), sender);
  expect(html).not.toContain("<b>");
  expect(read(html)).toContain("<b>Cheap</b>");
});

test("line breaks in a typed name cannot forge lines of the text mail", () => {
  const name = "Ada\r\nTotal    $0.00\u202E\u2028evil";
  const { text } = confirmation(anOrder({ shippingAddress: { ...anOrder().shippingAddress, name } }), sender);
  expect(text).toContain("Hello Ada Total $0.00 evil,");
  expect(text.split("\n").filter((row) => row.startsWith("Total"))).toHaveLength(1);
});

test("nothing in a mail is loaded from elsewhere", () => {
  const { html } = confirmation(anOrder(), sender);
  expect(html).not.toMatch(/<(img|link|script|style|iframe)\b|url\(|src=/i);
  expect(html.match(/https?:\/\/[^"]+/g)).toEqual([sender.link]);
});

test("tax on top is a line of the sum, tax inside the prices is told after it", () => {
  const onTop = confirmation(anOrder({ taxTotal: usd(2_252), total: usd(30_041) }), sender).text;
  expect(onTop).toMatch(/Tax +\$22\.52\nTotal +\$300\.41/);
  const inside = confirmation(anOrder({ taxTotal: usd(2_252) }), sender).text;
  expect(inside).toMatch(/Total +\$277\.89\nTax in the total +\$22\.52/);
});

test("a discount is shown as what it takes off", () => {
  const { text } = confirmation(anOrder({ discountTotal: usd(1_000), total: usd(26_789) }), sender);
  expect(text).toMatch(/Discount +-\$10\.00/);
});

test("amounts are written as their currency is", () => {
  const yen = { amount: 1_980, currency: "JPY" };
  expect(confirmation(anOrder({ total: yen }), sender).text).toMatch(/Total +¥1,980\n/);
});

test("a cancellation says why in a sentence and what becomes of the money", () => {
  const mail = cancellation(anOrder({ payment: { status: "voided", provider: "sandbox" } }), declined, sender);
  expect(mail.subject).toBe("Your order 7K3F-92QD is canceled");
  for (const seen of [mail.text, read(mail.html)]) {
    expect(seen).toContain("Your order 7K3F-92QD of January 5, 2026 is canceled. The card was declined.");
    expect(seen).toContain("You have not been charged.");
    expect(seen).toContain("Trail jacket, S");
  }
});

test.each([
  ["pending", "You have not been charged."],
  ["failed", "You have not been charged."],
  ["authorized", "You have not been charged, and the amount that was set aside is released."],
  ["unknown", "You will not be charged: should the payment have gone through, it comes back to you in full."],
  ["captured", "Your payment of $277.89 goes back to you in full."],
  ["refunded", "Your payment of $277.89 has been returned to you."],
] as const)("a canceled order whose payment is %s: %s", (status, told) => {
  expect(whereTheMoneyIs(anOrder({ payment: { status, provider: "sandbox" } }))).toBe(told);
});

test("a reason becomes a whole sentence once", () => {
  expect(sentence("no units are left")).toBe("No units are left.");
  expect(sentence("Sold out!")).toBe("Sold out!");
  expect(sentence("")).toBe("");
  expect(oneLine("  a\t\u0007b  ")).toBe("a b");
});
