import { due } from "../../mixins/due/due.mixin.ts";
import { store } from "../../mixins/store/store.mixin.ts";
import type { Meta } from "../access.ts";
import { type Ctx, defineService } from "../cluster.ts";
import type { Quote } from "../pricing/pricing.contract.ts";
import type { Offer } from "../products/products.contract.ts";
import { conflict, invalid, notFound } from "../shared/errors.ts";
import { secretId } from "../shared/ids.ts";
import { type CartDocument, cartsSpec, type StoredLine } from "./cart.documents.ts";
import * as lines from "./cart-lines.ts";
import { type Cart, cartsContract } from "./carts.contract.ts";

/** A cart that nobody touched for this long is forgotten. */
const FORGOTTEN_AFTER = 30 * 24 * 3600_000;
/** Parallel changes of one cart meet at its version; each round lets at least one of them through. */
const ROUNDS = 200;

type Content = Pick<CartDocument, "email" | "shippingAddress" | "billingAddress" | "shippingMethod">;
type Change = (cart: CartDocument) => Partial<Content> & { lines?: lines.Wanted[] };

const EMPTY: Content = { email: null, shippingAddress: null, billingAddress: null, shippingMethod: null };

const view = (cart: CartDocument, available: ReadonlyMap<string, number>): Cart => {
  const { id, rev, status, email, subtotal, discountTotal, shippingTotal, taxTotal, total, pricedAt } = cart;
  const { shippingAddress, billingAddress, shippingMethod, coupons } = cart;
  const shown = cart.lines.map((line) => ({ ...line, available: available.get(line.sku) ?? 0 }));
  const totals = { subtotal, discountTotal, shippingTotal, taxTotal, total };
  const chosen = { shippingAddress, billingAddress, shippingMethod, coupons };
  return { id, version: rev, status, email, lines: shown, ...totals, ...chosen, pricedAt };
};

const availability = (offers: readonly Offer[]) => new Map(offers.map(({ sku, available }) => [sku, available]));

