import { createReadStream } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { due } from "../../mixins/due/due.mixin.ts";
import { platformOf } from "../../mixins/platform.ts";
import { store } from "../../mixins/store/store.mixin.ts";
import { type Ctx, contextOf, defineMixin, defineService } from "../cluster.ts";
import { badRequest, invalid, notFound, typeOf, unprocessable } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { EVERYTHING, OUTDATED, tellOutdated } from "../shared/outdated.ts";
import { addProduct, changeProduct } from "./catalogue-writes.ts";
import { named, pathsOf } from "./category-names.ts";
import {
  availabilitySpec,
  categoryNamesSpec,
  type Milestone,
  milestonesSpec,
  type ProductDocument,
  productsSpec,
} from "./product.documents.ts";
import { draftOf, offer, problemsOf, shown } from "./product.ts";
import { type ImportReport, type ProductPatch, productsContract } from "./products.contract.ts";
import { CatalogueIndex } from "./search/catalogue-index.ts";
import { CATALOGUE } from "./search/outdated-reads.ts";
import { slugOf } from "./slug.ts";
import { CatalogueImport, type ImportOptions, type Opening } from "./transfer/catalogue-import.ts";
import { exported } from "./transfer/product-export.ts";

/** Longer than an import of the demo catalogue takes; then another node goes on with it. */
const DEMO_LEASE = 30_000;
const DEMO = join(import.meta.dirname, "../../demo/catalogue.jsonl");

/** Lends the node's index of the catalogue; the service starts it when its collections are ready. */
const memory = defineMixin<{ catalogue: CatalogueIndex }>({
  events: {
    [OUTDATED](ctx) {
      const { tags } = ctx.params as { tags: string[] };
      const changed = tags.includes(CATALOGUE) || tags.includes(EVERYTHING);
      if (changed && ctx.nodeID !== this.broker.nodeID) this.catalogue.heard();
    },
  },
});

