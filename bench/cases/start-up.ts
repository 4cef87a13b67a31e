import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePort } from "../../rig/ports.ts";
import { type Measured, measured } from "../support/figures.ts";
import { JsonClient } from "../support/json-client.ts";

const ROOT = resolve(import.meta.dirname, "../..");

export interface StartFigures {
  runs: number;
  /** Milliseconds from `npm start` to the first product list: on an empty folder with the demo catalogue, and again. */
  first: Measured;
  again: Measured;
}

export async function measureStarts(runs: number): Promise<StartFigures> {
  const first: number[] = [];
  const again: number[] = [];
  for (let run = 0; run < runs; run++) {
    const folder = mkdtempSync(join(tmpdir(), "molecart-start-"));
    try {
      first.push(await start(folder));
      again.push(await start(folder));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return { runs, first: measured(first), again: measured(again) };
}

async function start(folder: string): Promise<number> {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), DATA_DIR: folder, LOG_LEVEL: "error" };
  const began = performance.now();
  // A group of its own, because npm and the shop are two processes.
  const child = spawn("npm", ["start"], { cwd: ROOT, env, stdio: "ignore", detached: true });
  const client = new JsonClient(`http://127.0.0.1:${port}`, 1);
  try {
    for (;;) {
      const answer = await client.ask("GET", "/api/v1/products").catch(() => null);
      if (answer?.status === 200) return performance.now() - began;
      if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}`);
      await setTimeout(5);
    }
  } finally {
    client.close();
    if (child.exitCode === null) {
      process.kill(-(child.pid as number), "SIGTERM");
      await once(child, "exit");
    }
  }
}
