import type { TestServer } from "./servers.ts";

/** The way to a server, which can be made bad. */
export interface ServerProxy {
  port: number;
  /** Breaks what is connected and lets nobody in. */
  cut(): Promise<void>;
  /** Keeps connections open and lets nothing through. */
  hang(): Promise<void>;
  /** Each answer takes this many milliseconds longer, give or take `jitter`. */
  delay(latency: number, jitter?: number): Promise<void>;
  /** As it was. */
  restore(): Promise<void>;
}

/** Opens a way to `upstream` through a running toxiproxy. */
export async function openProxy(
  toxiproxy: TestServer,
  { name, port, upstream }: { name: string; port: number; upstream: number },
): Promise<ServerProxy> {
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(toxiproxy.url + path, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(5_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`toxiproxy answers ${answer.status} to ${method} ${path}: ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
  const one = `/proxies/${name}`;
  const enable = (enabled: boolean) => ask("POST", one, { enabled });
  const poison = (type: string, stream: "upstream" | "downstream", attributes: object) =>
    ask("POST", `${one}/toxics`, { name: `${type} ${stream}`, type, stream, toxicity: 1, attributes });
  const heal = async () => {
    const toxics = (await ask("GET", `${one}/toxics`)) as { name: string }[];
    for (const toxic of toxics) await ask("DELETE", `${one}/toxics/${encodeURIComponent(toxic.name)}`);
  };
  await ask("POST", "/proxies", {
    name,
    listen: `127.0.0.1:${port}`,
    upstream: `127.0.0.1:${upstream}`,
    enabled: true,
  });
  return {
    port,
    async cut() {
      await enable(false);
    },
    async hang() {
      await heal();
      for (const stream of ["upstream", "downstream"] as const) await poison("timeout", stream, { timeout: 0 });
    },
    async delay(latency, jitter = 0) {
      await heal();
      await poison("latency", "downstream", { latency, jitter });
    },
    async restore() {
      await heal();
      await enable(true);
    },
  };
}
