import type { Ctx } from "../cluster.ts";
import type { Quote } from "../pricing/pricing.contract.ts";
import type { Offer } from "../products/products.contract.ts";
import { invalid } from "../shared/errors.ts";
import type { Content, StoredLine } from "./cart.documents.ts";
import type { Wanted } from "./cart-lines.ts";

/** Where the caller named a SKU, for the error that says that nobody offers it. */
export type Place = (sku: string) => (string | number)[];

interface Pricing {
  wanted: readonly Wanted[];
  content: Pick<Content, "shippingAddress" | "shippingMethod">;
  /** Lines that were accepted before: what is no longer offered keeps its last price and has nothing available. */
  before?: readonly StoredLine[];
  place?: Place;
}

/** Lines and totals at today's prices, and what is available of each. */
export async function priced(ctx: Ctx, { wanted, content, before = [], place = () => ["sku"] }: Pricing) {
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
  const quote = await ctx.call("pricing.quote", {
    lines: goods.map(({ sku, quantity, unitPrice }) => ({ sku, quantity, unitPrice })),
    shippingAddress: content.shippingAddress,
    shippingMethod: content.shippingMethod,
  });
  const { subtotal, discountTotal, shippingTotal, taxTotal, total } = quote;
  const lines = goods.map((line, at) => ({ ...line, total: (quote.lines[at] as Quote["lines"][number]).total }));
  const totals = { subtotal, discountTotal, shippingTotal, taxTotal, total };
  return {
    available: new Map(offers.map(({ sku, available }) => [sku, available])),
    set: { lines, ...totals, pricedAt: new Date().toISOString() },
  };
}
