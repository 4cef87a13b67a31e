import { unprocessable } from "../../../shared/errors.ts";

export type CsvForm = "csv" | "magento" | "shopify";

interface Columns {
  called: string;
  /** Each field with the headers that mean it, in lower case without anything but letters and digits. */
  fields: Record<string, readonly string[]>;
  required: readonly string[];
  /** Headers that only this form has; one of them is enough. */
  marks: readonly string[];
}

/** The columns of each form, by the names that its exports gave them over the years. */
const FORMS: Record<CsvForm, Columns> = {
  magento: {
    called: "Magento's CSV",
    fields: {
      ...same("sku", "name", "price", "description", "categories", "visibility", "qty", "weight"),
      storeView: ["storeviewcode"],
      type: ["producttype"],
      shortDescription: ["shortdescription"],
      online: ["productonline"],
      specialPrice: ["specialprice"],
      specialFrom: ["specialpricefromdate"],
      specialTo: ["specialpricetodate"],
      urlKey: ["urlkey"],
      baseImage: ["baseimage"],
      moreImages: ["additionalimages"],
      attributes: ["additionalattributes"],
      inStock: ["isinstock"],
      variations: ["configurablevariations"],
      variationLabels: ["configurablevariationlabels"],
    },
    required: ["sku", "name", "price"],
    marks: ["producttype", "configurablevariations", "additionalattributes", "attributesetcode"],
  },
  shopify: {
    called: "Shopify's CSV",
    fields: {
      ...same("title", "vendor", "type", "tags", "status"),
      handle: ["handle", "urlhandle"],
      body: ["bodyhtml", "body", "description"],
      category: ["productcategory"],
      published: ["published", "publishedononlinestore"],
      option1Name: ["option1name"],
      option1Value: ["option1value"],
      option2Name: ["option2name"],
      option2Value: ["option2value"],
      option3Name: ["option3name"],
      option3Value: ["option3value"],
      sku: ["variantsku", "sku"],
      grams: ["variantgrams", "weightvaluegrams"],
      quantity: ["variantinventoryqty", "variantinventoryquantity", "inventoryquantity"],
      price: ["variantprice", "price"],
      compareAt: ["variantcompareatprice", "compareatprice"],
      barcode: ["variantbarcode", "barcode"],
      image: ["imagesrc", "productimageurl"],
      imageAlt: ["imagealttext"],
      giftCard: ["giftcard"],
    },
    required: ["handle", "title", "price"],
    marks: ["handle", "urlhandle"],
  },
  csv: {
    called: "CSV",
    fields: {
      ...same("sku", "price", "currency", "description", "status"),
      name: ["name", "title"],
      compareAt: ["compareatprice"],
      brand: ["brand", "vendor", "manufacturer"],
      categories: ["categories", "category"],
      stock: ["stock", "qty", "quantity"],
      images: ["images", "image"],
      gtin: ["gtin", "ean", "barcode"],
    },
    required: ["sku", "price"],
    marks: ["sku"],
  },
};

function same(...names: string[]): Record<string, string[]> {
  return Object.fromEntries(names.map((name) => [name, [name]]));
}

const plain = (header: string): string => header.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
const ATTRIBUTE = /^\s*attribute:\s*(\S.*?)\s*$/i;
const KNOWN = new Set(Object.values(FORMS).flatMap(({ fields }) => Object.values(fields).flat()));

/** How many of these headers any form knows: the right delimiter finds the most. */
export const knownIn = (header: readonly string[]): number => header.filter((one) => KNOWN.has(plain(one))).length;

/** Where each field stands in a row. */
export interface Layout {
  form: CsvForm;
  called: string;
  width: number;
  at: ReadonlyMap<string, number>;
  /** Columns called `attribute:material` and the like. */
  attributes: readonly { name: string; at: number }[];
  /** The headers that mean nothing here. */
  unread: readonly string[];
}

/** What this first line means; throws an error that names what was found and what is wanted. */
export function layoutOf(header: readonly string[], forced?: CsvForm): Layout {
  const names = header.map(plain);
  const form = forced ?? (["magento", "shopify", "csv"] as const).find((one) => fits(one, names));
  if (!form || missing(form, names).length) throw unknown(header, form);
  const { called, fields } = FORMS[form];
  const at = new Map<string, number>();
  const used = new Set<number>();
  for (const [field, meant] of Object.entries(fields)) {
    const places = names.flatMap((name, place) => (meant.includes(name) ? [place] : []));
    if (places.length > 1) {
      const twice = places.map((place) => header[place]).join(", ");
      throw unprocessable("IMPORT_COLUMNS_UNKNOWN", `Two columns say the same: ${twice}`, { found: brief(header) });
    }
    const [place] = places;
    if (place === undefined) continue;
    at.set(field, place);
    used.add(place);
  }
  const attributes = header.flatMap((text, place) => {
    const name = form === "csv" && ATTRIBUTE.exec(text)?.[1];
    if (!name) return [];
    used.add(place);
    return [{ name, at: place }];
  });
  return { form, called, width: header.length, at, attributes, unread: header.filter((_, place) => !used.has(place)) };
}

const missing = (form: CsvForm, names: readonly string[]): string[] =>
  FORMS[form].required.filter((field) => !FORMS[form].fields[field]?.some((one) => names.includes(one)));

const fits = (form: CsvForm, names: readonly string[]): boolean =>
  missing(form, names).length === 0 && FORMS[form].marks.some((mark) => names.includes(mark));

function unknown(header: readonly string[], form: CsvForm | undefined) {
  const found = brief(header);
  const wanted = form
    ? `For ${FORMS[form].called} these are missing: ${missing(form, header.map(plain)).join(", ")}`
    : "Wanted are at least sku, name and price; or Shopify's Handle, Title and Variant Price; or Magento's sku, product_type, name and price";
  return unprocessable("IMPORT_COLUMNS_UNKNOWN", `The first line has the columns ${found.join(", ")}. ${wanted}`, {
    found,
  });
}

/** Enough of a first line to recognize it, even where it is none. */
const brief = (header: readonly string[]): string[] => {
  const shown = header.slice(0, 20).map((text) => (text.length > 40 ? `${text.slice(0, 40)}…` : text || "(empty)"));
  return header.length > shown.length ? [...shown, `and ${header.length - shown.length} more`] : shown;
};
