import type { Position } from "../../../mixins/store/cursor.ts";
import { badRequest } from "../../shared/errors.ts";
import type { Search } from "../products.contract.ts";
import type { Place } from "./sort-order.ts";
import { fold } from "./words.ts";

/** What is asked, apart from paging: two queries that mean the same give the same question. */
export interface Question {
  q: string;
  category: string | undefined;
  brand: string | undefined;
  minPrice: number;
  maxPrice: number;
  inStock: boolean;
  sort: "relevance" | "newest" | "price" | "-price" | "name";
}

/** The question of a query; without words nothing is more relevant than what is newest. */
export function questionOf({ q, category, brand, minPrice, maxPrice, inStock, sort }: Search): Question {
  const words = fold(q ?? "").trim();
  return {
    q: words,
    category,
    brand: brand ? fold(brand) : undefined,
    minPrice: minPrice ?? 0,
    maxPrice: maxPrice ?? Number.MAX_SAFE_INTEGER,
    inStock: inStock ?? false,
    sort: words ? (sort ?? "relevance") : sort && sort !== "relevance" ? sort : "newest",
  };
}

/** Where a cursor says that its page ended, if that is a place in this sort order. */
export function placeOf({ value, id }: Position, sort: Question["sort"]): Place {
  if (value !== null && typeof value === (sort === "name" ? "string" : "number")) return { value, id };
  throw badRequest("CURSOR_INVALID", "The cursor does not belong to this query");
}
