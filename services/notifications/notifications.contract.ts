import { z } from "zod";
import { defineContract } from "../contract.ts";
import { Id, page, paging, Time } from "../shared/shapes.ts";

export const MailKind = z.enum(["confirmed", "canceled"]);
export type MailKind = z.output<typeof MailKind>;

export const Mail = z.object({
  /** Made of what the mail is about, so that a repeated event makes no second one. */
  id: z.string(),
  to: z.string(),
  subject: z.string(),
  kind: MailKind,
  orderId: Id.nullable(),
  status: z.enum(["queued", "sent", "failed"]),
  /** How often it was offered to the mail server. */
  attempts: z.int(),
  /** What the server said to the last attempt, where it failed. */
  failure: z.string().nullable(),
  createdAt: Time,
});
export const MailBody = Mail.extend({ text: z.string(), html: z.string() });

export const notificationsContract = defineContract({
  name: "notifications",
  actions: {
    mails: {
      summary: "Mails of the shop, newest first; in the sandbox they stay here to be read.",
      params: z.strictObject({ to: z.string().max(254).optional(), orderId: Id.optional(), ...paging }),
      returns: page(Mail),
      access: "mail:read",
      idempotency: "read",
      rest: "GET /admin/mail",
    },
    mail: {
      summary: "One mail with its text and HTML.",
      params: z.strictObject({ id: z.string().max(200) }),
      returns: MailBody,
      access: "mail:read",
      idempotency: "read",
      rest: "GET /admin/mail/:id",
    },
    mailed: {
      summary: "Which of these orders have their mail of this kind, for the audit.",
      params: z.strictObject({ kind: MailKind, orderIds: z.array(Id).max(1_000) }),
      returns: z.array(Id),
      access: "internal",
      idempotency: "read",
    },
  },
});
