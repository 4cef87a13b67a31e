import { z } from "zod";
import { defineContract } from "../contract.ts";
import { Money } from "../shared/money.ts";
import { Id, page, paging, Sku, Time } from "../shared/shapes.ts";

const Text = z.string().trim();
export const Slug = z
  .string()
  .max(120)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case letters, digits and single hyphens");
/** A category by its path of slugs, as in `clothing/jackets`. */
export const CategoryPath = z
  .string()
  .max(400)
  .regex(/^[a-z0-9-]+(\/[a-z0-9-]+)*$/, "slugs separated by slashes");

export const Image = z.strictObject({ url: Text.min(1).max(2_000), alt: Text.max(300).default("") });
export const AttributeValue = z.union([z.string().max(8_000), z.number(), z.boolean()]);
export const Attributes = z.record(z.string().min(1).max(100), AttributeValue);

/** Low enough that the largest line of a cart stays a safe integer; whether the cart's total does, pricing says. */
const Price = Money.extend({ amount: z.int().min(0).max(100_000_000_000) });

export const VariantInput = z.strictObject({
  sku: Sku,
  name: Text.max(200).default(""),
  options: z.record(z.string().min(1).max(60), z.string().max(100)).default({}),
  price: Price,
  compareAtPrice: Price.nullable().default(null),
});
export const Variant = z.object({
  sku: Sku,
  name: z.string(),
  options: z.record(z.string(), z.string()),
  price: Money,
  compareAtPrice: Money.nullable(),
  available: z.int(),
});

export const ProductStatus = z.enum(["draft", "active", "archived"]);

const fields = {
  slug: Slug,
  name: Text.min(1).max(300),
  description: Text.max(20_000),
  status: ProductStatus,
  brand: Text.max(100),
  categories: z.array(CategoryPath).max(20),
  images: z.array(Image).max(50),
  attributes: Attributes,
  options: z
    .array(z.strictObject({ name: Text.min(1).max(60), values: z.array(Text.min(1).max(100)).max(200) }))
    .max(20),
  variants: z.array(VariantInput).min(1).max(500),
};

/** What staff writes; the service adds ids, times and stock. */
export const ProductInput = z.strictObject({
  ...fields,
  slug: fields.slug.optional(),
  description: fields.description.default(""),
  status: fields.status.default("active"),
  brand: fields.brand.default(""),
  categories: fields.categories.default([]),
  images: fields.images.default([]),
  attributes: fields.attributes.default({}),
  options: fields.options.default([]),
});
export type ProductInput = z.output<typeof ProductInput>;

/** The fields of a change; without defaults, or a field that is not named would be emptied. */
export const ProductPatch = z.strictObject(fields).partial();
export type ProductPatch = z.output<typeof ProductPatch>;

export const Product = z.object({
  id: Id,
  rev: z.int(),
  slug: Slug,
  name: z.string(),
  description: z.string(),
  status: ProductStatus,
  brand: z.string(),
  categories: z.array(CategoryPath),
  images: z.array(z.object({ url: z.string(), alt: z.string() })),
  attributes: Attributes,
  options: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
  variants: z.array(Variant),
  rating: z.number().nullable(),
  updatedAt: Time,
});
export type Product = z.output<typeof Product>;

/** A product as lists show it: the lowest price and the stock of all variants together. */
export const ProductCard = z.object({
  id: Id,
  slug: Slug,
  name: z.string(),
  brand: z.string(),
  image: z.object({ url: z.string(), alt: z.string() }).nullable(),
  price: Money,
  available: z.int(),
});
export type ProductCard = z.output<typeof ProductCard>;

const Count = z.object({ value: z.string(), count: z.int() });
export const Facets = z.object({
  brand: z.array(Count),
  category: z.array(Count),
  price: z.array(z.object({ from: z.int(), to: z.int(), count: z.int() })),
});
export type Facets = z.output<typeof Facets>;

interface CategoryNode {
  slug: string;
  name: string;
  count: number;
  children: CategoryNode[];
}
export const Category: z.ZodType<CategoryNode> = z.object({
  slug: z.string(),
  name: z.string(),
  count: z.int(),
  get children() {
    return z.array(Category);
  },
});
export type Category = CategoryNode;

export const Search = z.strictObject({
  q: Text.max(200).optional(),
  category: CategoryPath.optional(),
  brand: Text.max(100).optional(),
  minPrice: z.int().min(0).optional(),
  maxPrice: z.int().min(0).optional(),
  inStock: z.boolean().optional(),
  sort: z.enum(["relevance", "newest", "price", "-price", "name"]).optional(),
  facets: z.boolean().default(false),
  ...paging,
});
export type Search = z.output<typeof Search>;

