import { closeRig, findServer, type ServerKind } from "../../rig/servers.ts";

export { type ServerOptions, startServer, type TestServer } from "../../rig/servers.ts";

/** What the name of a suite says that needs this server; the test runner counts those apart. */
export const needsServer = (kind: ServerKind): string => `needs ${kind}`;

/** A suite over real servers; where one is missing it is skipped, and the runner says so. */
export function describeWithServer(kinds: ServerKind | readonly ServerKind[], name: string, fn: () => void): void {
  const needed = typeof kinds === "string" ? [kinds] : kinds;
  const suite = `${name} (${needed.map(needsServer).join(", ")})`;
  if (needed.every(findServer)) describe(suite, fn);
  else describe.skip(suite, fn);
}

// Whatever a test forgot or failed before.
afterAll(() => closeRig());
