import type { BookedOrder, Charge, Observations, Purchase } from "./observations.ts";
import type { Violation } from "./violations.ts";

const isConfirmed = ({ status }: BookedOrder): boolean => status === "confirmed" || status === "completed";
const orderOf = ({ key }: Charge): string => key.split(":", 1)[0] as string;
const taken = ({ captured, refunded }: Charge): number => captured - refunded;
/** Money that the shopper does not have at hand: taken, or set aside and not let go. */
const holds = (charge: Charge): boolean =>
  taken(charge) > 0 || ["authorized", "pending", "requires_action"].includes(charge.status);
const last = (purchase: Purchase): number | undefined => purchase.answers.at(-1)?.at;

/** Each unit has one owner at most, and none is lost on the way. */
export function stockFaults({ books }: Observations): Violation[] {
  const sold = new Map<string, number>();
  for (const { sku, quantity } of books.orders.filter(isConfirmed).flatMap(({ lines }) => lines)) {
    sold.set(sku, (sold.get(sku) ?? 0) + quantity);
  }
  const levels = new Map(books.stock.map((level) => [level.sku, level]));
  const found: Violation[] = [];
  for (const [sku, delivered] of books.delivered) {
    const out = sold.get(sku) ?? 0;
    const level = levels.get(sku);
    if (out > delivered || (level && Math.min(level.onHand, level.available) < 0)) {
      const detail = `${out} of ${delivered} were sold, ${level?.onHand} are on hand, ${level?.available} available`;
      found.push({ kind: "oversold", subject: sku, detail });
    }
    if (!level) found.push({ kind: "invariants broken", subject: sku, detail: "its stock is not there any more" });
    else if (level.onHand !== delivered - out || level.reserved !== 0) {
      const detail = `of ${delivered} ${out} were sold, but ${level.onHand} are on hand and ${level.reserved} reserved`;
      found.push({ kind: "invariants broken", subject: sku, detail });
    }
  }
  return found;
}

/** The bank's own books beside the shop's: each confirmed order is paid once, and nothing else is. */
export function chargeFaults({ purchases, books }: Observations): Violation[] {
  const found: Violation[] = [];
  const orders = new Map(books.orders.map((order) => [order.id, order]));
  const charges = Map.groupBy(books.charges, orderOf);
  for (const [id, all] of charges) {
    const order = orders.get(id);
    const holding = all.filter(holds);
    const sum = holding.reduce((total, charge) => total + taken(charge), 0);
    const told = holding.map(({ key, status, captured, refunded }) => `${key} ${status} ${captured}-${refunded}`);
    if (holding.length > 0 && (!order || order.status === "canceled")) {
      const detail = `the order is ${order ? "canceled" : "not there"}, the bank has ${told}`;
      found.push({ kind: "charged without order", subject: id, detail });
    } else if (order && (holding.length > 1 || sum > order.total.amount)) {
      found.push({ kind: "charged twice", subject: id, detail: `${told} of ${order.total.amount}` });
    }
  }
  for (const { id, total, status } of books.orders.filter(isConfirmed)) {
    const sum = (charges.get(id) ?? []).reduce((paid, charge) => paid + taken(charge), 0);
    if (sum < total.amount) {
      found.push({
        kind: "invariants broken",
        subject: id,
        detail: `${status}, and ${sum} of ${total.amount} is paid`,
      });
    }
  }
  const byMail = Map.groupBy(books.orders, ({ email }) => email);
  const bought = new Map<string, string[]>();
  for (const purchase of purchases) {
    const made = byMail.get(purchase.email) ?? [];
    const ids = made.map(({ id, status }) => `${id} ${status}`);
    if (made.length > 1) {
      found.push({ kind: "charged twice", subject: purchase.key, detail: `one key made ${ids}`, ...at(purchase) });
    }
    const confirmed = made.filter(isConfirmed).map(({ id }) => id);
    bought.set(purchase.cartId, [...(bought.get(purchase.cartId) ?? []), ...confirmed]);
  }
  for (const [cart, ids] of bought) {
    if (ids.length > 1) found.push({ kind: "charged twice", subject: `cart ${cart}`, detail: `was ordered as ${ids}` });
  }
  return found;
}

