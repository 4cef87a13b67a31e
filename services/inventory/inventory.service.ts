import { due } from "../../mixins/due/due.mixin.ts";
import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import { invariants } from "../../mixins/invariants/invariants.mixin.ts";
import { liveSettings } from "../../mixins/settings/settings.mixin.ts";
import type { Events } from "../../mixins/store/collection.ts";
import { store } from "../../mixins/store/store.mixin.ts";
import { defineMixin, defineService, event } from "../cluster.ts";
import { conflict, notFound, typeOf } from "../shared/errors.ts";
import { settled } from "../shared/settle.ts";
import { StockAudit } from "./audit.ts";
import { inventoryContract, type StockLine } from "./inventory.contract.ts";
import { movementsSpec, type Stock, stockSpec } from "./stock.documents.ts";
import * as rule from "./stock.ts";

interface Moved {
  kind: "open" | "adjust" | "commit" | "restock";
  delta: number;
  orderId?: string;
  reason?: string;
}

/** What a change tells: whoever shows stock hears what is available, the movements hear what came or went. */
function tell(id: string, { sku, location, available, rev }: Stock, moved?: Moved): DurableEvent[] {
  // A commit moves goods that were promised already.
  const changed = moved?.kind === "commit" ? [] : [{ sku, location, available, rev }];
  const events = changed.map((payload) => event("stock.changed", `${id}:${sku}`, payload));
  if (!moved) return events;
  const { kind, delta, orderId = null, reason = null } = moved;
  return [
    ...events,
    event("stock.moved", `${id}:${sku}:moved`, { id: `${id}:${sku}`, sku, location, kind, delta, orderId, reason }),
  ];
}

const told =
  (id: string, moved?: Moved) =>
  (stock: Stock): DurableEvent[] =>
    tell(id, stock, moved);

