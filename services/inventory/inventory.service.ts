import { due } from "../../mixins/due/due.mixin.ts";
import { invariants } from "../../mixins/invariants/invariants.mixin.ts";
import { platformOf } from "../../mixins/platform.ts";
import { liveSettings } from "../../mixins/settings/settings.mixin.ts";
import { store } from "../../mixins/store/store.mixin.ts";
import { defineMixin, defineService } from "../cluster.ts";
import { conflict, notFound, typeOf } from "../shared/errors.ts";
import { named, untoldFindings } from "../shared/findings.ts";
import { StockAudit } from "./audit.ts";
import { Endings } from "./endings.ts";
import { Holds, tell } from "./holds.ts";
import { inventoryContract } from "./inventory.contract.ts";
import { endingsSpec, movementsSpec, type Stock, stockSpec } from "./stock.documents.ts";
import * as rule from "./stock.ts";

export default defineService(inventoryContract, {
  mixins: [
    liveSettings,
    store(stockSpec),
    store(movementsSpec),
    store(endingsSpec),
    due<Stock>({
      collection: "stock",
      lease: 30_000,
      work(stock) {
        return this.holds.tidy(stock);
      },
    }),
    invariants({
      check(ids) {
        return this.stockAudit.check(ids);
      },
      everything() {
        return this.stockAudit.everything();
      },
    }),
    defineMixin<{ stockAudit: StockAudit; holds: Holds }>({}),
  ],

  methods: {
    /** Whether anything that these stocks have to tell is not told or not handled yet; where nobody can say, it may be. */
    async hasEventsUnderWay(ids: string[]): Promise<boolean> {
      // Outboxes first: what leaves them meanwhile is in the backlog.
      const { documents } = await this.stock.untold({ before: new Date().toISOString(), ids });
      if (documents) return true;
      const backlog = await platformOf(this.broker)
        .events.backlog()
        .catch(() => null);
      return backlog === null || backlog.waiting > 0;
    },
  },

  actions: {
    async list(ctx) {
      const { low, cursor, limit } = ctx.params;
      const filter = low ? { available: { $lte: this.setting("inventory.lowStock") } } : {};
      const { items, ...page } = await this.stock.page(filter, { sort: { field: "sku" }, cursor, limit });
      return { items: items.map((stock) => rule.level(stock.sku, [stock])), ...page };
    },

    async get(ctx) {
      const { sku } = ctx.params;
      const stocks = await this.stock.find({ sku }, { limit: 100 });
      if (stocks.length === 0) throw notFound("SKU_NOT_FOUND", `There is no stock of ${sku}`, { sku });
      return rule.level(sku, stocks);
    },

    async adjust(ctx) {
      const { sku } = ctx.params;
      await this.holds.adjust(ctx.meta.idempotencyKey ?? ctx.id, ctx.params);
      return rule.level(sku, await this.stock.find({ sku }, { limit: 100 }));
    },

    async levels(ctx) {
      const stocks = await this.stock.getMany(ctx.params.skus.map(rule.stockId));
      return stocks.map(({ sku, available, rev }) => ({ sku, available, rev }));
    },

    async open(ctx) {
      const stocks = ctx.params.items.map(({ sku, onHand }) => ({
        id: rule.stockId(sku),
        sku,
        location: rule.LOCATION,
        onHand,
        reserved: 0,
        available: onHand,
        holds: {},
        adjustments: {},
        archivedUpTo: "",
        archives: 0,
      }));
      // A SKU that starts at zero tells nobody anything new.
      const events = (stock: Stock) => (stock.onHand ? tell(stock, { kind: "open", delta: stock.onHand }) : []);
      const { inserted, refused } = await this.stock.bulk(stocks, events);
      return { opened: inserted.length, known: refused.length };
    },

    async hold(ctx) {
      const { orderId, lines, expiresAt = null } = ctx.params;
      const demand = rule.sumBySku(lines);
      const results = await Promise.allSettled(demand.map((line) => this.holds.hold(orderId, line, expiresAt)));
      const short = demand.flatMap(({ sku, quantity }, at) => {
        const result = results[at];
        return result?.status === "fulfilled" && result.value !== null
          ? [{ sku, requested: quantity, available: result.value }]
          : [];
      });
      const failure = results.find((result) => result.status === "rejected");
      if (short.length || typeOf(failure?.reason) === "HOLD_CLOSED") {
        const missing = new Set(short.map(({ sku }) => sku));
        await Promise.all(
          demand.map((line) => this.holds.release(orderId, line, missing.has(line.sku) ? "refused" : "released")),
        );
      }
      if (short.length) {
        const skus = short.map(({ sku, available }) => `${sku} (${available} left)`).join(", ");
        throw conflict("STOCK_INSUFFICIENT", `Not enough in stock: ${skus}`, { orderId, lines: short });
      }
      if (failure) throw failure.reason;
      return { orderId, lines: demand };
    },

    async commit(ctx) {
      const { orderId, lines } = ctx.params;
      await Promise.all(rule.sumBySku(lines).map((line) => this.holds.commit(orderId, line)));
    },

    async release(ctx) {
      const { orderId, lines } = ctx.params;
      await Promise.all(rule.sumBySku(lines).map((line) => this.holds.release(orderId, line)));
    },

    held(ctx) {
      const { orderId, skus } = ctx.params;
      return this.holds.of(orderId, skus);
    },

    async audit() {
      const { findings, underWay } = await this.stockAudit.findSettled();
      let skus = 0;
      let reserved = 0;
      for await (const stocks of this.stock.all()) {
        skus += stocks.length;
        for (const stock of stocks) reserved += stock.reserved;
      }
      const untold = await untoldFindings(this.stock, "stock");
      return { findings: named([...findings, ...untold]), figures: { skus, reserved, underWay } };
    },

    invariants() {
      return this.invariants();
    },

    async repair() {
      const { repairs, left } = await this.stockAudit.repair();
      return { repairs: named(repairs), left: named(left) };
    },
  },

  created() {
    this.holds = new Holds(this.stock, new Endings(this.endings), this.movements);
    this.stockAudit = new StockAudit(this.stock, this.movements, (ids) => this.hasEventsUnderWay(ids));
    this.stock.watch(({ id }) => this.touch(id));
    this.movements.watch(({ sku }) => this.touch(rule.stockId(sku)));
  },

  consumes: {
    async "stock.moved"(movement) {
      await this.movements.insert(movement as never).catch((error) => {
        // Told twice: the movement is there already.
        if (typeOf(error) !== "MOVEMENTS_TAKEN") throw error;
      });
    },
  },
});