/** What a cart needs to know of a SKU. `sellable` is false where the product is not active. */
export const Offer = z.object({
  sku: Sku,
  productId: Id,
  name: z.string(),
  price: Money,
  available: z.int(),
  sellable: z.boolean(),
});
export type Offer = z.output<typeof Offer>;

export const ImportFormat = z.enum(["jsonl", "csv", "shopify", "magento"]);
export type ImportFormat = z.output<typeof ImportFormat>;

export const ImportReport = z.object({
  /** What the input turned out to be, as people say it. */
  format: z.string(),
  /** Rows, of which a product may have several; `refused` counts these, too, the others count products. */
  read: z.int(),
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  refused: z.int(),
  /** SKUs whose rows said nothing of stock: they start at zero, or at what `stock` said. */
  withoutStock: z.int(),
  /** Slugs that got a suffix because their name occurs more than once. */
  suffixed: z.int(),
  /** SKUs that a CSV file left out, gave twice or wrote as no SKU can be: made from what the rows say. */
  skusMade: z.int(),
  /** What is worth knowing of the file as a whole: columns that were not read, the currency it was taken to be in. */
  notes: z.array(z.string()),
  /** The first 100 refused rows, and what else is wrong on a line. */
  problems: z.array(z.object({ line: z.int(), sku: z.string().nullable(), reason: z.string() })),
  /** False where the input broke off; the complete rows before that are kept. */
  complete: z.boolean(),
});
export type ImportReport = z.output<typeof ImportReport>;

export const productsContract = defineContract({
  name: "products",
  actions: {
    list: {
      summary: "Active products that fit the words and filters, a page at a time, with facet counts on demand.",
      params: Search,
      returns: page(ProductCard).extend({ facets: Facets.optional() }),
      access: "public",
      idempotency: "read",
      rest: "GET /products",
      kept: { until: ["catalogue", "sold-out", "product:{items.id}"] },
    },
    get: {
      summary: "One active product by its id or slug.",
      params: z.strictObject({ idOrSlug: z.string().min(1).max(120) }),
      returns: Product,
      access: "public",
      idempotency: "read",
      rest: "GET /products/:idOrSlug",
      kept: { until: ["product:{id}"] },
    },
    categories: {
      summary: "The tree of categories with the number of active products in each, subcategories included.",
      returns: z.array(Category),
      access: "public",
      idempotency: "read",
      rest: "GET /categories",
      kept: { until: ["catalogue"] },
    },
    offers: {
      summary: "Name, price and stock of SKUs; an unknown SKU is left out.",
      params: z.strictObject({ skus: z.array(z.string()).max(1_000) }),
      returns: z.array(Offer),
      access: "internal",
      idempotency: "read",
    },
    create: {
      summary: "Adds a product; a slug or SKU that is taken is a conflict.",
      params: ProductInput,
      returns: Product,
      access: "products:write",
      idempotency: { keyedBy: "meta.idempotencyKey" },
      rest: { route: "POST /admin/products", status: 201 },
    },
    read: {
      summary: "One product as staff sees it, drafts and archived ones too.",
      params: z.strictObject({ id: Id }),
      returns: Product,
      access: "products:read",
      idempotency: "read",
      rest: "GET /admin/products/:id",
    },
    update: {
      summary: "Changes the named fields; `rev` says which version the change was made for.",
      params: z.strictObject({ id: Id, rev: z.int().optional(), ...ProductPatch.shape }),
      returns: Product,
      access: "products:write",
      idempotency: "natural",
      rest: "PATCH /admin/products/:id",
    },
    archive: {
      summary: "Takes a product out of the shop; orders keep what they say of it.",
      params: z.strictObject({ id: Id, rev: z.int().optional() }),
      access: "products:write",
      idempotency: "natural",
      rest: { route: "DELETE /admin/products/:id", status: 204 },
    },
    import: {
      summary:
        "Reads JSON Lines or CSV (our own columns, Shopify's or Magento's); known SKUs are updated, bad rows are told and left out.",
      params: z.strictObject({
        stock: z.int().min(0).max(1_000_000).optional(),
        format: ImportFormat.optional(),
        /** What the prices are in, where the file does not say; another than the shop's is refused. */
        currency: z
          .string()
          .regex(/^[A-Z]{3}$/, "three capital letters")
          .optional(),
        /** Where the pictures lie of which the file has only a path. */
        images: z
          .url({ protocol: /^https?$/ })
          .max(1_000)
          .optional(),
      }),
      returns: ImportReport,
      access: "products:write",
      idempotency: "natural",
      rest: "POST /admin/products/import",
      stream: "in",
      timeout: 0,
    },
    export: {
      summary: "Every product that is not deleted, one a line, as `import` reads them.",
      access: "products:read",
      idempotency: "read",
      rest: "GET /admin/products/export",
      stream: "out",
      timeout: 0,
    },
  },
});
