import type { ActionHandler, Context, Middleware, ServiceBroker } from "moleculer";

/**
 * Calls to other nodes, whose answers may be lost on the way. Each has the time that its action takes at most, where
 * Moleculer would give the first one all that the caller has left, and the repeat nothing. And a stop does not wait for
 * them, but for the work that makes them: a lost answer never comes.
 */
export const remoteCalls = {
  name: "RemoteCalls",
  remoteAction(this: ServiceBroker, next: ActionHandler, action: { timeout?: number }): ActionHandler {
    const most = action.timeout ?? this.options.requestTimeout ?? 0;
    return ((ctx: Context) => {
      const { options } = ctx;
      options.tracking = false;
      if (options.timeout && most > 0) options.timeout = Math.min(options.timeout, most);
      return (next as (ctx: Context) => unknown)(ctx);
    }) as ActionHandler;
  },
} as unknown as Middleware;
