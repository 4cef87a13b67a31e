import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { SMTPServer } from "smtp-server";
import type { z } from "zod";
import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import { platformOf } from "../../mixins/platform.ts";
import type { Mail as MailShape } from "../../services/notifications/notifications.contract.ts";
import type { Order } from "../../services/orders/orders.contract.ts";
import { orderToken } from "../../services/shared/order-token.ts";
import { eventually } from "../support/eventually.ts";
import { anOrder } from "../support/orders.ts";
import { startServices, type TestShop, temporaryFolder } from "../support/services.ts";
import { standIn } from "../support/stand-ins.ts";

type Mail = z.output<typeof MailShape>;
const STAFF = { userId: "0198c0de-0000-7000-8000-0000000000aa", permissions: ["mail:read"] };
const shops: TestShop[] = [];
const servers: { close(done: () => void): void }[] = [];

afterEach(async () => {
  for (const shop of shops.splice(0)) await shop.stop();
  for (const server of servers.splice(0)) await new Promise<void>((done) => server.close(done));
});

/** The notifications with stand-ins for these orders. */
async function start(orders: Order[], env: Record<string, string> = {}): Promise<TestShop> {
  const shop = await startServices("notifications", env);
  shops.push(shop);
  if (orders.length) await offer(shop, orders);
  return shop;
}

async function offer(shop: TestShop, orders: Order[]): Promise<void> {
  const get = (ctx: { params: { id: string } }) => orders.find(({ id }) => id === ctx.params.id);
  await standIn(shop, { name: "orders", actions: { get } });
}

function fact(
  name: "order.confirmed" | "order.canceled",
  order: Order,
  id: string = `${order.id}:${name}`,
): DurableEvent {
  const { id: orderId, number, email, total } = order;
  const canceled = { reason: { type: "SOLD_OUT", message: "the last one was sold" }, answered: false };
  return { id, name, payload: { orderId, number, email, total, ...(name === "order.canceled" ? canceled : {}) } };
}

const tell = (shop: TestShop, ...events: DurableEvent[]) => platformOf(shop.broker).events.publish(events);
const mails = async (shop: TestShop) => (await shop.inside.call("notifications.mails")).items;
/** The first mail for which `is` holds, as soon as there is one. */
const mailThat = (shop: TestShop, is: (mail: Mail) => boolean) => eventually(async () => (await mails(shop)).find(is));
const idle = (shop: TestShop) => eventually(async () => (await shop.platform.events.backlog()).waiting === 0);

