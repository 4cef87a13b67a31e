import { setImmediate as turn } from "node:timers/promises";
import type { Collection } from "../../../mixins/store/collection.ts";
import { typeOf } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import { addProduct, setFields } from "../catalogue-writes.ts";
import type { CategoryName, ProductDocument } from "../product.documents.ts";
import { differences, draftOf } from "../product.ts";
import type { ImportFormat, ImportReport } from "../products.contract.ts";
import { slugOf } from "../slug.ts";
import { CsvProducts } from "./csv/csv-products.ts";
import { jsonRows } from "./json-rows.ts";
import { BREAKS_OFF } from "./lines.ts";
import { type Row, wanted } from "./product-row.ts";
import { sourceOf } from "./source.ts";

const BATCH_ROWS = 250;
/** Long rows make short batches, so that memory stays bounded. */
const BATCH_CHARACTERS = 2_000_000;
const OPEN_AT_ONCE = 1_000;
const PROBLEMS_TOLD = 100;
const PROGRESS_EVERY = 5_000;
const ATTEMPTS = 10;

type Entry = Row & { line: number; rows: number; size: number };
export type Opening = { sku: string; onHand: number };

/** What whoever sends the file knows of it. */
export interface ImportOptions {
  /** Else the file tells. */
  format?: ImportFormat;
  /** What is on hand of SKUs whose rows do not say. */
  stock?: number;
  /** Where pictures lie of which the file has only a path. */
  images?: string;
}

export interface ImportTools {
  products: Collection<ProductDocument>;
  categoryNames: Collection<CategoryName>;
  currency: string;
  /** Starts keeping stock of SKUs that inventory does not know. */
  open(items: Opening[]): Promise<unknown>;
  /** Told of what each batch wrote. */
  wrote(products: ProductDocument[]): Promise<void>;
  progress(report: ImportReport): void;
}

/** One import: rows come in batches, each written before the next is read. */
export class CatalogueImport {
  readonly report: ImportReport = {
    ...{ format: "JSON Lines", read: 0, created: 0, updated: 0, unchanged: 0, refused: 0 },
    ...{ withoutStock: 0, suffixed: 0, skusMade: 0, notes: [], problems: [], complete: true },
  };
  readonly #tools: ImportTools;
  readonly #options: ImportOptions;
  readonly #skus = new Set<string>();
  readonly #named = new Set<string>();
  #batch: Entry[] = [];
  #size = 0;

  constructor(tools: ImportTools, options: ImportOptions = {}) {
    this.#tools = tools;
    this.#options = options;
  }

  async run(input: AsyncIterable<Uint8Array | string>): Promise<ImportReport> {
    const { json, bytes } = await sourceOf(input);
    const { format } = this.#options;
    await (format === "jsonl" || (json && !format) ? this.#runJson(bytes) : this.#runCsv(bytes));
    await this.#flush();
    return this.report;
  }

  async #runJson(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const { report } = this;
    const broke = () => {
      report.complete = false;
    };
    for await (const step of jsonRows(bytes, this.#tools.currency, broke)) {
      if ("breaksOff" in step) {
        broke();
        this.#tell(step.line, null, BREAKS_OFF);
        continue;
      }
      this.#count();
      if ("row" in step) await this.#take({ ...step.row, line: step.line, rows: 1, size: step.size });
      else this.#refuse(step.line, step.sku, step.refused);
      if (step.line % 50 === 0) await turn();
    }
  }

  async #runCsv(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const { report } = this;
    const { format, images: imageBase } = this.#options;
    const form = format === "jsonl" ? undefined : format;
    const csv = new CsvProducts({ form, currency: this.#tools.currency, imageBase, now: new Date() });
    for await (const step of csv.read(bytes)) {
      if (step.kind === "row") {
        this.#count();
        if (report.read % 50 === 0) await turn();
        continue;
      }
      const { found } = step;
      if ("row" in found) await this.#take({ ...found.row, line: found.line, rows: found.rows, size: found.size });
      else if ("told" in found) this.#tell(found.line, found.sku, found.told);
      else this.#refuse(found.line, found.sku, found.refused, found.rows);
    }
    report.complete &&= csv.complete;
    report.format = csv.format;
    report.skusMade = csv.skus.made;
    report.notes.push(...csv.notes.all);
  }

  #count(): void {
    this.report.read++;
    if (this.report.read % PROGRESS_EVERY === 0) this.#tools.progress(this.report);
  }

  async #take(entry: Entry): Promise<void> {
    const skus = entry.input.variants.map(({ sku }) => sku);
    const again = skus.find((sku) => this.#skus.has(sku));
    if (again) {
      this.#refuse(entry.line, again, `An earlier row has the SKU ${again}`, entry.rows);
      return;
    }
    for (const sku of skus) this.#skus.add(sku);
    this.#batch.push(entry);
    this.#size += entry.size;
    if (this.#batch.length >= BATCH_ROWS || this.#size >= BATCH_CHARACTERS) await this.#flush();
  }

  async #flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#size = 0;
    await this.#write(batch);
  }

  async #write(batch: Entry[]): Promise<void> {
    if (batch.length === 0) return;
    const { products, wrote } = this.#tools;
    const skus = batch.flatMap(({ input }) => input.variants.map(({ sku }) => sku));
    const known = new Map<string, ProductDocument>();
    for (const product of await products.find({ skus: { $in: skus } }, { limit: skus.length })) {
      for (const sku of product.skus) known.set(sku, product);
    }
    const holders = (row: Entry) => new Set(row.input.variants.flatMap(({ sku }) => known.get(sku) ?? []));
    const fresh: Entry[] = [];
    const changing: Promise<ProductDocument | null>[] = [];
    for (const row of batch) {
      const [holder, ...others] = holders(row);
      if (others.length)
        this.#refuseRow(row, `Its SKUs belong to different products: ${holder?.slug}, ${others[0]?.slug}`);
      else if (holder) changing.push(this.#change(row, holder));
      else if (row.says && !row.says.has("name"))
        this.#refuseRow(row, "No product has this SKU, and the file has no column for the name of a new one");
      else fresh.push(row);
    }
    const changed = (await Promise.all(changing)).filter((product) => product !== null);
    const created = await this.#add(fresh);
    await this.#nameCategories(batch);
    await this.#open(batch);
    await wrote([...changed, ...created]);
  }

  async #add(rows: Entry[]): Promise<ProductDocument[]> {
    const { products } = this.#tools;
    const drafts = new Map(
      rows.map((row) => {
        const draft = draftOf(row.input, newId(), row.input.slug ?? row.slug ?? slugOf(row.input.name));
        return [draft.id, { row, draft }];
      }),
    );
    const { inserted, refused } = await products.bulk([...drafts.values()].map(({ draft }) => draft));
    this.report.created += inserted.length;
    const again = refused.map(async ({ id }) => {
      const { row, draft } = drafts.get(id) as { row: Entry; draft: ReturnType<typeof draftOf> };
      try {
        const { product, suffixed } = await addProduct(products, draft, row.input.slug === undefined);
        this.report.created++;
        if (suffixed) this.report.suffixed++;
        return product;
      } catch (error) {
        return this.#refuseConflict(row, error);
      }
    });
    return [...inserted, ...(await Promise.all(again)).filter((product) => product !== null)];
  }

