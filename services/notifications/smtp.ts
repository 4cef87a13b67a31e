import { platformOf } from "../../mixins/platform.ts";
import { defineMixin } from "../cluster.ts";
import type { Mailbox } from "../shared/environment.ts";
import type { MailText } from "./mail-parts.ts";

export interface Letter extends MailText {
  id: string;
  to: string;
  from: Mailbox;
}

export interface Smtp {
  /** Resolves when the server has taken the mail. */
  send(letter: Letter): Promise<void>;
  close(): void;
}

export const CONNECTIONS = 4;
/** No attempt takes longer, in milliseconds. */
export const PATIENCE = 30_000;

/** Sends over a few kept connections; the code for it is loaded with the first mail. */
export function smtp(url: string): Smtp {
  const load = async () => {
    const { createTransport } = await import("nodemailer");
    return createTransport({
      url,
      pool: true,
      maxConnections: CONNECTIONS,
      // Trying again is the work of whoever keeps the mail.
      maxRequeues: 0,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: PATIENCE,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  };
  let loading: ReturnType<typeof load> | undefined;
  return {
    async send({ id, to, from, subject, text, html }) {
      loading ??= load();
      const transport = await loading;
      const host = from.address.split("@").at(-1);
      await transport.sendMail({
        from,
        // As an object it is never read as a list of addresses.
        to: { name: "", address: to },
        subject,
        text,
        html,
        // The same for every attempt, so that a mail that was sent twice is one to most mail programs.
        messageId: `<${id.replaceAll(":", ".")}@${host}>`,
        headers: { "Auto-Submitted": "auto-generated" },
        signal: AbortSignal.timeout(PATIENCE),
      });
    },
    close() {
      void loading?.then((transport) => transport.close());
    },
  };
}

/** Lends the mail server that `SMTP_URL` names, or null. List it first: it closes after the mixins that send. */
export const mailServer = defineMixin<{ smtp: Smtp | null }>({
  created() {
    const { SMTP_URL } = platformOf(this.broker).environment;
    this.smtp = SMTP_URL ? smtp(SMTP_URL) : null;
  },
  stopped() {
    this.smtp?.close();
  },
});
