import { setTimeout as sleep } from "node:timers/promises";
import { Redis, type RedisOptions } from "ioredis";
import { ServerRefusedError } from "../servers.ts";

/** Milliseconds between attempts to reach a Redis that is away. */
const LONGEST_PAUSE = 2_000;
/** Milliseconds in which a Redis that will not have us says so. */
const REFUSING = 3_000;
const REFUSAL = /\b(?:WRONGPASS|NOAUTH|NOPERM)\b|invalid (?:password|DB index)|DB index is out of range/;

/**
 * A Redis as ioredis takes it. What asks while it is away hears so at once instead of waiting: whatever is kept there
 * can be done without.
 */
export function redisOptions(url: string): RedisOptions {
  const { hostname, port, username, password, pathname, protocol } = new URL(url);
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || 6379),
    ...(username ? { username: decodeURIComponent(username) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
    db: Number(pathname.slice(1) || 0),
    ...(protocol === "rediss:" ? { tls: {} } : {}),
    connectTimeout: 3_000,
    commandTimeout: 1_000,
    // A connection that hangs looks well, and what it is asked piles up.
    socketTimeout: 3_000,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    // Nothing is said of a server before it is known that it will have us.
    lazyConnect: true,
    retryStrategy: (attempt) => Math.min(LONGEST_PAUSE, 100 * attempt),
  };
}

interface Log {
  info(...words: unknown[]): void;
  warn(...words: unknown[]): void;
}

/** Where nodes count together; says once when Redis goes and once when it is back. */
export function redisClient(url: string, log: () => Log | undefined): Redis {
  const client = new Redis(redisOptions(url));
  tellOnce(client, log, "each node counts by itself");
  return client;
}

/**
 * Connects in the background, for as long as it takes. Throws a `ServerRefusedError` where Redis is there now and will
 * not have us.
 */
export async function openRedis(client: Redis): Promise<void> {
  const { host, port } = client.options;
  const problem = await refusal(client.options);
  if (problem) throw new ServerRefusedError(`Redis at ${host}:${port} refuses us: ${problem}`);
  client.connect().catch(() => undefined);
}

async function refusal(options: RedisOptions): Promise<string | undefined> {
  const client = new Redis({ ...options, retryStrategy: () => null });
  const said: string[] = [];
  const note = ({ message }: Error) => said.push(message.replace("Ready check failed: ", ""));
  client.on("error", note);
  // What counting asks for.
  const asked = client.connect().then(() => client.eval("return redis.call('pttl', KEYS[1])", 1, "limits:"));
  const tired = new AbortController();
  await Promise.race([asked.catch(note), sleep(REFUSING, undefined, tired)]);
  tired.abort();
  client.disconnect();
  return said.find((message) => REFUSAL.test(message));
}

/** Logs that Redis is away, what that means, and that it is back: once each, however many attempts there are. */
export function tellOnce(client: Redis, log: () => Log | undefined, meaning: string): void {
  const { host, port } = client.options;
  let told = false;
  client.on("error", (error) => {
    if (!told) log()?.warn(`Redis at ${host}:${port} is away, ${meaning}: ${error.message}`);
    told = true;
  });
  client.on("ready", () => {
    if (told) log()?.info(`Redis at ${host}:${port} is back`);
    told = false;
  });
}
