import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Context, Middleware, ServiceBroker, ServiceSchema } from "moleculer";
import { pauseBefore } from "../durable-events/backoff.ts";
import { HandedStreams, type Piece } from "./handed-streams.ts";
import { PulledStream } from "./pulled-stream.ts";

/** Milliseconds for one answer, in which the other side may wait for its source, and for all tries to get it. */
const ANSWER = 4_000;
const PATIENCE = 30_000;
const NAME = "$streams";

type Call = (ctx: Context) => Promise<unknown>;

/**
 * Streams that go along with calls between nodes. Moleculer sends all that a stream has as fast as it comes, numbers in
 * JSON, and the other side keeps what it has not read yet. Here only a handle goes, and the reader pulls.
 */
export function remoteStreams({ patience = PATIENCE } = {}): Middleware {
  const handed = new HandedStreams();

  const pulled = (broker: ServiceBroker, nodeID: string, id: string): Readable =>
    new PulledStream({
      piece: (seq) =>
        patiently(patience, () =>
          broker.call<Piece, object>(`${NAME}.piece`, { id, seq }, { nodeID, timeout: ANSWER }),
        ),
      close: () => void broker.call(`${NAME}.close`, { id }, { nodeID, timeout: ANSWER }).catch(() => undefined),
    });

  const service: ServiceSchema = {
    name: NAME,
    actions: {
      piece: (ctx: Context<{ id: string; seq: number }>) => handed.piece(ctx.params.id, ctx.params.seq),
      close: (ctx: Context<{ id: string }>) => handed.close(ctx.params.id),
    },
    methods: { idle: () => handed.idle() },
  };

  return {
    name: "RemoteStreams",
    created(broker: ServiceBroker) {
      broker.createService(service);
    },
    remoteAction(this: ServiceBroker, next: Call): Call {
      const received = (ctx: Context, result: unknown) => {
        const id = (result as { $stream?: string } | null | undefined)?.$stream;
        return id ? pulled(this, ctx.nodeID as string, id) : result;
      };
      return async (ctx) => {
        const { stream, ...options } = ctx.options;
        if (!stream) return received(ctx, await next(ctx));
        // What is left must be read all the same: the sender may listen for the answer only after its last byte.
        const id = handed.hand(stream, (rest) => rest.resume());
        ctx.options = options;
        ctx.headers = { ...ctx.headers, [NAME]: id };
        try {
          return received(ctx, await next(ctx));
        } catch (error) {
          // What has been read of it cannot be sent again.
          throw Object.assign(error as Error, { retryable: false });
        } finally {
          handed.close(id);
        }
      };
    },
    localAction(this: ServiceBroker, next: Call): Call {
      return async (ctx) => {
        const sender = ctx.nodeID as string;
        const id = ctx.headers?.[NAME];
        const input = id ? pulled(this, sender, id) : undefined;
        if (input) ctx.stream = input;
        try {
          const result = await next(ctx);
          if (!(result instanceof Readable) || sender === this.nodeID) return result;
          return { $stream: handed.hand(result, (rest) => rest.destroy()) };
        } finally {
          // Nobody hears any more how it ends.
          input?.on("error", () => undefined).destroy();
        }
      };
    },
  } as unknown as Middleware;
}

/** Resolves when no other node reads a stream of this one any more, or after so many milliseconds. */
export async function streamsRead(broker: ServiceBroker, patience: number): Promise<void> {
  const service = broker.getLocalService(NAME) as { idle?(): Promise<void> } | undefined;
  if (service?.idle) await Promise.race([service.idle(), sleep(patience, undefined, { ref: false })]);
}

/** The other node, or the way to it, may be away for a while. */
async function patiently<T>(patience: number, ask: () => Promise<T>): Promise<T> {
  const end = Date.now() + patience;
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      const pause = pauseBefore(attempt);
      if (Date.now() + pause > end) throw error;
      await sleep(pause);
    }
  }
}
