import type { Meta } from "../../services/access.ts";
import { eventually } from "./eventually.ts";

/** The suites run in the shape that this names: in one process with embedded storage, or on real servers. */
export const inCluster = process.env.SHAPE === "cluster";

/** A test that belongs to the embedded run alone, for the reason that is given. */
export const testEmbedded = (name: string, _why: string, fn: () => unknown, timeout?: number): void => {
  if (!inCluster) test(name, fn as () => void, timeout);
};

/** A suite of such tests. */
export const describeEmbedded = (name: string, _why: string, fn: () => void): void => {
  if (!inCluster) describe(name, fn);
};

/** Who finds at once what any node has written: staff, for whom nodes catch up; where there is one process, anybody. */
export const WHO_WROTE: Meta = inCluster ? { permissions: ["products:read"] } : {};

/** As often in a row as it takes that each of two gateways has asked each of two nodes. */
const ROUND = 4;

/** What holds at once where there is one process, and a moment later on every node where there are several. */
export async function soon(check: () => Promise<unknown>): Promise<void> {
  if (!inCluster) return void (await check());
  await eventually(async () => {
    for (let turn = 0; turn < ROUND; turn++) await check();
    return true;
  });
}
