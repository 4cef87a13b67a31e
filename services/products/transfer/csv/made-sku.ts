import { createHash } from "node:crypto";
import { Sku } from "../../../shared/shapes.ts";
import { slugOf } from "../../slug.ts";

const LONGEST = 64;

/**
 * The SKUs of one file. One that is missing, or taken by an earlier row, is made from the handle and the options, so
 * that the next import of the same file makes the same one.
 */
export class Skus {
  made = 0;
  readonly #taken = new Set<string>();

  /** The SKU for a row: as it is written if that can be one, with hyphens for what a SKU cannot have, else made. */
  claim(written: string, handle: string, values: readonly string[]): string {
    const asWritten = written.trim();
    if (asWritten && Sku.safeParse(asWritten).success && this.#take(asWritten)) return asWritten;
    this.made++;
    const mended = asWritten.replace(/[^\p{L}\p{N}_+:#-]+/gu, "-").replace(/^-+|-+$/g, "");
    if (mended !== asWritten && Sku.safeParse(mended).success && this.#take(mended)) return mended;
    const base = short([handle, ...values].map(slugOf).join("-"));
    for (let attempt = 1; ; attempt++) {
      const sku = attempt === 1 ? base : `${base}-${attempt}`;
      if (this.#take(sku)) return sku;
    }
  }

  #take(sku: string): boolean {
    if (this.#taken.has(sku)) return false;
    this.#taken.add(sku);
    return true;
  }
}

/** Room is left for a number; the hash keeps apart what is cut alike. */
function short(text: string): string {
  if (text.length <= LONGEST - 6) return text;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
  return `${text.slice(0, LONGEST - 6 - 9)}-${hash}`;
}
