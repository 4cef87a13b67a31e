/** A product as the demo's author writes it; `catalogue.ts` makes variants, SKUs and stock of it. */
export interface Draft {
  name: string;
  /** The first part of every SKU. */
  code: string;
  brand: string;
  categories: string[];
  /** Cents. */
  price: number;
  compareAt?: number;
  description: string;
  attributes: Record<string, string | number | boolean>;
  options?: Record<string, readonly string[]>;
  /** Cents on top for the variants with this option value. */
  extra?: Record<string, number>;
  /** How many there are, of all variants alike or by SKU; drawn where it is not said. */
  stock?: number | Record<string, number>;
  status?: "draft" | "archived";
}

export const SIZES = ["XS", "S", "M", "L", "XL"] as const;
export const S_TO_XL = ["S", "M", "L", "XL"] as const;
export const HAND_SIZES = ["S", "M", "L"] as const;
export const SHOE_SIZES = ["37", "38", "39", "40", "41", "42", "43", "44", "45"] as const;