/** An SMTP server that gives these answers to the recipients in turn (a number refuses), and keeps what it took. */
async function mailServer(answers: (number | null)[]): Promise<{ url: string; taken: string[] }> {
  const taken: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onRcptTo(_address, _session, done) {
      const code = answers.shift();
      done(code ? Object.assign(new Error("not now or never"), { responseCode: code }) : null);
    },
    onData(stream, _session, done) {
      let text = "";
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.on("end", () => {
        taken.push(text);
        done();
      });
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  servers.push(server);
  const address = server.server.address();
  if (!address || typeof address === "string") throw new Error("The mail server has no port");
  return { url: `smtp://127.0.0.1:${address.port}`, taken };
}

test("a confirmed order's mail stays in the outbox, to be read in both forms", async () => {
  const order = anOrder();
  const shop = await start([order], {
    PUBLIC_URL: "https://shop.example",
    MAIL_FROM: "Fell & Fjord <hi@shop.example>",
  });
  await tell(shop, fact("order.confirmed", order));
  const mail = await mailThat(shop, ({ kind }) => kind === "confirmed");
  expect(mail).toMatchObject({ to: order.email, kind: "confirmed", orderId: order.id, status: "sent", failure: null });
  const body = await shop.as(STAFF).call("notifications.mail", { id: `${order.id}:confirmed` });
  expect(body.text).toContain("$277.89");
  expect(body.html).toContain("Fell &amp; Fjord");
  const token = orderToken(shop.platform.environment, order.id);
  expect(body.text).toContain(`https://shop.example/order.html#${order.id}.${token}`);
});

test("a mail without a mail server costs one document write", async () => {
  const order = anOrder();
  const shop = await start([order]);
  await tell(shop, fact("order.confirmed", order));
  await mailThat(shop, ({ kind }) => kind === "confirmed");
  await idle(shop);
  expect(shop.platform.writes().mails).toBe(1);
});

test("an event that comes again makes no second mail", async () => {
  const order = anOrder();
  const shop = await start([order]);
  await tell(shop, fact("order.confirmed", order, "first"), fact("order.confirmed", order, "again"));
  await mailThat(shop, ({ kind }) => kind === "confirmed");
  await idle(shop);
  expect(await mails(shop)).toHaveLength(1);
  expect(await shop.platform.events.deadLetters(10)).toEqual([]);
});

test("a canceled order gets a mail of its own with the reason", async () => {
  const order = anOrder({ payment: { status: "voided", provider: "sandbox" } });
  const shop = await start([order]);
  await tell(shop, fact("order.confirmed", order), fact("order.canceled", order));
  await idle(shop);
  const body = await shop.inside.call("notifications.mail", { id: `${order.id}:canceled` });
  expect(body.text).toContain("The last one was sold.");
  expect(body.text).toContain("You have not been charged.");
  expect(await mails(shop)).toHaveLength(2);
});

test("a shopper who was answered that the order is canceled gets no mail of it", async () => {
  const order = anOrder();
  const shop = await start([order]);
  const event = fact("order.canceled", order);
  await tell(shop, { ...event, payload: { ...(event.payload as object), answered: true } });
  await idle(shop);
  expect(await mails(shop)).toEqual([]);
});

test("while the orders are away the mail waits for them", async () => {
  const order = anOrder();
  const shop = await start([]);
  await tell(shop, fact("order.confirmed", order));
  expect(await mails(shop)).toEqual([]);
  await offer(shop, [order]);
  await eventually(async () => (await mails(shop)).length === 1);
});

test("staff finds mails by address in any case and by order, newest first, page by page", async () => {
  const orders = [1, 2, 3].map((n) =>
    anOrder({ id: `0198c0de-0000-7000-8000-00000000000${n}`, email: `Buyer${n % 2}@Example.com` }),
  );
  const shop = await start(orders);
  for (const order of orders) {
    await tell(shop, fact("order.confirmed", order));
    await idle(shop);
  }
  const staff = shop.as(STAFF);
  const found = await staff.call("notifications.mails", { to: "buyer1@example.com" });
  expect(found.items.map(({ to, orderId }) => [to, orderId])).toEqual([
    ["Buyer1@Example.com", orders[2]?.id],
    ["Buyer1@Example.com", orders[0]?.id],
  ]);
  expect(found.total).toBe(2);
  expect((await staff.call("notifications.mails", { orderId: orders[1]?.id })).items).toHaveLength(1);
  const first = await staff.call("notifications.mails", { limit: 2 });
  const rest = await staff.call("notifications.mails", { limit: 2, cursor: first.nextCursor ?? "" });
  expect([...first.items, ...rest.items].map(({ orderId }) => orderId)).toEqual(orders.map(({ id }) => id).reverse());
});

test("mails are for who may read them, and one that is not there says so", async () => {
  const shop = await start([]);
  await expect(shop.as({}).call("notifications.mails")).rejects.toMatchObject({ code: 401 });
  await expect(shop.as({ userId: STAFF.userId }).call("notifications.mails")).rejects.toMatchObject({ code: 403 });
  await expect(shop.as(STAFF).call("notifications.mail", { id: "none" })).rejects.toMatchObject({
    code: 404,
    type: "MAIL_NOT_FOUND",
  });
});

test("the audit learns which orders have their mail", async () => {
  const [one, two] = [anOrder(), anOrder({ id: "0198c0de-0000-7000-8000-000000000002" })];
  const shop = await start([one, two]);
  await tell(shop, fact("order.confirmed", one), fact("order.canceled", two));
  await idle(shop);
  const orderIds = [one.id, two.id];
  expect(await shop.inside.call("notifications.mailed", { kind: "confirmed", orderIds })).toEqual([one.id]);
  expect(await shop.inside.call("notifications.mailed", { kind: "canceled", orderIds })).toEqual([two.id]);
});

test("with a mail server the mail is offered again after a 451, and is then sent once", async () => {
  const order = anOrder();
  const server = await mailServer([451, null]);
  const shop = await start([order], { SMTP_URL: server.url, MAIL_FROM: "Fell & Fjord <hi@shop.example>" });
  await tell(shop, fact("order.confirmed", order));
  const mail = await mailThat(shop, ({ status }) => status === "sent");
  expect(mail).toMatchObject({ status: "sent", attempts: 2, failure: null });
  expect(server.taken).toHaveLength(1);
  const [letter = ""] = server.taken;
  expect(letter).toMatch(/^From: "?Fell & Fjord"? <hi@shop\.example>\r$/m);
  expect(letter).toMatch(/^To: ada@example\.com\r$/m);
  expect(letter).toMatch(/^Subject: Your order 7K3F-92QD\r$/m);
  expect(letter).toContain(`Message-ID: <${order.id}.confirmed@shop.example>`);
  expect(letter).toContain("Content-Type: text/plain");
  expect(letter).toContain("Content-Type: text/html");
});

test("a mail that the server refuses for good is failed, with what it said", async () => {
  const order = anOrder();
  const server = await mailServer([550]);
  const shop = await start([order], { SMTP_URL: server.url });
  await tell(shop, fact("order.confirmed", order));
  const mail = await mailThat(shop, ({ status }) => status === "failed");
  expect(mail).toMatchObject({ attempts: 1, failure: expect.stringContaining("550 not now or never") });
  expect(server.taken).toEqual([]);
});

test("a mail whose server is down is queued, and sent by the next start when it is up", async () => {
  const order = anOrder();
  const port = await freePort();
  const DATA_DIR = temporaryFolder();
  const first = await startServices("notifications", { DATA_DIR, SMTP_URL: `smtp://127.0.0.1:${port}` });
  await offer(first, [order]);
  await tell(first, fact("order.confirmed", order));
  const queued = await mailThat(first, ({ attempts }) => attempts > 0);
  expect(queued).toMatchObject({ status: "queued", failure: expect.stringContaining("ECONNREFUSED") });
  await first.stop();

  const server = await mailServer([]);
  const second = await start([], { DATA_DIR, SMTP_URL: server.url });
  await mailThat(second, ({ status }) => status === "sent");
  expect(server.taken).toHaveLength(1);
  await second.stop();
  shops.pop();
  rmSync(DATA_DIR, { recursive: true, force: true });
});

const freePort = (): Promise<number> =>
  new Promise((found) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => found(address && typeof address === "object" ? address.port : 0));
    });
  });
