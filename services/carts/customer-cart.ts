import type { Collection } from "../../mixins/store/collection.ts";
import type { Ctx } from "../cluster.ts";
import { conflict, typeOf } from "../shared/errors.ts";
import { secretId } from "../shared/ids.ts";
import { blank, type CartDocument } from "./cart.documents.ts";
import * as lines from "./cart-lines.ts";
import { priced } from "./cart-prices.ts";

/** A cart that nobody touched for this long is forgotten, if it is a guest's. */
export const forgottenAt = ({ forgottenAfterDays }: Terms, touched = Date.now()): string =>
  new Date(touched + forgottenAfterDays * 24 * 3600_000).toISOString();
/** Parallel changes of one cart meet at its version; each round lets at least one of them through. */
export const ROUNDS = 200;
/** How long whoever claimed a guest's cart has it to himself; then due work looks after it, too. */
const LEASE = 3_000;

/** What the shop's settings say of carts. */
export interface Terms extends lines.Limits {
  forgottenAfterDays: number;
}

type Carts = Collection<CartDocument>;

/** The customer's one cart that is open or locked, made where there is none: of many at once, one makes it. */
export async function customersCart(carts: Carts, ctx: Ctx, customerId: string): Promise<CartDocument> {
  for (let round = 0; round < ROUNDS; round++) {
    const [known] = await carts.find({ openFor: customerId }, { limit: 1 });
    if (known) return known;
    const empty = blank(secretId(), customerId);
    const { set } = await priced(ctx, { wanted: [], content: empty });
    try {
      return await carts.insert({ ...empty, ...set });
    } catch (error) {
      if (typeOf(error) !== "CARTS_TAKEN") throw error;
    }
  }
  throw busy(customerId);
}

/**
 * A guest's cart, taken out of everybody's hands to be merged into this customer's; null where there is nothing to
 * merge (any more). Throws while an order is being made of it.
 */
export async function claimed(carts: Carts, ctx: Ctx, cartId: string, customerId: string) {
  const target = await customersCart(carts, ctx, customerId);
  const claim = {
    status: "merging",
    mergedInto: { cartId: target.id, customerId },
    dueAt: new Date(Date.now() + LEASE).toISOString(),
  };
  const cart =
    (await carts.change(cartId, { status: "open", customerId: null }, { $set: claim })) ?? (await carts.get(cartId));
  if (cart?.status === "locked" && cart.customerId === null) {
    throw conflict("CART_LOCKED", "An order is being made of this cart", { cartId });
  }
  return cart?.status === "merging" && cart.mergedInto?.customerId === customerId ? cart : null;
}

/**
 * Puts the lines of a claimed cart into the one it was claimed for; false while that is locked. The lines and the
 * guest's id are one write, so that whoever does it again, at whatever time, does nothing.
 */
export async function mergeClaimed(carts: Carts, ctx: Ctx, claimedCart: CartDocument, terms: Terms): Promise<boolean> {
  let guest: CartDocument | null = claimedCart;
  for (let round = 0; round < ROUNDS && guest?.status === "merging" && guest.mergedInto; round++) {
    const { cartId, customerId }: NonNullable<CartDocument["mergedInto"]> = guest.mergedInto;
    const target = await carts.get(cartId);
    if (target?.mergedCarts.includes(guest.id)) {
      const closed = { status: "merged", dueAt: forgottenAt(terms), leased: false };
      await carts.change(guest.id, { status: "merging" }, { $set: closed });
      return true;
    }
    if (target?.status === "locked") return false;
    if (target?.status === "open") await join(carts, ctx, { target, guest, terms });
    else {
      // It was ordered without these lines, and nothing comes into an ordered cart: they go into the next one.
      const next = await customersCart(carts, ctx, customerId);
      const into = { $set: { mergedInto: { cartId: next.id, customerId } } };
      await carts.change(guest.id, { status: "merging", "mergedInto.cartId": cartId }, into);
      guest = await carts.get(guest.id);
    }
  }
  if (guest?.status === "merging") throw busy(guest.id);
  return true;
}

/** One attempt at the version of the target that was read. */
async function join(
  carts: Carts,
  ctx: Ctx,
  { target, guest, terms }: { target: CartDocument; guest: CartDocument; terms: Terms },
): Promise<void> {
  const all = lines.merge(target.lines, guest.lines, terms);
  const content = {
    email: target.email ?? guest.email,
    shippingAddress: target.shippingAddress ?? guest.shippingAddress,
    billingAddress: target.billingAddress ?? guest.billingAddress,
    shippingMethod: target.shippingMethod ?? guest.shippingMethod,
  };
  const before = [...guest.lines, ...target.lines];
  const joined = await priced(ctx, { wanted: all.lines, content, before }).then(
    ({ set }) => ({ set: { ...content, ...set }, setAside: all.setAside }),
    (error: { code?: number }) => {
      // Both together have no price: the shopper decides what to do with the guest's.
      if (error.code !== 422) throw error;
      return { set: {}, setAside: guest.lines };
    },
  );
  const setAside = lines.addUp(target.setAside, [...joined.setAside, ...guest.setAside]);
  await carts.change(
    target.id,
    { rev: target.rev, status: "open", mergedCarts: { $ne: guest.id } },
    { $set: { ...joined.set, setAside }, $push: { mergedCarts: { $each: [guest.id], $slice: -1_000 } } },
  );
}

const busy = (id: string) => conflict("CART_BUSY", "This cart is being changed by too many at once", { id });