  async #change(row: Entry, holder: ProductDocument): Promise<ProductDocument | null> {
    const { products } = this.#tools;
    let product: ProductDocument | null = holder;
    try {
      for (let tries = 0; product && tries < ATTEMPTS; tries++) {
        const fields = differences(product, wanted(row, product));
        if (Object.keys(fields).length === 0) {
          this.report.unchanged++;
          return null;
        }
        const changed = await setFields(products, product.id, { rev: product.rev }, fields);
        if (changed) {
          this.report.updated++;
          return changed;
        }
        product = await products.get(product.id);
      }
    } catch (error) {
      return this.#refuseConflict(row, error);
    }
    return this.#refuseRow(row, "Others are changing this product at the same time");
  }

  async #nameCategories(batch: Entry[]): Promise<void> {
    const names = new Map<string, string>();
    for (const { path, name } of batch.flatMap(({ categories }) => categories)) {
      if (!this.#named.has(path) && !names.has(path)) names.set(path, name);
    }
    if (names.size === 0) return;
    // One that has a name already keeps it.
    await this.#tools.categoryNames.bulk([...names].map(([id, name]) => ({ id, name })));
    for (const path of names.keys()) this.#named.add(path);
  }

  async #open(batch: Entry[]): Promise<void> {
    const openings: Opening[] = [];
    for (const { line, stock, input } of batch) {
      if (this.#refusedLines.has(line)) continue;
      for (const { sku } of input.variants) {
        // Not every SKU that an object answers to is one that its row spoke of.
        const onHand = Object.hasOwn(stock, sku) ? stock[sku] : undefined;
        if (onHand === undefined) this.report.withoutStock++;
        openings.push({ sku, onHand: onHand ?? this.#options.stock ?? 0 });
      }
    }
    this.#refusedLines.clear();
    for (let at = 0; at < openings.length; at += OPEN_AT_ONCE) {
      await this.#tools.open(openings.slice(at, at + OPEN_AT_ONCE));
    }
  }

  /** Lines of this batch that fit by themselves, but not beside what is there. */
  readonly #refusedLines = new Set<number>();

  #refuseConflict(row: Entry, error: unknown): null {
    if (!["SKU_TAKEN", "SLUG_TAKEN"].includes(typeOf(error) ?? "")) throw error;
    return this.#refuseRow(row, (error as Error).message);
  }

  #refuseRow({ line, rows, input }: Entry, reason: string): null {
    this.#refusedLines.add(line);
    return this.#refuse(line, input.variants[0]?.sku ?? null, reason, rows);
  }

  #refuse(line: number, sku: string | null, reason: string, rows = 1): null {
    this.report.refused += rows;
    this.#tell(line, sku, reason);
    return null;
  }

  #tell(line: number, sku: string | null, reason: string): void {
    const { problems } = this.report;
    if (problems.length < PROBLEMS_TOLD) problems.push({ line, sku, reason: reason.slice(0, 500) });
  }
}
