import type { ConnectionOptions } from "nats";

export type NatsOptions = Omit<ConnectionOptions, "servers"> & { servers: string[] };

export class NatsAddressError extends Error {}

const SCHEMES = ["nats:", "tls:"];

/**
 * What `TRANSPORTER` says: `nats://user:password@one:4222,nats://two`, `nats://token@one`, `tls://one`. The result also
 * is what Moleculer's NATS transporter takes as options. Throws a `NatsAddressError` that never tells a secret.
 */
export function natsOptions(transporter: string, name: string): NatsOptions {
  const urls = transporter.split(",").map((text) => addressOf(text.trim()));
  const [first] = urls;
  const secure = urls.some(({ protocol }) => protocol === "tls:");
  return {
    name,
    servers: urls.map(({ hostname, port }) => `${hostname}:${port || 4222}`),
    ...(first ? credentials(first) : {}),
    ...(secure ? { tls: {} } : {}),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 100,
    // A password may be changed on the server first and here by the next roll-out.
    ignoreAuthErrorAbort: true,
    // A connection that is silently cut is noticed within seconds, not minutes.
    pingInterval: 3_000,
    maxPingOut: 2,
    timeout: 3_000,
  };
}

function addressOf(text: string): URL {
  const url = URL.parse(text.includes("://") ? text : `nats://${text}`);
  const readable = url && !/%(?![\da-f]{2})/i.test(url.username + url.password);
  if (readable && url.hostname && SCHEMES.includes(url.protocol)) return url;
  throw new NatsAddressError("addresses as in `nats://user:password@host:4222,nats://other:4222`");
}

function credentials({ username, password }: URL): Pick<ConnectionOptions, "user" | "pass" | "token"> {
  if (!username) return {};
  const user = decodeURIComponent(username);
  return password ? { user, pass: decodeURIComponent(password) } : { token: user };
}
