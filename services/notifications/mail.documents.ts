import { z } from "zod";
import type { CollectionSpec, Doc } from "../../mixins/store/collection.ts";
import { MailBody } from "./notifications.contract.ts";

/** A mail as it was written, with how its sending stands; `mailbox` is the address as mails are looked up. */
export const MailDocument = z.looseObject({ ...MailBody.omit({ createdAt: true }).shape, mailbox: z.string() });
export type MailDocument = z.output<typeof MailDocument> & Doc;

export const mailsSpec: CollectionSpec<MailDocument> & { name: "mails" } = {
  name: "mails",
  version: 1,
  schema: MailDocument as unknown as z.ZodType<MailDocument>,
  indexes: [
    { keys: ["createdAt"] },
    { keys: ["mailbox", "createdAt"] },
    { keys: ["orderId", "createdAt"] },
    { keys: ["dueAt"] },
  ],
};
