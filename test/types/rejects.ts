import { due } from "../../mixins/due/due.mixin.ts";
import { store } from "../../mixins/store/store.mixin.ts";
import { type Ctx, defineService, event } from "../../services/cluster.ts";
import { defineContract } from "../../services/contract.ts";
import { pricingContract } from "../../services/pricing/pricing.contract.ts";
import { type Thing, thingSpec } from "../support/store/things.ts";

/** What must not compile; `npm run check` fails where one of these would. Nothing here runs. */
const money = { amount: 1, currency: "USD" };
const lines = [{ sku: "A-1", quantity: 1, unitPrice: money }];
const orderId = "0198c0de-0000-7000-8000-000000000000";

export async function calls(ctx: Ctx) {
  const quote = await ctx.call("pricing.quote", { lines });
  quote.total.amount.toFixed();
  // @ts-expect-error no such action
  await ctx.call("pricing.guess", { lines });
  // @ts-expect-error no such service
  await ctx.call("prices.quote", { lines });
  // @ts-expect-error a wrong type, deep inside
  await ctx.call("pricing.quote", { lines: [{ ...lines[0], quantity: "1" }] });
  // @ts-expect-error params are missing
  await ctx.call("pricing.quote");
  // @ts-expect-error one param is missing
  await ctx.call("inventory.hold", { orderId });
  // @ts-expect-error one param too many
  await ctx.call("payments.ofOrder", { orderId, amount: money });
  // @ts-expect-error no such field in the result
  quote.discount;
  // @ts-expect-error the result may be null
  (await ctx.call("payments.ofOrder", { orderId })).status;
  // @ts-expect-error a plain event can be lost: durable ones are stored with the change they tell of
  await ctx.emit("order.confirmed", { orderId });
  // @ts-expect-error calls in bulk are not typed
  await ctx.mcall({ one: { action: "pricing.quote" } });
}

export function events() {
  // @ts-expect-error no such event
  event("order.eaten", "1", {});
  // @ts-expect-error a field of the event is missing
  event("order.confirmed", "1", { orderId, number: "7K3F-92QD", email: "a@example.com" });
}

defineService(pricingContract, {
  // @ts-expect-error an action is missing
  actions: { shippingMethods: () => [] },
});

defineService(pricingContract, {
  mixins: [
    store({ ...thingSpec, name: "things" }),
    due<Thing>({ collection: "things", lease: 1, work: async () => null }),
  ],
  methods: {
    rate(): number {
      return 1;
    },
  },
  actions: {
    // @ts-expect-error not what the contract says it returns
    quote: () => 3,
    async shippingMethods(ctx) {
      for (const { quantity } of ctx.params.lines) quantity.toFixed();
      // @ts-expect-error no such param
      ctx.params.nope;
      this.rate().toFixed();
      // @ts-expect-error no such method
      this.guess();
      this.wakeDue();
      const thing = (await this.things.get("a")) as Thing;
      // @ts-expect-error no such field in the document
      thing.price;
      // @ts-expect-error an update says what it does: `$set`, `$inc` …
      await this.things.change("a", {}, { stock: { by: 1 } });
      // @ts-expect-error a guard is never left out
      await this.things.change("a", { $set: { stock: 1 } });
      // @ts-expect-error a list says how long it may be
      await this.things.find({});
      // @ts-expect-error no such collection
      await this.others.get("a");
      return [];
    },
  },
  consumes: {
    "order.confirmed"(placed, ctx, id) {
      placed.email.trim();
      id.trim();
      void ctx.call("pricing.quote", { lines });
      // @ts-expect-error no such field in the event
      placed.nope;
    },
    // @ts-expect-error no such event
    "order.eaten"() {},
  },
});

defineContract({
  name: "leaky",
  // @ts-expect-error only public reads may be cached
  actions: { mine: { summary: "", access: "customer", idempotency: "read", cache: { keys: ["id"] } } },
});
defineContract({
  name: "leaky",
  // @ts-expect-error and only reads
  actions: { make: { summary: "", access: "public", idempotency: "none", cache: { keys: ["id"] } } },
});
defineContract({
  name: "vague",
  // @ts-expect-error who may call it must be said
  actions: { mine: { summary: "", idempotency: "read" } },
});
defineContract({
  name: "vague",
  // @ts-expect-error what a repeat does must be said
  actions: { mine: { summary: "", access: "public" } },
});
defineContract({
  name: "vague",
  // @ts-expect-error a permission has a subject
  actions: { mine: { summary: "", access: "write", idempotency: "none" } },
});
