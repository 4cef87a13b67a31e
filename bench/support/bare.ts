import { once } from "node:events";
import { join } from "node:path";
import { freePort } from "../../rig/ports.ts";
import type { Answers, Given } from "./bare-server.ts";
import { Child } from "./child.ts";
import type { Answer } from "./json-client.ts";

/** What `node:http` sends by itself, or what belongs to one connection. */
const ITS_OWN = new Set(["date", "connection", "keep-alive", "transfer-encoding"]);

/** A bare `node:http` server in a process of its own, as the measure of what is possible. */
export class Bare {
  readonly url: string;
  readonly child: Child;
  readonly #answers: Answers = new Map();

  private constructor(child: Child, port: number) {
    this.child = child;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<Bare> {
    const port = await freePort();
    const env = { PORT: String(port), NODE_ENV: "production" };
    const child = new Child(join(import.meta.dirname, "bare-server.ts"), env);
    await child.until(() => child.output.includes("Listening"));
    return new Bare(child, port);
  }

  /** From now on it sends the bytes and headers of this answer. */
  async learn(method: string, path: string, { status, headers, text }: Answer): Promise<void> {
    const kept = Object.entries(headers).filter(([name, value]) => !ITS_OWN.has(name) && typeof value === "string");
    const given: Given = { status, headers: kept as [string, string][], body: Buffer.from(text) };
    this.#answers.set(`${method} ${path}`, given);
    this.child.process.send(this.#answers);
    await once(this.child.process, "message");
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