/** Whether what each buyer heard is what became of it. */
export function contradictions({ purchases, books }: Observations): Violation[] {
  const orders = new Map(books.orders.map((order) => [order.id, order]));
  return purchases.flatMap((purchase) => {
    const say = (detail: string): Violation => ({
      kind: "answered but lost",
      subject: purchase.answers.find(({ orderId }) => orderId)?.orderId ?? purchase.key,
      detail: `${detail} (buyer ${purchase.buyer}, ${purchase.token}, key ${purchase.key})`,
      ...at(purchase),
    });
    const named = new Set(purchase.answers.flatMap(({ orderId }) => orderId ?? []));
    if (named.size > 1) return [say(`one key was answered with the orders ${[...named]}`)];
    const [id] = named;
    if (!id) return [];
    const order = orders.get(id);
    if (!order) return [say(`${answered(purchase)}, and the order is not there`)];
    if (order.status === "pending") return [say(`${answered(purchase)}, and it is still pending`)];
    const { answers, seen, cancel } = purchase;
    const told = [...answers, ...seen];
    const found: string[] = [];
    const was = (state: string) => told.some((one) => one.status < 300 && one.state === state);
    const refused = answers.find(({ status, orderId }) => status >= 400 && orderId);
    const ended = isConfirmed(order) ? "confirmed" : order.status;
    if (was("confirmed") && ended === "canceled" && !cancel) found.push("it was confirmed, and is canceled");
    if (was("canceled") && ended === "confirmed") found.push("it was canceled, and is confirmed");
    if (refused && ended === "confirmed") found.push(`it was refused with ${refused.code}, and is confirmed`);
    if (cancel && cancel.status >= 200 && cancel.status < 300 && ended !== "canceled") {
      found.push(`its cancellation was accepted, and it is ${ended}`);
    }
    const total = told.find((one) => one.total !== undefined && one.total !== order.total.amount)?.total;
    if (total !== undefined) found.push(`it was to cost ${total}, and costs ${order.total.amount}`);
    return found.map(say);
  });
}

/** Mails are made of events: one of each that should be, and no other. */
export function mailFaults({ purchases, books }: Observations): Violation[] {
  const found: Violation[] = [];
  const mails = Map.groupBy(books.mails, ({ orderId, kind }) => `${orderId} ${kind}`);
  const count = (id: string, kind: string): number => mails.get(`${id} ${kind}`)?.length ?? 0;
  const say = (subject: string, detail: string) => found.push({ kind: "events lost", subject, detail });
  const mailed = new Map(purchases.map((purchase) => [purchase.email, purchase]));
  for (const order of books.orders) {
    const { id, email } = order;
    const confirmed = count(id, "confirmed");
    const canceled = count(id, "canceled");
    if (isConfirmed(order) && confirmed === 0) say(id, "it is confirmed and nobody was told by mail");
    if (confirmed > 1 || canceled > 1) say(id, `${confirmed} confirmations and ${canceled} cancellations were sent`);
    if (isConfirmed(order) && canceled > 0) say(id, "it is confirmed, and a mail says that it is canceled");
    const purchase = mailed.get(email);
    const answers = purchase?.answers.filter(({ orderId }) => orderId === id) ?? [];
    const believed = answers.length > 0 && answers.every(({ status, state }) => status < 300 && state !== "canceled");
    if (order.status === "canceled" && believed && canceled === 0) {
      say(id, "it was answered as taken, and is canceled without a mail");
    }
  }
  return found;
}

const at = (purchase: Purchase): { at?: number } => {
  const time = last(purchase);
  return time === undefined ? {} : { at: time };
};
const answered = ({ answers }: Purchase): string =>
  `it was answered with ${answers.map(({ status, code, state }) => `${status} ${code ?? state ?? ""}`.trim()).join(", ")}`;
