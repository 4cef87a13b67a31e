import type { Shop } from "../../bin/shop.ts";
import type { TestShop } from "./services.ts";

interface Endpoint {
  action: { handler(ctx: { params: Record<string, unknown> }): Promise<unknown> };
}
interface Registry {
  registry: { actions: { get(name: string): { nextLocal(): Endpoint | null } | null } };
}

const endpointOf = ({ broker }: Shop, action: string): Endpoint | null =>
  (broker as unknown as Registry).registry.actions.get(action)?.nextLocal() ?? null;

type Params = Record<string, unknown>;
type Handler = Endpoint["action"]["handler"];

/** Wraps an action on whichever node runs it; gives back how to end that. */
function wrap(
  shop: TestShop,
  action: string,
  wrapped: (params: Params, run: () => Promise<unknown>) => Promise<unknown>,
) {
  const endpoints = shop.nodes.map((node) => endpointOf(node, action)).filter((one) => one !== null);
  if (endpoints.length === 0) throw new Error(`There is no ${action} here`);
  const ends = endpoints.map(({ action }) => {
    const handler: Handler = action.handler;
    action.handler = (ctx) => wrapped(ctx.params, () => handler.call(action, ctx));
    return () => {
      action.handler = handler;
    };
  });
  return () => {
    for (const end of ends) end();
  };
}

/** Does something each time before this action begins. */
export const before = (shop: TestShop, action: string, work: (params: Params) => unknown): (() => void) =>
  wrap(shop, action, async (params, run) => {
    await work(params);
    return run();
  });

/** Does something each time after this action has worked, and before its caller goes on. */
export const after = (shop: TestShop, action: string, work: (params: Params) => unknown): (() => void) =>
  wrap(shop, action, async (params, run) => {
    const result = await run();
    await work(params);
    return result;
  });
