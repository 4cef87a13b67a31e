import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { request as ask, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex, Readable } from "node:stream";
import { json } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { socketPath, withShortPath } from "../services/control/socket.ts";
import { type Environment, readEnvironment } from "../services/shared/environment.ts";
import { newId } from "../services/shared/ids.ts";
import { fail, PlainError } from "./failures.ts";
import type { Shop } from "./shop.ts";

/** Milliseconds that the parts of the shop have to be found; commands say which of them are missing. */
const DISCOVERY = 5_000;

/** The way of commands to the shop: every request goes over the operator's socket. */
export interface Client {
  environment: Environment;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
  /** Sends a stream to an action that takes one. */
  send<T>(action: string, params: object, body: Readable): Promise<T>;
  /** The connection itself, as a terminal on the shop's prompt. */
  prompt(columns: number): Promise<Duplex>;
  /** What an action streams out; it ends with an error where it broke off. */
  receive(action: string): Promise<IncomingMessage>;
}

/**
 * Runs a command against the shop that runs on the data folder; where none does, opens it without the gateway for as
 * long as the command takes. `create` says that the command makes sense on a folder that has no shop yet. With
 * `TRANSPORTER` the command joins the cluster as a node of its own.
 */
export async function withShop(use: (client: Client) => Promise<number>, { create = false } = {}): Promise<never> {
  process.umask(0o077);
  // Whoever reads has enough, as `head` does.
  process.stdout.on("error", (error: NodeJS.ErrnoException) =>
    error.code === "EPIPE" ? process.exit(0) : fail(error),
  );
  let dataDir: string | undefined;
  try {
    const environment = readEnvironment(process.env);
    if (environment.TRANSPORTER) return await end(await amongNodes(environment, use));
    dataDir = environment.DATA_DIR;
    const path = socketPath(dataDir);
    const client = clientAt(path, environment);
    if (await answers(path)) return await end(await use(client));
    if (!create && !existsSync(join(dataDir, "shop.db"))) throw new PlainError(`There is no shop in ${dataDir} yet`);
    return await end(await inShop(environment, () => use(client)));
  } catch (error) {
    fail(error, dataDir);
  }
}

/** Runs the command in a shop that this process opens for it. */
async function inShop(environment: Environment, use: (shop: Shop) => Promise<number>): Promise<number> {
  const { openShop } = await import("./shop.ts");
  // A command does what it says, and not what a first start does besides.
  const level = process.env.LOG_LEVEL ? environment.LOG_LEVEL : "warn";
  const shop = await openShop({ ...environment, DEMO: false, LOG_LEVEL: level }, { without: ["api"] });
  try {
    return await use(shop);
  } finally {
    await shop.stop();
  }
}

/** A node that runs only the operator's socket, in a folder of its own that nobody else can open. */
async function amongNodes(environment: Environment, use: (client: Client) => Promise<number>): Promise<number> {
  const { cluster } = await import("../services/cluster.ts");
  const folder = mkdtempSync(join(tmpdir(), "molecart-"));
  const node = { ...environment, SERVICES: "control", DATA_DIR: folder, NODE_ID: `command-${newId()}` };
  try {
    return await inShop(node, async ({ broker }) => {
      await broker
        .waitForServices(
          cluster.map(({ name }) => name),
          DISCOVERY,
        )
        .catch(() => undefined);
      return use(clientAt(socketPath(folder), environment));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What was printed into a pipe may still be on its way. */
async function end(code: number): Promise<never> {
  await new Promise((resolve) => process.stdout.write("", resolve));
  process.exit(code);
}

async function answers(path: string): Promise<boolean> {
  try {
    const response = await exchange(path, "GET", "/stats");
    response.resume();
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "ENOENT" || code === "ECONNREFUSED") return false;
    if (code === "EACCES") throw new PlainError(`${path}: only who runs the shop may use its socket`);
    throw error;
  }
}

function clientAt(path: string, environment: Environment): Client {
  const call = (method: string, url: string, body?: Readable | string) =>
    exchange(path, method, url, body).then(accepted);
  return {
    environment,
    get: (url) => call("GET", url).then(json) as never,
    post: (url, body) => call("POST", url, JSON.stringify(body)).then(json) as never,
    send: (action, params, body) =>
      call("POST", `/call/${action}?params=${encodeURIComponent(JSON.stringify(params))}`, body).then(json) as never,
    prompt: (columns) => terminal(path, columns),
    receive: (action) => call("POST", `/call/${action}`, "{}"),
  };
}

function terminal(path: string, columns: number): Promise<Duplex> {
  return withShortPath(path, (socketPath) => {
    const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
    const headers = { Connection: "Upgrade", Upgrade: "repl", "X-Columns": columns };
    ask({ socketPath, path: "/repl", headers, agent: false })
      .on("upgrade", (_response, socket, head) => {
        if (head.length) socket.unshift(head);
        resolve(socket);
      })
      .on("response", () => reject(new PlainError("The shop that runs has no prompt: it is of another release")))
      .on("error", reject)
      .end();
    return promise;
  });
}

/** The answer, or what it says went wrong. */
async function accepted(response: IncomingMessage): Promise<IncomingMessage> {
  if (response.statusCode === 200) return response;
  const { message, data } = (await json(response)) as { message: string; data?: { errors?: object[] } };
  const fields = data?.errors?.map((problem) => Object.values(problem).join(": ")) ?? [];
  throw new PlainError([message, ...fields].join("; "));
}

function exchange(path: string, method: string, url: string, body?: Readable | string): Promise<IncomingMessage> {
  return withShortPath(path, async (socketPath) => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request = ask({ socketPath, method, path: url, agent: false }, resolve);
    request.on("error", reject);
    if (body === undefined || typeof body === "string") request.end(body);
    // The shop may refuse before it has read all: its answer says more than the broken pipe.
    else pipeline(body, request).catch((error) => setTimeout(reject, 500, error));
    return promise;
  });
}