export default defineService(cartsContract, {
  mixins: [
    store(cartsSpec),
    due<CartDocument>({
      collection: "carts",
      lease: 30_000,
      every: 5_000,
      async work(cart) {
        await this.carts.purge({ id: cart.id }, 1);
      },
    }),
  ],

  methods: {
    /** The caller's cart; somebody else's reads as not found. */
    async owned(id: string, meta: Meta): Promise<CartDocument> {
      const cart = await this.carts.get(id);
      const mine = cart && (cart.customerId === null || cart.customerId === meta.userId);
      if (!mine) throw notFound("CART_NOT_FOUND", "There is no such cart", { cartId: id });
      return cart;
    },

    /** Lines and totals at today's prices. What is no longer offered keeps its last price and has nothing available. */
    async priced(ctx: Ctx, wanted: readonly lines.Wanted[], content: Content, before: readonly StoredLine[] = []) {
      const offers = wanted.length ? await ctx.call("products.offers", { skus: wanted.map(({ sku }) => sku) }) : [];
      const found = new Map(offers.map((offer) => [offer.sku, offer]));
      const known = new Map(before.map((line) => [line.sku, line]));
      const goods = wanted.map(({ sku, quantity }, at) => {
        const offer = found.get(sku);
        const last = known.get(sku);
        if (!last && !offer?.sellable) {
          const path = wanted.length > 1 ? ["lines", at, "sku"] : ["sku"];
          throw invalid([{ path, message: `There is nothing on offer with the SKU ${sku}` }]);
        }
        const { productId, name } = (offer ?? last) as Offer | StoredLine;
        const unitPrice = offer?.price ?? (last as StoredLine).unitPrice;
        return { sku, productId, name, quantity, unitPrice };
      });
      const quote = await ctx.call("pricing.quote", {
        lines: goods.map(({ sku, quantity, unitPrice }) => ({ sku, quantity, unitPrice })),
        shippingAddress: content.shippingAddress,
        shippingMethod: content.shippingMethod,
      });
      const { subtotal, discountTotal, shippingTotal, taxTotal, total } = quote;
      const stored = goods.map((line, at) => ({ ...line, total: (quote.lines[at] as Quote["lines"][number]).total }));
      return {
        offers,
        set: {
          lines: stored,
          subtotal,
          discountTotal,
          shippingTotal,
          taxTotal,
          total,
          pricedAt: new Date().toISOString(),
        },
      };
    },

    /** Changes an open cart at the version that was read, again if another change came between. */
    async changed(ctx: Ctx, id: string, change: Change): Promise<Cart> {
      for (let round = 0; round < ROUNDS; round++) {
        const cart = await this.owned(id, ctx.meta);
        if (cart.status !== "open") throw closed(cart);
        const { lines: wanted = cart.lines, ...content } = change(cart);
        const { offers, set } = await this.priced(ctx, wanted, { ...cart, ...content }, cart.lines);
        const dueAt = new Date(Date.now() + FORGOTTEN_AFTER).toISOString();
        const guard = { rev: cart.rev, status: "open" };
        const saved = await this.carts.change(id, guard, { $set: { ...set, ...content, dueAt } });
        if (saved) return view(saved, availability(offers));
      }
      throw conflict("CART_BUSY", "This cart is being changed by too many at once", { cartId: id });
    },
  },

  actions: {
    async create(ctx) {
      const wanted = ctx.params.lines.reduce<lines.Wanted[]>((all, line) => lines.add(all, line), []);
      const { offers, set } = await this.priced(ctx, wanted, EMPTY);
      const cart = await this.carts.insert({
        id: secretId(),
        status: "open",
        customerId: null,
        orderId: null,
        ...EMPTY,
        ...set,
        coupons: [],
        dueAt: new Date(Date.now() + FORGOTTEN_AFTER).toISOString(),
      });
      return view(cart, availability(offers));
    },

    async get(ctx) {
      const cart = await this.owned(ctx.params.id, ctx.meta);
      const { offers, set } = await this.priced(ctx, cart.lines, cart, cart.lines);
      if (cart.status !== "open") return view(cart, availability(offers));
      if (set.total.amount === cart.total.amount) return view({ ...cart, ...set }, availability(offers));
      // What the shopper sees from now on is what an order is checked against.
      const saved = await this.carts.change(cart.id, { rev: cart.rev }, { $set: set });
      return view(saved ?? { ...cart, ...set }, availability(offers));
    },

    update(ctx) {
      const { id, ...content } = ctx.params;
      return this.changed(ctx, id, () => content as Partial<Content>);
    },

    addLine(ctx) {
      const { id, ...line } = ctx.params;
      return this.changed(ctx, id, (cart) => ({ lines: lines.add(cart.lines, line) }));
    },

    setLine(ctx) {
      const { id, ...line } = ctx.params;
      return this.changed(ctx, id, (cart) => ({ lines: lines.set(cart.lines, line) }));
    },

    removeLine(ctx) {
      const { id, sku } = ctx.params;
      return this.changed(ctx, id, (cart) => ({ lines: lines.remove(cart.lines, sku) }));
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

    async snapshot(ctx) {
      return view(await this.owned(ctx.params.id, ctx.meta), new Map());
    },

    async lock(ctx) {
      const { id, version, orderId } = ctx.params;
      const guard = { rev: version, status: "open" };
      const locked = await this.carts.change(id, guard, { $set: { status: "locked", orderId, dueAt: null } });
      if (locked) return;
      const cart = await this.carts.get(id);
      if (!cart) throw notFound("CART_NOT_FOUND", "There is no such cart", { cartId: id });
      if (cart.orderId === orderId && cart.status === "locked") return;
      if (cart.status !== "open") throw closed(cart);
      throw conflict("CART_CHANGED", "The cart was changed in the meantime", { cartId: id, version: cart.rev });
    },

    async unlock(ctx) {
      const { id, orderId } = ctx.params;
      const dueAt = new Date(Date.now() + FORGOTTEN_AFTER).toISOString();
      const open = { $set: { status: "open", orderId: null, dueAt } };
      await this.carts.change(id, { orderId, status: "locked" }, open);
    },

    async close(ctx) {
      const { id, orderId } = ctx.params;
      await this.carts.change(id, { orderId, status: "locked" }, { $set: { status: "ordered" } });
    },
  },
});

function closed({ id, status, orderId }: CartDocument) {
  return status === "ordered"
    ? conflict("CART_ORDERED", "This cart has been ordered already", { cartId: id, orderId })
    : conflict("CART_LOCKED", "An order is being made of this cart", { cartId: id });
}
