import { due } from "../../mixins/due/due.mixin.ts";
import { platformOf } from "../../mixins/platform.ts";
import { liveSettings } from "../../mixins/settings/settings.mixin.ts";
import { store } from "../../mixins/store/store.mixin.ts";
import { type Ctx, defineService } from "../cluster.ts";
import type { Order } from "../orders/orders.contract.ts";
import type { Mailbox } from "../shared/environment.ts";
import { notFound, typeOf } from "../shared/errors.ts";
import { orderToken } from "../shared/order-token.ts";
import { afterFailure } from "./delivery.ts";
import { type MailDocument, mailsSpec } from "./mail.documents.ts";
import type { MailText } from "./mail-parts.ts";
import { type MailKind, notificationsContract } from "./notifications.contract.ts";
import { cancellation, confirmation, type Sender } from "./order-mail.ts";
import { CONNECTIONS, mailServer, PATIENCE } from "./smtp.ts";

const mailId = (orderId: string, kind: MailKind): string => `${orderId}:${kind}`;

const shown = ({ id, to, subject, kind, orderId, status, attempts, failure, createdAt }: MailDocument) => ({
  id,
  to,
  subject,
  kind,
  orderId,
  status,
  attempts,
  failure,
  createdAt,
});

export default defineService(notificationsContract, {
  mixins: [
    mailServer,
    liveSettings,
    store(mailsSpec),
    due<MailDocument>({
      collection: "mails",
      lease: 4 * PATIENCE,
      atOnce: CONNECTIONS,
      work(mail) {
        return this.send(mail);
      },
    }),
  ],

  methods: {
    from(): Mailbox {
      const { MAIL_FROM, PUBLIC_URL } = platformOf(this.broker).environment;
      const address = MAIL_FROM?.address ?? `orders@${new URL(PUBLIC_URL).hostname}`;
      return { name: this.setting("shop.name"), address };
    },

    /** The token stands behind `#`, where no server's log sees it. */
    sender(orderId: string): Sender {
      const { environment } = platformOf(this.broker);
      const link = `${environment.PUBLIC_URL}/order.html#${orderId}.${orderToken(environment, orderId)}`;
      return { shop: this.setting("shop.name"), timezone: this.setting("shop.timezone"), link };
    },

    /** Without a mail server the mail is at its end with this write: it stays here to be read. */
    async post(kind: MailKind, order: Order, text: MailText): Promise<void> {
      const queued = this.smtp !== null;
      const mail = {
        ...text,
        id: mailId(order.id, kind),
        to: order.email,
        mailbox: order.email.toLowerCase(),
        kind,
        orderId: order.id,
        status: queued ? ("queued" as const) : ("sent" as const),
        attempts: 0,
        failure: null,
        dueAt: queued ? new Date().toISOString() : null,
      };
      try {
        await this.mails.insert(mail);
      } catch (error) {
        if (typeOf(error) !== "MAILS_TAKEN") throw error;
      }
      if (queued) this.wakeDue();
    },

    /** One attempt; a mail that was queued for a server stays queued while none is set. */
    async send(mail: MailDocument & { fence: number }): Promise<string | undefined> {
      if (!this.smtp) return new Date(Date.now() + 60_000).toISOString();
      const attempts = mail.attempts + 1;
      const end = (state: Pick<MailDocument, "status" | "failure">, dueAt: string | null) =>
        this.mails.change(mail.id, { fence: mail.fence }, { $set: { ...state, attempts, dueAt, leased: false } });
      try {
        await this.smtp.send({ ...mail, from: this.from() });
      } catch (error) {
        const { reason, retryAt } = afterFailure(error, attempts, Date.now());
        this.logger.warn(`Mail ${mail.id} could not be sent, attempt ${attempts}: ${reason}`);
        await end({ status: retryAt ? "queued" : "failed", failure: reason }, retryAt);
        return undefined;
      }
      await end({ status: "sent", failure: null }, null);
      return undefined;
    },
  },

  actions: {
    async mails(ctx) {
      const { to, orderId, limit, cursor } = ctx.params;
      const filter = { ...(to ? { mailbox: to.toLowerCase() } : {}), ...(orderId ? { orderId } : {}) };
      const page = await this.mails.page(filter, { sort: { field: "createdAt", descending: true }, limit, cursor });
      return { ...page, items: page.items.map(shown) };
    },
    async mail(ctx) {
      const mail = await this.mails.get(ctx.params.id);
      if (!mail) throw notFound("MAIL_NOT_FOUND", "There is no such mail", { id: ctx.params.id });
      return { ...shown(mail), text: mail.text, html: mail.html };
    },
    async mailed(ctx) {
      const { kind, orderIds } = ctx.params;
      const mails = await this.mails.getMany(orderIds.map((orderId) => mailId(orderId, kind)));
      return mails.map(({ orderId }) => orderId).filter((orderId) => orderId !== null);
    },
  },

  consumes: {
    async "order.confirmed"({ orderId }, ctx: Ctx) {
      const order = await ctx.call("orders.get", { id: orderId });
      await this.post("confirmed", order, confirmation(order, this.sender(orderId)));
    },
    async "order.canceled"({ orderId, reason, answered }, ctx: Ctx) {
      if (answered) return;
      const order = await ctx.call("orders.get", { id: orderId });
      await this.post("canceled", order, cancellation(order, reason, this.sender(orderId)));
    },
  },
});
