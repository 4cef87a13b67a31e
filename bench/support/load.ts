import { createRequire } from "node:module";
import { quantile } from "./figures.ts";

/** autocannon as far as it is used here; it comes without types. */
interface Instance extends PromiseLike<{ errors: number; non2xx: number; mismatches: number; duration: number }> {
  on(event: "response", heard: (client: unknown, status: number, bytes: number, ms: number) => void): void;
}
type Autocannon = (options: Record<string, unknown>) => Instance;
const autocannon = createRequire(import.meta.url)("autocannon") as Autocannon;

export interface Load {
  url: string;
  seconds: number;
  /** The only good status. */
  status: number;
  headers?: Record<string, string>;
  connections?: number;
  /** Added to the query with another number each time, so that no request is like one before. */
  never?: string;
  /** Requests a second in all; as many as it takes where it is not said. */
  rate?: number;
}

export interface LoadResult {
  requests: number;
  perSecond: number;
  p50: number;
  p99: number;
}

/** Above every price, so that it leaves nothing out. */
let told = 10_000_000;

/** Sends the same GET over and over; any other status than the good one is an error. */
export async function load(asked: Load): Promise<LoadResult> {
  const { url, seconds, status, headers = {}, connections = 16, never, rate } = asked;
  const times: number[] = [];
  const strange = new Map<number, number>();
  const began = performance.now();
  const { pathname, search } = new URL(url);
  const another = (request: object) => ({ ...request, path: `${pathname}${search}&${never}=${++told}` });
  const instance = autocannon({
    url,
    duration: seconds,
    connections,
    headers,
    ...(rate ? { overallRate: rate } : {}),
    ...(never ? { requests: [{ setupRequest: another }] } : {}),
  });
  instance.on("response", (_client, answered, _bytes, ms) => {
    times.push(ms);
    if (answered !== status) strange.set(answered, (strange.get(answered) ?? 0) + 1);
  });
  const { errors } = await instance;
  const took = (performance.now() - began) / 1_000;
  if (strange.size || errors) {
    const seen = [...strange].map(([answered, count]) => `${count} × ${answered}`);
    throw new Error(`${url}: ${errors} errors, and not ${status} but ${seen.join(", ") || "nothing else"}`);
  }
  return {
    requests: times.length,
    perSecond: times.length / took,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  };
}
