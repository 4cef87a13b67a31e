import { freePort } from "../../rig/ports.ts";
import { startServices, type TestShop } from "./services.ts";

export interface Asked {
  method?: string;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. */
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

export interface Told {
  status: number;
  headers: Headers;
  text: string;
  /** The body where it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: what a test finds in an answer, the test itself says
  json: any;
}

export interface HttpShop {
  url: string;
  shop: TestShop;
  /** Asks over HTTP: `/products` is below `/api/v1`, `//health/live` below the root. */
  ask(path: string, asked?: Asked): Promise<Told>;
  stop(): Promise<void>;
}

/** These services behind HTTP on a port of their own. */
export async function startHttpShop(names: string, env: Record<string, string> = {}): Promise<HttpShop> {
  const port = env.PORT ?? String(await freePort());
  const shop = await startServices(names, { HOST: "127.0.0.1", ...env, PORT: port });
  return { url: shop.urls[0] as string, shop, ask: inTurn(shop.urls.map(asking)), stop: () => shop.stop() };
}

/** Of several gateways each is asked in its turn: which one it is makes no difference to anybody. */
function inTurn(gateways: HttpShop["ask"][]): HttpShop["ask"] {
  let turn = 0;
  return (...asked) => (gateways[turn++ % gateways.length] as HttpShop["ask"])(...asked);
}

/** Asks a shop at this address: `/products` is below `/api/v1`, `//health/live` below the root. */
export function asking(url: string): HttpShop["ask"] {
  return async (path, { method, json, body, headers = {} } = {}) => {
    const content = json === undefined ? body : JSON.stringify(json);
    const answer = await fetch(url + (path.startsWith("//") ? path.slice(1) : `/api/v1${path}`), {
      method: method ?? (content === undefined ? "GET" : "POST"),
      headers: { ...(json === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      ...(content === undefined ? {} : { body: content }),
    });
    const text = await answer.text();
    const isJson = text !== "" && /\bjson\b/.test(answer.headers.get("content-type") ?? "");
    return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : undefined };
  };
}
