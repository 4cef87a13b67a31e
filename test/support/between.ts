import type { TestShop } from "./services.ts";

interface Endpoint {
  action: { handler(ctx: { params: Record<string, unknown> }): Promise<unknown> };
}
interface Registry {
  registry: { actions: { get(name: string): { endpoints: Endpoint[] } } };
}

/** Does something each time after this action has worked and before its caller goes on; gives back how to end that. */
export function after(shop: TestShop, action: string, work: (params: Record<string, unknown>) => Promise<unknown>) {
  const [endpoint] = (shop.broker as unknown as Registry).registry.actions.get(action).endpoints;
  if (!endpoint) throw new Error(`There is no ${action} here`);
  const { handler } = endpoint.action;
  endpoint.action.handler = async (ctx) => {
    const result = await handler.call(endpoint.action, ctx);
    await work(ctx.params);
    return result;
  };
  return () => {
    endpoint.action.handler = handler;
  };
}