export default defineService(inventoryContract, {
  mixins: [
    liveSettings,
    store(stockSpec),
    store(movementsSpec),
    due<Stock>({
      collection: "stock",
      lease: 30_000,
      work(stock) {
        return this.tidy(stock);
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
    defineMixin<{ stockAudit: StockAudit }>({}),
  ],

  methods: {
    async holdLine(orderId: string, { sku, quantity }: StockLine, expiresAt: string | null): Promise<number | null> {
      const { guard, operators } = rule.hold(orderId, quantity, expiresAt, new Date());
      const held = await this.stock.change(rule.stockId(sku), guard, operators, told(`${orderId}:hold`));
      if (held) return null;
      const stock = await this.stock.get(rule.stockId(sku));
      const known = stock?.holds[orderId];
      if (known?.quantity === quantity && ["held", "committed"].includes(known.state)) return null;
      if (known) throw conflict("HOLD_CLOSED", `The hold of this order on ${sku} has ended`, { orderId, sku });
      return stock?.available ?? 0;
    },

    /** Whatever the hold has come to in the meantime, one of these guards fits it, or it has ended already. */
    async releaseLine(orderId: string, { sku, quantity }: StockLine): Promise<void> {
      const at = new Date();
      const back = { kind: "restock", delta: quantity, orderId } as const;
      const ways: [rule.Write, Events<Stock>][] = [
        [rule.release(orderId, quantity, at), told(`${orderId}:release`)],
        [rule.refuseLater(orderId, at), []],
        [rule.restock(orderId, quantity, at), told(`${orderId}:restock`, back)],
      ];
      // Twice, because a late hold or commit may come between two of them.
      for (const [{ guard, operators }, events] of [...ways, ...ways]) {
        if (await this.stock.change(rule.stockId(sku), guard, operators, events)) return;
      }
    },

    /** Ends a hold as `state`; a repeat finds it ended so already. */
    async close(orderId: string, line: StockLine, write: rule.Write, state: string, events: Events<Stock>) {
      const id = rule.stockId(line.sku);
      if (await this.stock.change(id, write.guard, write.operators, events)) return;
      const hold = (await this.stock.get(id))?.holds[orderId];
      if (hold?.state === state && hold.quantity === line.quantity) return;
      const data = { orderId, sku: line.sku, state: hold?.state ?? null };
      throw conflict("HOLD_STATE_CONFLICT", `The order's hold on ${line.sku} cannot become ${state}`, data);
    },

    /** Gives back what was held for too long, forgets what ended long ago. */
    async tidy(stock: Stock & { fence: number }): Promise<undefined> {
      const at = new Date();
      for (const [orderId, { quantity }] of rule.overdue(stock, at)) {
        const { guard, operators } = rule.release(orderId, quantity, at, "expired");
        await this.stock.change(stock.id, guard, operators, told(`${orderId}:expire`));
      }
      const now = await this.stock.get(stock.id);
      if (!now) return;
      const { keys, next } = rule.forget(now, at);
      const forgotten = Object.fromEntries([...keys, ...(next ? [] : ["dueAt"])].map((key) => [key, ""]));
      // A hold that came in between has raised `rev`: then the claim's end brings this work back.
      await this.stock.change(
        stock.id,
        { fence: stock.fence, rev: now.rev },
        {
          $set: { leased: false, ...(next ? { dueAt: next } : {}) },
          ...(keys.length || !next ? { $unset: forgotten } : {}),
        },
      );
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
      const { sku, delta, reason } = ctx.params;
      const key = ctx.meta.idempotencyKey ?? ctx.id;
      const { guard, operators } = rule.adjust(key, delta, new Date());
      const events = told(`${key}:adjust`, { kind: "adjust", delta, reason });
      if (!(await this.stock.change(rule.stockId(sku), guard, operators, events))) {
        const stock = await this.stock.get(rule.stockId(sku));
        if (!stock) throw notFound("SKU_NOT_FOUND", `There is no stock of ${sku}`, { sku });
        if (!stock.adjustments[key]) {
          const { available } = stock;
          throw conflict("STOCK_INSUFFICIENT", `Only ${available} of ${sku} can be taken out`, { sku, available });
        }
      }
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
      }));
      // A SKU that starts at zero tells nobody anything new.
      const events = (stock: Stock) => (stock.onHand ? tell("open", stock, { kind: "open", delta: stock.onHand }) : []);
      const { inserted, refused } = await this.stock.bulk(stocks, events);
      return { opened: inserted.length, known: refused.length };
    },

    async hold(ctx) {
      const { orderId, lines, expiresAt = null } = ctx.params;
      const demand = rule.sumBySku(lines);
      const results = await Promise.allSettled(demand.map((line) => this.holdLine(orderId, line, expiresAt)));
      const short = demand.flatMap(({ sku, quantity }, at) => {
        const result = results[at];
        return result?.status === "fulfilled" && result.value !== null
          ? [{ sku, requested: quantity, available: result.value }]
          : [];
      });
      const failure = results.find((result) => result.status === "rejected");
      if (short.length || typeOf(failure?.reason) === "HOLD_CLOSED") {
        await Promise.all(demand.map((line) => this.releaseLine(orderId, line)));
      }
      if (failure) throw failure.reason;
      if (short.length) {
        const skus = short.map(({ sku, available }) => `${sku} (${available} left)`).join(", ");
        throw conflict("STOCK_INSUFFICIENT", `Not enough in stock: ${skus}`, { orderId, lines: short });
      }
      return { orderId, lines: demand };
    },

    async commit(ctx) {
      const { orderId, lines } = ctx.params;
      const done = rule.sumBySku(lines).map((line) => {
        const events = told(`${orderId}:commit`, { kind: "commit", delta: -line.quantity, orderId });
        return this.close(orderId, line, rule.commit(orderId, line.quantity, new Date()), "committed", events);
      });
      await Promise.all(done);
    },

    async release(ctx) {
      const { orderId, lines } = ctx.params;
      await Promise.all(rule.sumBySku(lines).map((line) => this.releaseLine(orderId, line)));
    },

    async held(ctx) {
      const { orderId, skus } = ctx.params;
      const stocks = await this.stock.getMany(skus.map(rule.stockId));
      return stocks.flatMap(({ sku, holds: { [orderId]: hold } }) =>
        hold ? [{ sku, quantity: hold.quantity, state: hold.state }] : [],
      );
    },

    async audit() {
      const findings = await settled(() => this.stockAudit.findAll());
      let skus = 0;
      let reserved = 0;
      for await (const stocks of this.stock.all()) {
        skus += stocks.length;
        for (const stock of stocks) reserved += stock.reserved;
      }
      return { findings, figures: { skus, reserved } };
    },

    invariants() {
      return this.invariants();
    },

    repair() {
      return this.stockAudit.repair();
    },
  },

  created() {
    this.stockAudit = new StockAudit(this.stock, this.movements);
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
