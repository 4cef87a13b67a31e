import { z } from "zod";
import { type ActionContract, keyOf, type Rest, restOf, type ServiceContract } from "../contract.ts";
import { type Convert, converter } from "./params.ts";

export const PREFIX = "/api/v1";

/** An action as HTTP reaches it. */
export interface Endpoint {
  /** `carts.addLine` */
  action: string;
  contract: ActionContract;
  rest: Rest;
  method: string;
  /** With the prefix; names after a colon are params. */
  path: string;
  /** Whether an `Idempotency-Key` counts. */
  keyed: boolean;
  /** Whether the action can be asked for the version that `If-Match` names. */
  versioned: boolean;
  convert: Convert;
}

/** Every action of these contracts that HTTP reaches, whether its service runs or not. */
export function endpointsOf(contracts: readonly ServiceContract[]): Endpoint[] {
  return contracts.flatMap(({ name, actions }) =>
    Object.entries(actions).flatMap(([action, contract]) => {
      const rest = restOf(contract);
      if (!rest) return [];
      const path = rest.atRoot ? rest.path : PREFIX + rest.path;
      const keyed = rest.method === "POST" && keyOf(contract) === "meta.idempotencyKey";
      const convert = converter(contract.params);
      const versioned =
        rest.method !== "GET" && contract.params instanceof z.ZodObject && "rev" in contract.params.shape;
      return [{ action: `${name}.${action}`, contract, rest, method: rest.method, path, keyed, versioned, convert }];
    }),
  );
}
