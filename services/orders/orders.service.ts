import { due } from "../../mixins/due/due.mixin.ts";
import { invariants } from "../../mixins/invariants/invariants.mixin.ts";
import { platformOf } from "../../mixins/platform.ts";
import { store } from "../../mixins/store/store.mixin.ts";
import type { Cart } from "../carts/carts.contract.ts";
import { type Ctx, defineService } from "../cluster.ts";
import type { PaymentStatus } from "../payments/payments.contract.ts";
import { conflict, notFound, typeOf } from "../shared/errors.ts";
import { newId, orderNumber } from "../shared/ids.ts";
import { orderToken } from "../shared/order-token.ts";
import { auditOrders, checkOrders } from "./audit.ts";
import { CheckoutRun, LEASE } from "./checkout.ts";
import { endOf } from "./checkout-answer.ts";
import { type OrderDocument, ordersSpec } from "./order.documents.ts";
import * as rule from "./order-draft.ts";
import { assertCancelable } from "./order-status.ts";
import { assertReadable, isRefusal, refusal, view } from "./order-view.ts";
import { type Order, ordersContract } from "./orders.contract.ts";
import { repairOrders } from "./repair.ts";

/** The cart may change between being read and being locked: then it is priced and compared again. */
const ROUNDS = 5;

export default defineService(ordersContract, {
  mixins: [
    store(ordersSpec),
    due<OrderDocument>({
      collection: "orders",
      lease: LEASE,
      async work(order, ctx) {
        await this.run(new CheckoutRun(this.orders, ctx, order));
        return undefined;
      },
    }),
    invariants({
      async check(ids, ctx) {
        return checkOrders(await this.orders.getMany(ids), ctx);
      },
      async *everything() {
        for await (const batch of this.orders.all(100)) yield batch.map(({ id }: OrderDocument) => id);
      },
    }),
  ],

  methods: {
    running(): Set<Promise<unknown>> {
      this.metadata.running ??= new Set();
      return this.metadata.running as Set<Promise<unknown>>;
    },

    /** Runs to its end even when nobody waits for it any more; the service's stop does. */
    run(checkout: CheckoutRun): Promise<OrderDocument | null> {
      const run = checkout.run();
      const tracked = run
        .catch((error) => this.logger.error("A checkout stopped; its lease will bring it back", error))
        .finally(() => this.running().delete(tracked));
      this.running().add(tracked);
      return run;
    },

    token(orderId: string): string {
      return orderToken(platformOf(this.broker).environment, orderId);
    },

    async readable(ctx: Ctx, id: string, permission: string): Promise<OrderDocument> {
      const order = await this.orders.get(id);
      assertReadable(order, ctx, { id, permission, token: (orderId) => this.token(orderId) });
      return order;
    },

    async byKey(key: string): Promise<OrderDocument | undefined> {
      return (await this.orders.find({ key }, { limit: 1 }))[0];
    },

    /** The answer to the request that made this order, as the order stands now. */
    answer(order: OrderDocument): Order {
      if (order.status === "canceled" && isRefusal(order.reason)) {
        throw refusal(order, order.reason, order.checkout.refused);
      }
      return order.customerId === null ? { ...view(order), guestToken: this.token(order.id) } : view(order);
    },

    /** Whoever is answered that an order is pending hears how it ends, also when its first run ends it. */
    async promised(order: OrderDocument): Promise<OrderDocument> {
      if (order.status !== "pending" || order.toldPending) return order;
      const told = await this.orders.change(order.id, { status: "pending" }, { $set: { toldPending: true } });
      return told ?? (await this.orders.get(order.id)) ?? order;
    },

    /** The account's address, where the cart names none. */
    async accountMail(ctx: Ctx, { email }: Cart): Promise<string | undefined> {
      if (email || !ctx.meta.userId) return undefined;
      return (await ctx.call("users.contact", { id: ctx.meta.userId }))?.email;
    },

    /** A pending order of the cart as it is now; an order of the same key is a conflict. */
    async draft(ctx: Ctx<rule.Wishes & { cartId: string }>, key: string): Promise<OrderDocument> {
      const { cartId, ...wishes } = ctx.params;
      const cart = await ctx.call("carts.snapshot", { id: cartId });
      rule.assertOrderable(cart);
      const details = rule.details(cart, { ...wishes, email: wishes.email ?? (await this.accountMail(ctx, cart)) });
      const offers = await ctx.call("products.offers", { skus: cart.lines.map(({ sku }) => sku) });
      const lines = rule.offered(cart, offers);
      const quote = await ctx.call("pricing.quote", {
        lines: lines.map(({ sku, quantity, unitPrice }) => ({ sku, quantity, unitPrice })),
        shippingAddress: details.shippingAddress,
        shippingMethod: wishes.shippingMethod ?? cart.shippingMethod,
        choose: true,
      });
      rule.assertTotal(cart, quote, wishes.expectedTotal);
      const id = newId();
      const customerId = ctx.meta.userId ?? null;
      const parts = { id, number: orderNumber(), key, customerId, cart, lines, quote, details };
      return this.orders.insert(rule.draft({ ...parts, token: wishes.paymentToken, at: new Date(), lease: LEASE }));
    },

    /** Has the order looked at now; whoever holds its lease looks anyway. */
    async bringForward(id: string): Promise<OrderDocument | null> {
      const dueAt = new Date().toISOString();
      const order = await this.orders.change(id, { leased: { $ne: true } }, { $set: { dueAt } });
      this.wakeDue();
      return order ?? this.orders.get(id);
    },

    async heard({ orderId, status }: { orderId: string; status: PaymentStatus }): Promise<void> {
      const order = await this.orders.get(orderId);
      if (!order || order.leased || order.payment.status === status) return;
      await this.bringForward(orderId);
    },
  },

  actions: {
    async place(ctx) {
      const key = ctx.meta.idempotencyKey ?? ctx.id;
      for (let round = 1; ; round++) {
        const known = await this.byKey(key);
        if (known) return this.answer(await this.promised(known));
        const order = await this.draft(ctx, key).catch((error) => {
          // The key or the number was taken between the look and the insert: look again.
          if (typeOf(error) === "ORDERS_TAKEN" && round < ROUNDS) return null;
          throw error;
        });
        if (!order) continue;
        const checkout = new CheckoutRun(this.orders, ctx, order, { answered: true });
        const run = this.run(checkout);
        const end = await endOf(run, checkout);
        if (checkout.refusal?.type === "CART_CHANGED" && round < ROUNDS) continue;
        if (end !== "late" && checkout.refusal) {
          const { detailed } = checkout.refusal;
          const { type, message } = checkout.refusal;
          if (end?.deletedAt)
            throw (type === "CART_NOT_FOUND" ? notFound : conflict)(type, message, { cartId: order.cartId });
          throw refusal(order, checkout.refusal, detailed);
        }
        // As this run has left it; whoever is too late for that reads it.
        const left = end === "late" ? null : end;
        return this.answer(left ?? (await this.orders.get(order.id)) ?? order);
      }
    },

    async get(ctx) {
      return view(await this.readable(ctx, ctx.params.id, "orders:read"));
    },

    async timeline(ctx) {
      const { timeline } = await this.readable(ctx, ctx.params.id, "orders:read");
      return { items: timeline };
    },

    async cancel(ctx) {
      const { id } = ctx.params;
      const order = await this.readable(ctx, id, "orders:write");
      assertCancelable(order);
      const cancelRequestedAt = new Date().toISOString();
      const guard = {
        status: { $in: ["pending", "confirmed"] },
        "fulfilment.status": "unfulfilled",
        cancelRequestedAt: null,
      };
      await this.orders.change(id, guard, { $set: { cancelRequestedAt } });
      return view((await this.bringForward(id)) ?? order);
    },

    async mine(ctx) {
      const { status, cursor, limit } = ctx.params;
      const filter = { customerId: ctx.meta.userId as string, ...(status ? { status } : {}) };
      const sort = { field: "placedAt", descending: true };
      const { items, ...page } = await this.orders.page(filter, { sort, cursor, limit });
      return { items: items.map(view), ...page };
    },

    async search(ctx) {
      const { status, q, from, to, cursor, limit } = ctx.params;
      const filter = {
        ...(status ? { status } : {}),
        ...(q ? (q.includes("@") ? { email: q } : { number: q.toUpperCase() }) : {}),
        ...(from || to ? { placedAt: { ...(from ? { $gte: from } : {}), ...(to ? { $lt: to } : {}) } } : {}),
      };
      const sort = { field: "placedAt", descending: true };
      const { items, ...page } = await this.orders.page(filter, { sort, cursor, limit });
      return { items: items.map(view), ...page };
    },

    async retryStep(ctx) {
      const { id, step } = ctx.params;
      const order = await this.readable(ctx, id, "orders:write");
      if (order.checkout.next !== step) {
        const next = order.checkout.next ?? "none";
        throw conflict("STEP_NOT_NEXT", `The order's next step is ${next}`, { orderId: id, next });
      }
      return view((await this.bringForward(id)) ?? order);
    },

    async compensateStep(ctx) {
      const { id, step } = ctx.params;
      const order = await this.readable(ctx, id, "orders:write");
      if (order.status !== "pending" || order.checkout.next !== step) {
        const next = order.checkout.next ?? "none";
        throw conflict("STEP_NOT_NEXT", `The order is ${order.status} and its next step is ${next}`, {
          orderId: id,
          next,
        });
      }
      const cancelRequestedAt = new Date().toISOString();
      await this.orders.change(id, { status: "pending", cancelRequestedAt: null }, { $set: { cancelRequestedAt } });
      return view((await this.bringForward(id)) ?? order);
    },

    audit(ctx) {
      return auditOrders(this.orders, ctx as unknown as Ctx);
    },

    invariants() {
      return this.invariants();
    },

    repair(ctx) {
      const { events } = platformOf(this.broker);
      return repairOrders(this.orders, {
        ctx: ctx as unknown as Ctx,
        publish: (told) => events.publish(told),
        bringForward: (id) => this.bringForward(id),
      });
    },
  },

  consumes: {
    "payment.authorized"(payment) {
      return this.heard(payment);
    },
    "payment.failed"(payment) {
      return this.heard(payment);
    },
    "payment.captured"(payment) {
      return this.heard(payment);
    },
    "payment.voided"(payment) {
      return this.heard(payment);
    },
    "payment.refunded"(payment) {
      return this.heard(payment);
    },
  },

  created() {
    this.orders.watch(({ id }) => this.touch(id));
  },

  async stopped() {
    await Promise.all(this.running());
  },
});
