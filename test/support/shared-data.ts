import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { inCluster } from "./shape.ts";

/** Data that is too large for the repository lies beside it. */
const SHARED = resolve(import.meta.dirname, "../../../shared");

/** The test runner counts suites with this in their name apart. */
export const NEEDS_SHARED = "needs ../shared";

/** Where `../shared/<path>` is, or null where it is not there. */
export function sharedData(path = ""): string | null {
  const file = join(SHARED, path);
  return existsSync(file) ? file : null;
}

/** A suite over shared data that belongs to the embedded run alone, for the reason that is given. */
export function describeEmbeddedWithShared(name: string, _why: string, fn: () => void): void {
  if (!inCluster) describeWithShared(name, fn);
}

/** A suite over shared data; where that is missing it is skipped, and the runner says so. */
export function describeWithShared(name: string, fn: () => void): void {
  const suite = `${name} (${NEEDS_SHARED})`;
  if (sharedData()) describe(suite, fn);
  else describe.skip(suite, fn);
}
