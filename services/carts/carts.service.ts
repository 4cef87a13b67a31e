import { due } from "../../mixins/due/due.mixin.ts";
import { liveSettings } from "../../mixins/settings/settings.mixin.ts";
import { store } from "../../mixins/store/store.mixin.ts";
import { Turns } from "../../mixins/store/turns.ts";
import type { Meta } from "../access.ts";
import { type Ctx, defineMixin, defineService } from "../cluster.ts";
import { conflict, notFound } from "../shared/errors.ts";
import { secretId } from "../shared/ids.ts";
import { blank, type CartDocument, type Content, cartsSpec } from "./cart.documents.ts";
import * as lines from "./cart-lines.ts";
import { type Place, priced } from "./cart-prices.ts";
import { assertOpen, present, type Shown, view, visible } from "./cart-view.ts";
import { type Cart, cartsContract } from "./carts.contract.ts";
import { claimed, customersCart, forgottenAt, mergeClaimed, ROUNDS, type Terms } from "./customer-cart.ts";

/** Milliseconds until a merge is tried again whose target was locked. */
const SOON = 2_000;

type Change = (cart: CartDocument) => Partial<Content & Pick<Cart, "setAside">> & { lines?: lines.Wanted[] };

/** Lends turns with a cart: of many who change one at once on this node, each would price it again for every other. */
const oneAtATime = defineMixin<{ turns: Turns<never> }>({
  created() {
    this.turns = new Turns();
  },
});

