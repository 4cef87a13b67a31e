import { platformOf } from "../../mixins/platform.ts";
import { defineService } from "../cluster.ts";
import { invalid } from "../shared/errors.ts";
import { quote, type Rates, shippingMethods } from "./price.ts";
import { pricingContract } from "./pricing.contract.ts";

export default defineService(pricingContract, {
  settings: {
    taxRate: 0,
    taxIncluded: false,
    shipping: [
      { code: "standard", name: "Standard, 3–5 days", amount: 490 },
      { code: "express", name: "Express, next day", amount: 1490 },
    ],
  },

  methods: {
    rates(): Rates {
      const { taxRate, taxIncluded, shipping } = this.settings as unknown as Omit<Rates, "currency">;
      return { currency: platformOf(this.broker).environment.CURRENCY, taxRate, taxIncluded, shipping };
    },
  },

  actions: {
    quote(ctx) {
      const { lines, shippingMethod, choose } = ctx.params;
      const methods = shippingMethods(lines, this.rates());
      const method =
        methods.find(({ code }) => code === shippingMethod) ?? (choose && !shippingMethod ? methods[0] : null);
      if (shippingMethod && !method && lines.length) {
        const known = methods.map(({ code }) => code).join(", ");
        throw invalid([{ path: ["shippingMethod"], message: `There is no such method; known are ${known}` }]);
      }
      return quote(lines, method ?? null, this.rates());
    },
    shippingMethods(ctx) {
      return shippingMethods(ctx.params.lines, this.rates());
    },
  },
});
