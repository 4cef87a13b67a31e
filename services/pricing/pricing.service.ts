import { platformOf } from "../../mixins/platform.ts";
import { liveSettings } from "../../mixins/settings/settings.mixin.ts";
import { defineService } from "../cluster.ts";
import { invalid } from "../shared/errors.ts";
import { quote, type Rates, shippingMethods } from "./price.ts";
import { pricingContract } from "./pricing.contract.ts";

export default defineService(pricingContract, {
  mixins: [liveSettings],

  methods: {
    rates(): Rates {
      return {
        currency: platformOf(this.broker).environment.CURRENCY,
        taxRate: this.setting("tax.rate"),
        taxIncluded: this.setting("tax.included"),
        shipping: this.setting("shipping.methods"),
      };
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