export default defineService(cartsContract, {
  mixins: [
    liveSettings,
    store(cartsSpec),
    oneAtATime,
    due<CartDocument>({
      collection: "carts",
      lease: 30_000,
      every: 5_000,
      async work(cart, ctx) {
        if (cart.status === "merging") {
          const merged = await mergeClaimed(this.carts, ctx, cart, this.terms());
          return merged ? undefined : new Date(Date.now() + SOON).toISOString();
        }
        if (cart.customerId !== null) return null;
        // The shop may have become more patient since.
        const end = forgottenAt(this.terms(), Date.parse(cart.pricedAt));
        if (end > new Date().toISOString()) return end;
        // Unless somebody has touched it since it was claimed.
        await this.carts.purge({ id: cart.id, fence: cart.fence, dueAt: cart.dueAt }, 1);
        return forgottenAt(this.terms());
      },
    }),
  ],

  methods: {
    terms(): Terms {
      return {
        maxLines: this.setting("cart.maxLines"),
        maxQuantity: this.setting("cart.maxQuantity"),
        forgottenAfterDays: this.setting("cart.forgottenAfterDays"),
      };
    },

    /** The caller's cart; somebody else's reads as not found. */
    async owned(id: string, meta: Meta): Promise<Shown> {
      const cart = await this.carts.get(id);
      if (!visible(cart, meta)) throw notFound("CART_NOT_FOUND", "There is no such cart", { cartId: id });
      return cart;
    },

    changed(ctx: Ctx, id: string, change: Change, place?: Place): Promise<Cart> {
      return this.turns.take(id, () => this.changedNow(ctx, id, change, place));
    },

    /** Changes an open cart at the version that was read, again if another node's change came between. */
    async changedNow(ctx: Ctx, id: string, change: Change, place?: Place): Promise<Cart> {
      for (let round = 0; round < ROUNDS; round++) {
        const cart = await this.owned(id, ctx.meta);
        assertOpen(cart);
        const { lines: wanted = cart.lines, ...fields } = change(cart);
        const content = { ...cart, ...fields };
        const chosenNow = fields.shippingMethod !== undefined;
        const asked = { wanted, content, before: cart.lines, chosenNow, ...(place ? { place } : {}) };
        const { available, set } = await priced(ctx, asked);
        const guard = { rev: cart.rev, status: "open" };
        const saved = await this.carts.change(id, guard, {
          $set: { ...fields, ...set, dueAt: forgottenAt(this.terms()) },
        });
        if (saved) return view(saved as Shown, available);
      }
      throw conflict("CART_BUSY", "This cart is being changed by too many at once", { cartId: id });
    },

    /** The cart at today's prices, which from now on an order is checked against. */
    async shown(ctx: Ctx, cart: Shown): Promise<Cart> {
      const { available, set } = await priced(ctx, { wanted: cart.lines, content: cart, before: cart.lines });
      if (cart.status !== "open") return view(cart, available);
      if (set.total.amount === cart.total.amount && set.shippingMethod === undefined)
        return view({ ...cart, ...set }, available);
      const saved = await this.carts.change(cart.id, { rev: cart.rev }, { $set: set });
      return view((saved as Shown | null) ?? { ...cart, ...set }, available);
    },
  },

  actions: {
    async create(ctx) {
      const asked = ctx.params.lines;
      const place: Place = (sku) => ["lines", asked.findIndex((line) => line.sku === sku), "sku"];
      const withAsked = (before: readonly lines.Wanted[]) =>
        asked.reduce<lines.Wanted[]>((all, line) => lines.add(all, line, this.terms()), [...before]);
      if (ctx.meta.userId) {
        const { id } = await customersCart(this.carts, ctx, ctx.meta.userId);
        return this.changed(ctx, id, (cart) => ({ lines: withAsked(cart.lines) }), place);
      }
      const empty = blank(secretId(), null);
      const { available, set } = await priced(ctx, { wanted: withAsked([]), content: empty, place });
      return view(
        (await this.carts.insert({ ...empty, ...set, dueAt: forgottenAt(this.terms()) })) as Shown,
        available,
      );
    },

    async mine(ctx) {
      return this.shown(ctx, (await customersCart(this.carts, ctx, ctx.meta.userId as string)) as Shown);
    },

    async get(ctx) {
      return this.shown(ctx, await this.owned(ctx.params.id, ctx.meta));
    },

    update(ctx) {
      const { id, ...content } = ctx.params;
      return this.changed(ctx, id, () => content as Partial<Content>);
    },

    addLine(ctx) {
      const { id, ...line } = ctx.params;
      return this.changed(ctx, id, (cart) => ({ lines: lines.add(cart.lines, line, this.terms()) }));
    },

    setLine(ctx) {
      const { id, ...line } = ctx.params;
      return this.changed(ctx, id, (cart) => ({ lines: lines.set(cart.lines, line, this.terms()) }));
    },

    removeLine(ctx) {
      const { id, sku } = ctx.params;
      return this.changed(ctx, id, (cart) => ({
        lines: lines.remove(cart.lines, sku),
        setAside: cart.setAside.filter((line) => line.sku !== sku),
      }));
    },

    async shippingMethods(ctx) {
      const cart = await this.owned(ctx.params.id, ctx.meta);
      const goods = cart.lines.map(({ sku, quantity, unitPrice }) => ({ sku, quantity, unitPrice }));
      return ctx.call("pricing.shippingMethods", { lines: goods, shippingAddress: cart.shippingAddress });
    },

    async paymentMethods(ctx) {
      await this.owned(ctx.params.id, ctx.meta);
      return ctx.call("payments.methods");
    },

    async merge(ctx) {
      const { cartId, customerId } = ctx.params;
      const guest = await claimed(this.carts, ctx as unknown as Ctx, cartId, customerId);
      if (!guest) return;
      try {
        await mergeClaimed(this.carts, ctx as unknown as Ctx, guest, this.terms());
      } catch (error) {
        // It is claimed: due work does it, and who signs in need not wait for that.
        this.logger.warn(`The cart ${guest.id} will be merged later`, error);
      }
    },

    async snapshot(ctx) {
      return view(await this.owned(ctx.params.id, ctx.meta), new Map());
    },

    async lock(ctx) {
      const { id, version, orderId } = ctx.params;
      const guard = { rev: version, status: "open" };
      const locked = await this.carts.change(id, guard, {
        $set: { status: "locked", orderId, dueAt: null, leased: false },
      });
      if (locked) return;
      const cart = await this.carts.get(id);
      if (!present(cart)) throw notFound("CART_NOT_FOUND", "There is no such cart", { cartId: id });
      if (cart.orderId === orderId && cart.status === "locked") return;
      assertOpen(cart);
      throw conflict("CART_CHANGED", "The cart was changed in the meantime", { cartId: id, version: cart.rev });
    },

    async unlock(ctx) {
      const { id, version, orderId } = ctx.params;
      const open = { $set: { status: "open", orderId: null, dueAt: forgottenAt(this.terms()) } };
      const unlock = () => this.carts.change(id, { orderId, status: "locked" }, open);
      if ((await unlock()) || version === undefined) return;
      // Where the lock has just come in between, there is something to open after all.
      if (!(await this.carts.change(id, { rev: version, status: "open" }, open))) await unlock();
    },

    async close(ctx) {
      const { id, orderId } = ctx.params;
      await this.carts.change(id, { orderId, status: "locked" }, { $set: { status: "ordered", openFor: null } });
    },
  },
});
