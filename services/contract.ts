import type { CallingOptions } from "moleculer";
import type { z } from "zod";

type Schema = z.core.$ZodType;

/** `orders:refund` and the like, held by roles. */
export type Permission = `${string}:${string}`;

/**
 * Who may call through an edge: anybody, a signed-in customer, who holds the permission, or whose document it is;
 * nobody but the edges themselves, nobody but services.
 */
export type Access =
  | "public"
  | "customer"
  | Permission
  | { readonly owner: true; readonly or?: Permission }
  | "edge"
  | "internal";

/**
 * What a repeat of the same call does. `keyedBy` names the param that is the key, or `meta.idempotencyKey`: the same
 * key gives the first effect. The broker retries all but `none`.
 */
export type Idempotency = "read" | "natural" | "none" | { readonly keyedBy: string };

/** How an action is reached over HTTP. */
export interface Rest {
  /** `POST /carts/:id/lines`, below `/api/v1`; names after a colon are params. */
  route: string;
  /** The status of a good answer; 200 where it is not said. */
  status?: 200 | 201 | 202 | 204;
  /** The result's status is 202 while this field of the result has this value. */
  acceptedWhile?: { readonly field: string; readonly value: string };
  /** A repeated `Idempotency-Key` gets the document as it stands, not the first answer's bytes. */
  repeats?: "as-it-stands";
  /** The body travels as bytes in `params.body` with the headers in `params.headers`: signatures are made over bytes. */
  rawBody?: boolean;
  /** Below the root instead of `/api/v1`. */
  atRoot?: boolean;
  /** An HTML form may be sent too, and is answered with a page. */
  form?: true;
  /** A request without an `Idempotency-Key` is refused. */
  needsKey?: true;
  /** Each request counts against the sign-ins of its address, and of the account that this param names. */
  countsAsSignIn?: { readonly account?: string };
}

/** One action: what it takes, what it returns, who may call it and what a repeat does. */
export type ActionContract = {
  /** One sentence that says what holds; it goes into the API document. */
  summary: string;
  params?: Schema;
  returns?: Schema;
  access: Access;
  idempotency: Idempotency;
  rest?: string | Rest;
  /** `in`: the body arrives as `ctx.stream`; `out`: the result is a stream of JSON Lines. */
  stream?: "in" | "out";
  /** Milliseconds until the caller stops waiting; the broker's default where it is not said. */
  timeout?: number;
} & ({ cache?: never } | { cache: { keys: string[]; ttl?: number }; access: "public"; idempotency: "read" }) &
  ({ kept?: never } | { kept: Kept; access: "public"; idempotency: "read" });

/** The gateway keeps the answer's bytes until one of these is told as outdated: `product:{id}` names a field of the result. */
export interface Kept {
  readonly until: readonly string[];
}

/** One service: its name, its actions and the durable events it emits. */
export interface ServiceContract {
  name: string;
  actions: Record<string, ActionContract>;
  events?: Record<string, Schema>;
}

export const defineContract = <const C extends ServiceContract>(contract: C): C => contract;

export type Input<A extends ActionContract> = A["params"] extends Schema ? z.input<A["params"]> : undefined;
export type Params<A extends ActionContract> = A["params"] extends Schema ? z.output<A["params"]> : {};
// biome-ignore lint/suspicious/noConfusingVoidType: a handler without a result returns nothing
export type Result<A extends ActionContract> = A["returns"] extends Schema ? z.output<A["returns"]> : void;

/** `"inventory.hold"` → its contract, over the services `S`. */
export type ActionsOf<S extends ServiceContract> = S extends ServiceContract
  ? { [K in keyof S["actions"] & string as `${S["name"]}.${K}`]: S["actions"][K] }
  : never;
export type EventsOf<S extends ServiceContract> = S extends { events: infer E } ? E : never;
export type UnionToIntersection<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void
  ? I
  : never;

export interface Caller<Actions> {
  call<A extends keyof Actions & string>(
    action: A,
    ...args: Actions[A] extends ActionContract
      ? Input<Actions[A]> extends undefined
        ? [params?: undefined, opts?: CallingOptions]
        : {} extends Input<Actions[A]>
          ? [params?: Input<Actions[A]>, opts?: CallingOptions]
          : [params: Input<Actions[A]>, opts?: CallingOptions]
      : never
  ): Promise<Actions[A] extends ActionContract ? Result<Actions[A]> : never>;
}

/** The HTTP mapping with its defaults filled in, or `undefined` where the action has none. */
export function restOf(action: ActionContract): (Rest & { method: string; path: string }) | undefined {
  if (!action.rest) return undefined;
  const rest: Rest = typeof action.rest === "string" ? { route: action.rest } : action.rest;
  const [method = "", path = ""] = rest.route.split(" ");
  return { ...rest, method, path };
}

/** The name of the param (or `meta.idempotencyKey`) that makes a repeat of this action harmless. */
export const keyOf = (action: ActionContract): string | undefined =>
  typeof action.idempotency === "object" ? action.idempotency.keyedBy : undefined;
