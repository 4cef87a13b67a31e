import { invariants } from "../../mixins/invariants/invariants.mixin.ts";
import { platformOf } from "../../mixins/platform.ts";
import { defineMixin, defineService } from "../cluster.ts";
import { auditPayments, checkPayments, everyPayment } from "./audit.ts";
import { fromRow, view } from "./payment.tables.ts";
import { PaymentDesk, type PaymentSettings } from "./payment-desk.ts";
import { paymentsContract } from "./payments.contract.ts";
import { sandboxPage } from "./sandbox/sandbox-page.ts";

const HOLD_OR_TOOK = ["authorized", "captured", "partially_refunded", "unknown"] as const;

const desk = defineMixin<{ desk: PaymentDesk }>({
  created() {
    const settings = this.settings as unknown as PaymentSettings;
    Object.assign(this, { desk: new PaymentDesk(platformOf(this.broker), settings, this.logger) });
    // Events are told, and work is done, only when everybody is there.
    this.broker.localBus.once("$broker.started", () => this.desk.start());
  },
  started() {
    return this.desk.open();
  },
  stopped() {
    return this.desk.stop();
  },
});

export default defineService(paymentsContract, {
  mixins: [
    desk,
    invariants({
      check(ids) {
        return checkPayments(this.desk.store.db, ids);
      },
      everything() {
        return everyPayment(this.desk.store.db);
      },
    }),
  ],
  settings: { answerWithin: 1_500, webhookWithin: 10_000, sandboxDelay: 1_000 } satisfies PaymentSettings,

  actions: {
    async authorize(ctx) {
      const { orderId, amount, token } = ctx.params;
      return view(await this.desk.authorize(orderId, amount, token));
    },
    async capture(ctx) {
      return view(await this.desk.capture(ctx.params.orderId));
    },
    async undo(ctx) {
      return view(await this.desk.undo(ctx.params.orderId));
    },
    async ofOrder(ctx) {
      const payment = await this.desk.store.ofOrder(ctx.params.orderId);
      return payment && view(payment);
    },
    methods() {
      return [...this.desk.providers.values()].map(({ name, title }) => ({ provider: name, name: title }));
    },
    async webhook(ctx) {
      const { provider, body, headers } = ctx.params;
      await this.desk.hear(provider, body, headers);
      return { received: true as const };
    },
    async sandboxPage(ctx) {
      return sandboxPage(await this.desk.bank.byReference(ctx.params.reference));
    },
    async sandboxDecide(ctx) {
      const { reference, decision } = ctx.params;
      const { status } = await this.desk.bank.decide(reference, decision === "approve");
      return { status };
    },
    audit() {
      return auditPayments(this.desk.store.db);
    },
    invariants() {
      return this.invariants();
    },
    async charged(ctx) {
      const { after, limit } = ctx.params;
      const payments = this.desk.store.db.selectFrom("payments").selectAll().where("status", "in", HOLD_OR_TOOK);
      const rows = await payments.where("id", ">", after).orderBy("id").limit(limit).execute();
      return rows.map(fromRow).map(view);
    },
  },

  created() {
    this.desk.changed = (id) => this.touch(id);
  },
});
