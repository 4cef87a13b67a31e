import type { Context, Service, ServiceBroker, ServiceSchema } from "moleculer";
import type { z } from "zod";
import type { DurableEvent } from "../mixins/durable-events/event-bus.ts";
import { platformOf } from "../mixins/platform.ts";
import { authorize, fromEdge, type Meta } from "./access.ts";
import { cartsContract } from "./carts/carts.contract.ts";
import { configContract } from "./config/config.contract.ts";
import type {
  ActionContract,
  ActionsOf,
  Caller,
  EventsOf,
  Params,
  Result,
  ServiceContract,
  UnionToIntersection,
} from "./contract.ts";
import { idempotencyContract } from "./idempotency/idempotency.contract.ts";
import { inventoryContract } from "./inventory/inventory.contract.ts";
import { notificationsContract } from "./notifications/notifications.contract.ts";
import { ordersContract } from "./orders/orders.contract.ts";
import { paymentsContract } from "./payments/payments.contract.ts";
import { pricingContract } from "./pricing/pricing.contract.ts";
import { productsContract } from "./products/products.contract.ts";
import { usersContract } from "./users/users.contract.ts";
import { checkResult, loosen, parse } from "./validation.ts";

/** Every service of the cluster. REST, the API document, the access table and the types below all read it. */
export const cluster = [
  productsContract,
  inventoryContract,
  pricingContract,
  cartsContract,
  ordersContract,
  paymentsContract,
  usersContract,
  notificationsContract,
  idempotencyContract,
  configContract,
] as const;

type Services = (typeof cluster)[number];
export type Actions = UnionToIntersection<ActionsOf<Services>>;
export type Events = UnionToIntersection<EventsOf<Services>>;
export type Payload<E extends keyof Events> = Events[E] extends z.core.$ZodType ? z.output<Events[E]> : never;
type Calls = Caller<Actions>;

type Loose = "call" | "mcall" | "emit" | "broadcast";
export type Ctx<P = {}> = Omit<Context<P, Meta>, Loose> & Calls;
export type Broker = Omit<ServiceBroker, Loose> & Calls;

export type Base = Omit<Service, "broker"> & { broker: Broker };

/** A capability that a service takes on: what it lends on `this`, and what it does as the service comes and goes. */
export interface Mixin<M> {
  methods?: Partial<M> & ThisType<Base & M>;
  created?(this: Base & M): void;
  started?(this: Base & M): void | Promise<void>;
  stopped?(this: Base & M): void | Promise<void>;
  /** Hints from other nodes, which may be lost. */
  events?: Record<string, (this: Base & M, ctx: Context<unknown>) => void>;
  /** Only a type: what is lent. */
  lends?: M;
}
export const defineMixin = <M>(mixin: Mixin<M> & ThisType<Base & M>): Mixin<M> => mixin;

type Lent<Ms> = Ms extends readonly [Mixin<infer M>, ...infer Rest] ? M & Lent<Rest> : unknown;
type Handler<A extends ActionContract> = (ctx: Ctx<Params<A>>) => Result<A> | Promise<Result<A>>;
/** Consumers must bear to see an event again: `id` is the same then. */
type Consumer<E extends keyof Events> = (event: Payload<E>, ctx: Ctx, id: string) => void | Promise<void>;

const schemas = new Map<string, z.core.$ZodType>(
  cluster.flatMap((contract: ServiceContract) => Object.entries(contract.events ?? {})),
);

/** A durable event, to be stored in the same write as the change it tells of. The id makes a repeat recognizable. */
export function event<E extends keyof Events & string>(name: E, id: string, payload: Payload<E>): DurableEvent {
  return { id, name, payload };
}

/** Wires handlers to a contract and gives the Moleculer schema. */
// biome-ignore lint/suspicious/noExplicitAny: any mixin may stand in the list; what each lends is inferred
export function defineService<C extends ServiceContract, const Ms extends readonly Mixin<any>[] = [], M = {}>(
  contract: C,
  wiring: {
    mixins?: Ms;
    settings?: Record<string, unknown>;
    dependencies?: string[];
    methods?: M;
    actions: { [K in keyof C["actions"]]: Handler<C["actions"][K]> };
    consumes?: { [E in keyof Events]?: Consumer<E> };
    created?(): void;
    started?(): void | Promise<void>;
    stopped?(): void | Promise<void>;
  } & ThisType<Base & Lent<Ms> & M>,
): ServiceSchema {
  const { actions: handlers, consumes = {}, mixins = [], created, ...rest } = wiring;
  return {
    ...rest,
    name: contract.name,
    // `lends` is a type only, and Moleculer would merge it as an unknown part of the schema.
    mixins: mixins.map(({ lends: _, ...mixin }) => mixin) as unknown as ServiceSchema["mixins"],
    actions: Object.fromEntries(
      Object.entries(contract.actions).map(([name, action]) => [
        name,
        actionSchema(
          `${contract.name}.${name}`,
          action,
          handlers[name] as unknown as (this: unknown, ctx: Ctx) => unknown,
        ),
      ]),
    ),
    created(this: Service) {
      created?.call(this as never);
      subscribe(this, consumes as Record<string, Consumer<never>>);
    },
  } as ServiceSchema;
}

function actionSchema(name: string, action: ActionContract, handler: (this: unknown, ctx: Ctx) => unknown) {
  const { params, returns } = action;
  const loose = params && loosen(params);
  const checked = process.env.NODE_ENV === "test" && returns && !action.stream;
  return {
    cache: action.cache ?? false,
    ...(action.timeout === undefined ? {} : { timeout: action.timeout }),
    // Moleculer's time-outs are retryable errors: only what may be repeated is.
    retryPolicy: { enabled: action.idempotency !== "none" },
    async handler(this: unknown, ctx: Ctx) {
      authorize(action.access, ctx.caller, ctx.meta);
      if (params && loose) ctx.params = parse(fromEdge(ctx.caller) ? params : loose, ctx.params ?? {}) as {};
      const result = await handler.call(this, ctx);
      if (checked) checkResult(name, returns, result);
      return result;
    },
  };
}

/** Registers a service's consumers; they begin to run when every service of the node has started. */
function subscribe(service: Service, consumes: Record<string, Consumer<never>>) {
  const handlers = Object.entries(consumes).map(([name, consumer]) => {
    const schema = loosen(schemas.get(name) as z.core.$ZodType);
    const handle = ({ id, payload }: DurableEvent) =>
      consumer.call(service as never, parse(schema, payload) as never, contextOf(service), id);
    return [name, handle] as const;
  });
  if (handlers.length) platformOf(service.broker).events.subscribe(service.name, new Map(handlers));
}

/** A context for work that no request asked for: timers, due work, consumed events. Calls made from it say who calls. */
export function contextOf(service: Service | Base, meta: Meta = {}): Ctx {
  const { broker } = service as Service;
  const ctx = broker.ContextFactory.create(broker as ServiceBroker, undefined as never, {}, { meta });
  ctx.service = service as Service;
  return ctx as unknown as Ctx;
}
