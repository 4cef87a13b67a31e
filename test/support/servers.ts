import { findServer, findTool } from "../../rig/find.ts";
import { closeRig, type ServerKind } from "../../rig/servers.ts";
import { needs, type Tool } from "./needs.ts";

export { type ServerOptions, startServer, type TestServer } from "../../rig/servers.ts";

/** A suite over real servers; where one is missing it is skipped, and the test runner says so. */
export function describeWithServer(kinds: ServerKind | readonly ServerKind[], name: string, fn: () => void): void {
  describeWith([kinds].flat(), findServer, name, fn);
}

/** A suite that runs programs of `.servers/bin` or the PATH; `findTool` says where they are. */
export function describeWithTool(tools: Tool | readonly Tool[], name: string, fn: () => void): void {
  describeWith([tools].flat(), findTool, name, fn);
}

function describeWith<T extends string>(
  names: readonly T[],
  find: (name: T) => string | null,
  suite: string,
  fn: () => void,
): void {
  const marked = `${suite} (${names.map(needs).join(", ")})`;
  if (names.every((name) => find(name) !== null)) describe(marked, fn);
  else describe.skip(marked, fn);
}

// Whatever a test forgot or failed before.
afterAll(() => closeRig());