export default defineService(productsContract, {
  mixins: [
    store(productsSpec),
    store(availabilitySpec),
    store(categoryNamesSpec),
    store(milestonesSpec),
    due<Milestone>({
      collection: "catalogueMilestones",
      lease: DEMO_LEASE,
      every: 10_000,
      work({ fence }, ctx) {
        return this.importDemo(ctx, fence);
      },
    }),
    memory,
  ],

  methods: {
    currency(): string {
      return platformOf(this.broker).environment.CURRENCY;
    },

    check(patch: ProductPatch): void {
      const problems = problemsOf(patch, this.currency());
      if (problems.length) throw invalid(problems);
    },

    /** The product as staff sees it, once this node's searches know it and inventory its SKUs. */
    async settle(ctx: Ctx, product: ProductDocument) {
      await this.catalogue.wrote([product]);
      await ctx.call("inventory.open", { items: product.skus.map((sku) => ({ sku, onHand: 0 })) });
      return shown(product, this.catalogue.availableOf);
    },

    /** Staff may have written through another node a moment ago, and are to see it. */
    async current({ meta }: Ctx): Promise<void> {
      if (meta.permissions?.length) await this.catalogue.catchUp();
    },

    async stored(id: string): Promise<ProductDocument> {
      const product = await this.products.get(id);
      if (!product) throw notFound("PRODUCT_NOT_FOUND", "There is no such product", { id });
      return product;
    },

    async importFrom(input: Readable, ctx: Ctx, options: ImportOptions = {}): Promise<ImportReport> {
      const tools = {
        products: this.products,
        categoryNames: this.categoryNames,
        currency: this.currency(),
        open: (items: Opening[]) => ctx.call("inventory.open", { items }),
        wrote: (products: ProductDocument[]) => this.catalogue.wrote(products),
        progress: ({ read, refused }: ImportReport) =>
          this.logger.info(`Import: ${read} rows read, ${refused} refused`),
      };
      const run = new CatalogueImport(tools, options);
      const report = await run.run(input);
      const { read, created, updated, refused, complete } = report;
      const end = complete ? "" : "; the input broke off";
      this.logger.info(`Import: ${read} rows, ${created} new, ${updated} changed, ${refused} refused${end}`);
      return report;
    },

    /** A catalogue that is empty at the very first start is to be filled, by one of the nodes. */
    async planDemo(): Promise<void> {
      const milestone = await this.catalogueMilestones.get("demo");
      if (milestone?.done || (!milestone && (await this.products.since({ at: "", id: "" }, 1)).length)) return;
      const dueAt = new Date().toISOString();
      if (milestone) {
        await this.catalogueMilestones.change("demo", { done: false, leased: { $ne: true } }, { $set: { dueAt } });
      } else {
        await this.catalogueMilestones.insert({ id: "demo", done: false, dueAt }).catch((error) => {
          // Another node was faster.
          if (typeOf(error) !== "CATALOGUEMILESTONES_TAKEN") throw error;
        });
      }
      // Where all of it is in this process, the shop opens with it.
      if (!this.broker.services.some(({ name }) => name === "inventory")) return;
      for (const { fence } of await this.catalogueMilestones.claimDue(DEMO_LEASE, 1)) {
        await this.waitForServices(["inventory"], 0, 50);
        await this.importDemo(contextOf(this), fence);
      }
    },

    async importDemo(ctx: Ctx, fence: number): Promise<undefined> {
      const { complete } = await this.importFrom(createReadStream(DEMO), ctx);
      if (!complete) throw new Error("The demo catalogue could not be read whole");
      await this.catalogueMilestones.change("demo", { fence }, { $set: { done: true, dueAt: null, leased: false } });
      return undefined;
    },
  },

  created() {
    this.catalogue = new CatalogueIndex({
      products: this.products,
      availability: this.availability,
      failed: (error) => this.logger.error("The index of the catalogue could not be brought up to date", error),
      outdated: (tags) => tellOutdated(this.broker, tags),
    });
  },

  async started() {
    await this.catalogue.start();
    if (platformOf(this.broker).environment.DEMO) await this.planDemo();
  },

  stopped() {
    return this.catalogue.stop();
  },

  actions: {
    async list(ctx) {
      await this.current(ctx);
      return this.catalogue.search.search(ctx.params);
    },

    async get(ctx) {
      const { idOrSlug } = ctx.params;
      const product =
        (await this.products.get(idOrSlug)) ?? (await this.products.find({ slug: idOrSlug }, { limit: 1 }))[0];
      if (product?.status !== "active") {
        throw notFound("PRODUCT_NOT_FOUND", "There is no such product", { idOrSlug });
      }
      return shown(product, this.catalogue.availableOf);
    },

    async categories(ctx) {
      await this.current(ctx);
      const tree = this.catalogue.search.categories();
      return named(tree, await this.categoryNames.getMany(pathsOf(tree)));
    },

    async offers(ctx) {
      const { skus } = ctx.params;
      if (skus.length === 0) return [];
      const products = await this.products.find({ skus: { $in: skus } }, { limit: skus.length });
      const bySku = new Map(products.flatMap((product) => product.skus.map((sku) => [sku, product] as const)));
      return [...new Set(skus)].flatMap((sku) => {
        const product = bySku.get(sku);
        return (product && offer(product, sku, this.catalogue.availableOf)) ?? [];
      });
    },

    async create(ctx) {
      const { idempotencyKey: key, userId = "" } = ctx.meta;
      this.check(ctx.params);
      const { slug, name } = ctx.params;
      const draft = draftOf(ctx.params, newId(), slug ?? slugOf(name));
      if (key) draft.idempotencyKey = `${userId}:${key}`;
      const { product } = await addProduct(this.products, draft, slug === undefined);
      return this.settle(ctx, product);
    },

    async read(ctx) {
      return shown(await this.stored(ctx.params.id), this.catalogue.availableOf);
    },

    async update(ctx) {
      const { id, rev, ...patch } = ctx.params;
      this.check(patch);
      return this.settle(ctx, await changeProduct(this.products, id, rev, patch));
    },

    async archive(ctx) {
      const { id, rev } = ctx.params;
      await this.catalogue.wrote([await changeProduct(this.products, id, rev, { status: "archived" })]);
    },

    async import(ctx) {
      const input = ctx.stream as Readable | null;
      if (!input) throw badRequest("IMPORT_EMPTY", "Send the products as JSON Lines or CSV");
      const { currency, ...options } = ctx.params;
      const ours = this.currency();
      try {
        if (currency && currency !== ours) {
          const message = `This shop sells in ${ours}, not in ${currency}`;
          throw unprocessable("IMPORT_CURRENCY", message, { currency: ours });
        }
        return await this.importFrom(input, ctx, options);
      } catch (error) {
        // Whoever sends must get rid of the rest to read the answer.
        input.resume();
        // The stream is spent: the broker must not call again.
        if (error instanceof Error && "retryable" in error) error.retryable = false;
        throw error;
      }
    },

    async export() {
      return exported(this.products.all(100)) as never;
    },
  },

  consumes: {
    async "stock.changed"({ sku, available, rev }) {
      // Most SKUs of an import open at zero, and having no document says the same.
      if (rev === 1 && available === 0) return;
      const newer = () =>
        this.availability.change(sku, { stockRev: { $lt: rev } }, { $set: { available, stockRev: rev } });
      const told =
        (await newer()) ??
        (await this.availability.insert({ id: sku, available, stockRev: rev }).catch((error) => {
          if (typeOf(error) === "AVAILABILITY_TAKEN") return newer();
          throw error;
        }));
      if (told) await this.catalogue.stockChanged(told);
    },
  },
});
