import { freePort } from "../../rig/ports.ts";
import { folderOfTest, launch } from "./process-shop.ts";

/** Processes of nodes that may not get far; `env` is what all of them are told. */
export function startingNodes(env: () => Record<string, string>) {
  /** A node's process with its probes. */
  async function node(changes: Record<string, string>) {
    const port = await freePort();
    const { child, output, exited } = launch("start", [], {
      ...env(),
      NODE_ID: `node-${port}`,
      DATA_DIR: folderOfTest(),
      HEALTH_PORT: String(port),
      ...changes,
    });
    const status = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${port}/health/${path}`).catch(() => null);
      return answer?.status;
    };
    return {
      output,
      exited,
      lines: (words: RegExp) => output.stderr.split("\n").filter((line) => words.test(line)),
      live: () => status("live"),
      ready: async () => (await status("ready")) === 200,
      state: async () => [await status("live"), await status("ready")],
      end: () => {
        child.kill("SIGTERM");
        return exited;
      },
    };
  }

  /** The one line that a start ends with. */
  async function refusal(changes: Record<string, string>): Promise<string> {
    const { exited } = await node(changes);
    const { code, stdout, stderr } = await exited;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    return stderr.trimEnd();
  }
  return { node, refusal };
}
