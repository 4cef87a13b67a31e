import type { Ctx } from "../cluster.ts";
import type { Quote } from "../pricing/pricing.contract.ts";
import type { Offer } from "../products/products.contract.ts";
import { invalid, typeOf } from "../shared/errors.ts";
import type { Content, StoredLine } from "./cart.documents.ts";
import type { Wanted } from "./cart-lines.ts";

/** Where the caller named a SKU, for the error that says that nobody offers it. */
export type Place = (sku: string) => (string | number)[];

interface Pricing {
  wanted: readonly Wanted[];
  content: Pick<Content, "shippingAddress" | "shippingMethod">;
  /** Lines that were accepted before: what is no longer offered keeps its last price and has nothing available. */
  before?: readonly StoredLine[];
  /** The shipping method is chosen by this very request: one that does not exist is refused, not taken away. */
  chosenNow?: boolean;
  place?: Place;
}

/** Lines and totals at today's prices, and what is available of each. */
export async function priced(ctx: Ctx, pricing: Pricing) {
  const { wanted, content, before = [], chosenNow = false, place = () => ["sku"] } = pricing;
  const offers = wanted.length ? await ctx.call("products.offers", { skus: wanted.map(({ sku }) => sku) }) : [];
  const found = new Map(offers.map((offer) => [offer.sku, offer]));
  const known = new Map(before.map((line) => [line.sku, line]));
  const goods = wanted.map(({ sku, quantity }) => {
    const offer = found.get(sku);
    const last = known.get(sku);
    if (!last && !offer?.sellable) {
      throw invalid([{ path: place(sku), message: `There is nothing on offer with the SKU ${sku}` }]);
    }
    const { productId, name } = (offer ?? last) as Offer | StoredLine;
    const unitPrice = offer?.price ?? (last as StoredLine).unitPrice;
    return { sku, productId, name, quantity, unitPrice };
  });
  const quoted = (shippingMethod: string | null) =>
    ctx.call("pricing.quote", {
      lines: goods.map(({ sku, quantity, unitPrice }) => ({ sku, quantity, unitPrice })),
      shippingAddress: content.shippingAddress,
      shippingMethod,
    });
  let shippingGone = false;
  const quote = await quoted(content.shippingMethod).catch((error) => {
    if (chosenNow || content.shippingMethod === null || typeOf(error) !== "VALIDATION_ERROR") throw error;
    // The shop ships that way no longer: the cart stays usable, and its shopper chooses again.
    shippingGone = true;
    return quoted(null);
  });
  const { subtotal, discountTotal, shippingTotal, taxTotal, total } = quote;
  const lines = goods.map((line, at) => ({ ...line, total: (quote.lines[at] as Quote["lines"][number]).total }));
  const totals = { subtotal, discountTotal, shippingTotal, taxTotal, total };
  return {
    available: new Map(offers.map(({ sku, available }) => [sku, available])),
    set: {
      lines,
      ...totals,
      ...(shippingGone ? { shippingMethod: null } : {}),
      pricedAt: new Date().toISOString(),
    },
  };
}
