import type { Bare } from "../support/bare.ts";
import { load } from "../support/load.ts";
import type { RunningShop } from "../support/running-shop.ts";
import { type Compared, inTurns, type Rounds } from "../support/turns.ts";

const PRODUCTS = "/api/v1/products";

interface Read {
  name: string;
  path: string;
  /** The second time, with the ETag of the first answer. */
  known?: boolean;
  /** A field of the query with another value each time: answers that were kept are of no use. */
  never?: string;
}

export const DEMO_READS: readonly Read[] = [
  { name: "product by slug", path: `${PRODUCTS}/trail-jacket` },
  { name: "the same, 304", path: `${PRODUCTS}/trail-jacket`, known: true },
  { name: "list of 20", path: PRODUCTS },
  { name: "search", path: `${PRODUCTS}?q=trail+jacket` },
  { name: "search, never the same", path: `${PRODUCTS}?q=trail+jacket`, never: "maxPrice" },
  { name: "search with facets", path: `${PRODUCTS}?q=jacket&facets=true` },
  { name: "search with facets, never the same", path: `${PRODUCTS}?q=jacket&facets=true`, never: "maxPrice" },
];

export const BIG_READS: readonly Read[] = [
  { name: "search", path: `${PRODUCTS}?q=wireless+keyboard` },
  { name: "search, never the same", path: `${PRODUCTS}?q=wireless+keyboard`, never: "maxPrice" },
  { name: "search with facets", path: `${PRODUCTS}?q=laptop&facets=true` },
  { name: "search with facets, never the same", path: `${PRODUCTS}?q=laptop&facets=true`, never: "maxPrice" },
];

/** Measures reads against the bare server, which sends what the shop has answered. */
export async function measureReads(
  reads: readonly Read[],
  { shop, bare }: { shop: RunningShop; bare: Bare },
  rounds: Rounds,
): Promise<Compared[]> {
  const compared: Compared[] = [];
  for (const { name, path, known, never } of reads) {
    const first = await shop.client.ask("GET", path);
    const headers: Record<string, string> = known ? { "If-None-Match": String(first.headers.etag) } : {};
    const answer = await shop.client.ask("GET", path, { headers });
    const good = known ? 304 : 200;
    if (answer.status !== good) throw new Error(`GET ${path} was answered with ${answer.status}, not ${good}`);
    await bare.learn("GET", path, answer);
    const run = ({ url }: { url: string }, seconds: number) =>
      load({ url: url + path, seconds, status: answer.status, headers, ...(never ? { never } : {}) });
    compared.push(await inTurns(name, { shop, bare }, rounds, run));
  }
  return compared;
}
