import moleculer, { type ActionHandler, type Context, type Middleware, type ServiceBroker } from "moleculer";
import { typeOf } from "../services/shared/errors.ts";

/** Who is too busy with one thing, or has found too much, is at work: to leave them alone would turn everybody else away. */
const AT_WORK = new Set(["SIGN_IN_BUSY", "STOCK_BUSY", "STORE_BUSY", "EVENTS_UNPUBLISHED", "ANSWER_TOO_LARGE"]);
/** Calls that were not made, because NATS is away, the node has gone or no time was left: they say nothing of who runs it. */
const NOT_MADE = new Set(["REQUEST_REJECTED", "REQUEST_SKIPPED"]);

/** Whether an error says that who runs this action cannot do its work: neither a refusal, nor another's failure. */
export function isFailure(error: unknown, action: string): boolean {
  const { code, data } = error as { code?: unknown; data?: { action?: string } };
  const type = typeOf(error) ?? "";
  if (NOT_MADE.has(type) || (type === "REQUEST_TIMEOUT" && data?.action !== action)) return false;
  return Number(code) >= 500 && !AT_WORK.has(type);
}

/** An error that is an answer, on its way through the breaker. */
class Answered {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** Which its types do not know. */
const { Middlewares } = moleculer as unknown as {
  Middlewares: { CircuitBreaker(broker: ServiceBroker): Middleware };
};

type Action = { name: string };
type Wrap = (this: ServiceBroker, next: ActionHandler, action: Action) => ActionHandler;

/**
 * Moleculer's circuit breaker, for which every answer counts, also a refusal; which stands at the caller's side only,
 * who can ask another node, and not before everybody at once at the node itself; and which knows a node anew that was
 * away: it would go on to watch what is gone.
 */
export function breaker(broker: ServiceBroker): Middleware {
  const own = Middlewares.CircuitBreaker(broker);
  const wrap = own.localAction as unknown as Wrap;

  const guarded: Wrap = function (this: ServiceBroker, next, action) {
    const answering = async (ctx: Context) => {
      try {
        return await (next as (ctx: Context) => unknown)(ctx);
      } catch (error) {
        if (isFailure(error, action.name)) throw error;
        return new Answered(error);
      }
    };
    const watched = wrap.call(this, answering as ActionHandler, action) as (ctx: Context) => Promise<unknown>;
    return (async (ctx: Context) => {
      const answer = await watched(ctx);
      if (answer instanceof Answered) throw answer.error;
      return answer;
    }) as ActionHandler;
  };

  return {
    ...own,
    created(this: ServiceBroker, broker: ServiceBroker) {
      own.created?.call(this, broker);
      const { CircuitBreakerStore: known } = broker as unknown as { CircuitBreakerStore: Map<string, unknown> };
      broker.localBus.on("$node.disconnected", ({ node }: { node: { id: string } }) => {
        for (const endpoint of known.keys()) if (endpoint.startsWith(`${node.id}:`)) known.delete(endpoint);
      });
    },
    remoteAction: guarded,
    localAction(this: ServiceBroker, next: ActionHandler, action: Action): ActionHandler {
      const ours = guarded.call(this, next, action) as (ctx: Context) => unknown;
      const theirs = next as (ctx: Context) => unknown;
      return ((ctx: Context) => (ctx.nodeID === this.nodeID ? ours(ctx) : theirs(ctx))) as ActionHandler;
    },
  } as unknown as Middleware;
}
