import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { json, text } from "node:stream/consumers";
import { freePort } from "../../rig/ports.ts";
import { socketPath, withShortPath } from "../../services/control/socket.ts";
import { Child } from "./child.ts";
import { JsonClient } from "./json-client.ts";

const ROOT = resolve(import.meta.dirname, "../..");
export const ADMIN_PASSWORD = "measured but not guessed";
const API = "/api/v1";

export interface Stats {
  memory: { rss: number };
  writes: Record<string, number>;
  backlog: { waiting: number };
}

/** What a run changes of the shop it measures; every run prints it. */
export interface Overrides {
  environment: Record<string, string>;
  settings: Record<string, unknown>;
  /** bcrypt's cost, where the run is not about passwords. */
  passwordCost?: number;
}

/** A shop in a process of its own, on a data folder that is gone afterwards. */
export class RunningShop {
  readonly url: string;
  readonly child: Child;
  readonly dataDir: string;
  readonly client: JsonClient;
  /** The administrator's headers. */
  admin: Record<string, string> = {};

  private constructor(child: Child, dataDir: string, port: number) {
    this.child = child;
    this.dataDir = dataDir;
    this.url = `http://127.0.0.1:${port}`;
    this.client = new JsonClient(this.url, 32);
    process.on("exit", () => rmSync(dataDir, { recursive: true, force: true }));
  }

  static async start({ environment, settings, passwordCost }: Overrides): Promise<RunningShop> {
    const dataDir = mkdtempSync(join(tmpdir(), "molecart-bench-"));
    const port = await freePort();
    const child = new Child(join(import.meta.dirname, "shop-process.ts"), {
      NODE_ENV: "production",
      LOG_LEVEL: "error",
      ADMIN_PASSWORD,
      HOST: "127.0.0.1",
      ...environment,
      ...(passwordCost === undefined ? {} : { BENCH_PASSWORD_COST: String(passwordCost) }),
      DATA_DIR: dataDir,
      PORT: String(port),
    });
    const shop = new RunningShop(child, dataDir, port);
    try {
      await child.until(() => child.output.includes("Ctrl-C"));
      await shop.signIn();
      await shop.client.send("PATCH", `${API}/admin/settings`, { values: settings }, shop.admin);
    } catch (error) {
      await shop.stop();
      throw error;
    }
    return shop;
  }

  /** The administrator's token is good for a quarter of an hour. */
  async signIn(): Promise<void> {
    const body = { email: "admin@example.com", password: ADMIN_PASSWORD };
    const { accessToken } = await this.client.send<{ accessToken: string }>("POST", `${API}/auth/login`, body);
    this.admin = { Authorization: `Bearer ${accessToken}` };
  }

  /** What the operator's socket tells. */
  stats(): Promise<Stats> {
    return withShortPath(socketPath(this.dataDir), (path) => {
      const { promise, resolve, reject } = Promise.withResolvers<Stats>();
      const asked = request({ socketPath: path, path: "/stats", agent: false }, (response) =>
        json(response).then((stats) => resolve(stats as Stats), reject),
      );
      asked.on("error", reject).end();
      return promise;
    });
  }

  /** Runs one of the shop's commands against it; its output, or an error with it where it ends with another code. */
  async command(name: string, args: readonly string[] = [], good: readonly number[] = [0]): Promise<string> {
    const env = { ...process.env, DATA_DIR: this.dataDir };
    const child = spawn(process.execPath, [join(ROOT, "bin", `${name}.ts`), ...args], { env });
    child.stdin.end();
    const [out, error, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((done) => child.on("close", done)),
    ]);
    if (code === null || !good.includes(code))
      throw new Error(`${name} ended with ${code}:\n${out.slice(-3_000)}\n${error.slice(-1_000)}`);
    return out;
  }

  /** Every order, page by page. */
  async *orders<T>(): AsyncGenerator<T> {
    await this.signIn();
    for (let cursor: string | null = ""; cursor !== null; ) {
      const after: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
      const page: { items: T[]; nextCursor: string | null } = await this.client.get(
        `${API}/admin/orders?limit=100${after}`,
        this.admin,
      );
      yield* page.items;
      cursor = page.nextCursor;
    }
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.child.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
