import { setImmediate as turn } from "node:timers/promises";
import type { Collection } from "../../../mixins/store/collection.ts";
import { typeOf } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import { addProduct, setFields } from "../catalogue-writes.ts";
import type { CategoryName, ProductDocument } from "../product.documents.ts";
import { differences, draftOf } from "../product.ts";
import type { ImportReport } from "../products.contract.ts";
import { slugOf } from "../slug.ts";
import { type Line, readLines } from "./lines.ts";
import { type Row, readRow, wanted } from "./product-row.ts";

const BATCH_ROWS = 250;
/** Long rows make short batches, so that memory stays bounded. */
const BATCH_CHARACTERS = 2_000_000;
const OPEN_AT_ONCE = 1_000;
const PROBLEMS_TOLD = 100;
const PROGRESS_EVERY = 5_000;
const ATTEMPTS = 10;

type Entry = Row & { line: number };
type Opening = { sku: string; onHand: number };

export interface ImportTools {
  products: Collection<ProductDocument>;
  categoryNames: Collection<CategoryName>;
  currency: string;
  /** What is on hand of SKUs whose rows do not say. */
  stock: number;
  /** Starts keeping stock of SKUs that inventory does not know. */
  open(items: Opening[]): Promise<unknown>;
  /** Told of what each batch wrote. */
  wrote(products: ProductDocument[]): Promise<void>;
  progress(report: ImportReport): void;
}

/** One import: rows come in batches, each written before the next is read. */
export class CatalogueImport {
  readonly report: ImportReport = {
    ...{ read: 0, created: 0, updated: 0, unchanged: 0, refused: 0, withoutStock: 0, suffixed: 0 },
    problems: [],
    complete: true,
  };
  readonly #tools: ImportTools;
  readonly #skus = new Set<string>();
  readonly #named = new Set<string>();

  constructor(tools: ImportTools) {
    this.#tools = tools;
  }

  async run(input: AsyncIterable<Uint8Array | string>): Promise<ImportReport> {
    const { report } = this;
    const broke = () => {
      report.complete = false;
    };
    let batch: Entry[] = [];
    let characters = 0;
    for await (const line of readLines(input, broke)) {
      const row = this.#read(line);
      if (row) {
        batch.push(row);
        characters += line.text?.length ?? 0;
      }
      if (line.number % 50 === 0) await turn();
      if (batch.length < BATCH_ROWS && characters < BATCH_CHARACTERS) continue;
      await this.#write(batch);
      batch = [];
      characters = 0;
    }
    await this.#write(batch);
    return report;
  }

  #read({ number, text, problem, open }: Line): Entry | null {
    const { report } = this;
    if (text !== null && text.trim() === "") return null;
    const read = text === null ? { refused: problem ?? "", sku: null } : readRow(text, this.#tools.currency);
    if (open && "refused" in read && !isJson(text)) {
      // Half a row is no row: neither read nor refused.
      report.complete = false;
      this.#tell(number, null, "The input breaks off in this line");
      return null;
    }
    report.read++;
    if (report.read % PROGRESS_EVERY === 0) this.#tools.progress(report);
    if ("refused" in read) return this.#refuse(number, read.sku, read.refused);
    const skus = read.row.input.variants.map(({ sku }) => sku);
    const again = skus.find((sku) => this.#skus.has(sku));
    if (again) return this.#refuse(number, again, `An earlier row has the SKU ${again}`);
    for (const sku of skus) this.#skus.add(sku);
    return { ...read.row, line: number };
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
        const draft = draftOf(row.input, newId(), row.input.slug ?? slugOf(row.input.name));
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
        openings.push({ sku, onHand: onHand ?? this.#tools.stock });
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

  #refuseRow({ line, input }: Entry, reason: string): null {
    this.#refusedLines.add(line);
    return this.#refuse(line, input.variants[0]?.sku ?? null, reason);
  }

  #refuse(line: number, sku: string | null, reason: string): null {
    this.report.refused++;
    this.#tell(line, sku, reason);
    return null;
  }

  #tell(line: number, sku: string | null, reason: string): void {
    const { problems } = this.report;
    if (problems.length < PROBLEMS_TOLD) problems.push({ line, sku, reason: reason.slice(0, 500) });
  }
}

function isJson(text: string | null): boolean {
  try {
    JSON.parse(text ?? "");
    return true;
  } catch {
    return false;
  }
}
