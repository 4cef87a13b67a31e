import { categorySteps } from "../../slug.ts";
import { plainText } from "../plain-text.ts";
import { minorUnits, pieces } from "./decimal.ts";
import {
  type Cells,
  type Dialect,
  type DialectTools,
  distinct,
  type Found,
  imageOf,
  productOf,
  refusal,
} from "./dialect.ts";

const STATUSES = ["draft", "active", "archived"] as const;

/** Our own columns: one row, one product with one SKU. Columns that are not there leave known products as they are. */
export class PlainCsv implements Dialect {
  readonly #tools: DialectTools;

  constructor(tools: DialectTools) {
    this.#tools = tools;
  }

  take(cells: Cells): Found[] {
    const { currency, decimals, has, notes } = this.#tools;
    const { line, get } = cells;
    const sku = get("sku");
    const refuse = (reason: string) => [refusal(line, reason, sku || null)];
    const ours = get("currency").toUpperCase();
    if (ours && ours !== currency) return refuse(`This shop sells in ${currency}, not in ${ours}`);
    const price = minorUnits(get("price"), decimals);
    if ("problem" in price) return refuse(price.problem);
    const compareAt = get("compareAt") ? minorUnits(get("compareAt"), decimals) : null;
    if (compareAt && "problem" in compareAt) return refuse(compareAt.problem);
    const stock = pieces(get("stock"));
    if ("problem" in stock) return refuse(stock.problem);
    if (stock.below) notes.add("stock figures below zero count as none");
    const status = STATUSES.find((one) => one === (get("status").toLowerCase() || "active"));
    if (!status) return refuse(`The status ${get("status")} is none of ${STATUSES.join(", ")}`);

    const name = plainText(get("name")).replace(/\s+/g, " ").trim();
    const paths = get("categories")
      .split("|")
      .map((path) => categorySteps(distinct(path.split(">"))));
    const gtin: Record<string, string> = get("gtin") ? { gtin: get("gtin") } : {};
    const found = productOf({
      ...{ line, rows: 1, form: "flat" },
      input: {
        name: name || (has("name") ? "" : sku),
        description: plainText(get("description")).trim(),
        status,
        brand: get("brand"),
        categories: distinct(paths.map((steps) => steps.at(-1)?.path ?? "")),
        images: distinct(get("images").split("|")).map((url) => imageOf(url, name, this.#tools)),
        attributes: { ...cells.attributes, ...gtin },
        variants: [
          {
            sku,
            price: { amount: price.amount, currency },
            compareAtPrice: compareAt ? { amount: compareAt.amount, currency } : null,
          },
        ],
      },
      stock: stock.onHand === undefined ? {} : { [sku]: stock.onHand },
      categories: paths.flat(),
      says: [
        ...["name", "description", "status", "brand", "categories"].filter(has),
        ...(has("compareAt") ? ["compareAtPrice"] : []),
        ...(has("images") ? ["images"] : []),
        ...(has("gtin") || Object.keys(cells.attributes).length ? ["attributes"] : []),
      ],
    });
    return [found];
  }

  end(): Found[] {
    return [];
  }
}
