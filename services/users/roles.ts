import type { Actions } from "../cluster.ts";
import type { Permission, ServiceContract } from "../contract.ts";

type AccessOf<A> = A extends { access: infer Access } ? Access : never;
type Named<Access> = Access extends Permission ? Access : Access extends { or: infer P extends Permission } ? P : never;
/** The permissions that some contract asks for. */
export type KnownPermission = Named<AccessOf<Actions[keyof Actions]>>;

/** The roles that every shop has; the administrator holds every permission there is. */
const builtIn: Record<string, "all" | readonly KnownPermission[]> = {
  administrator: "all",
  manager: [
    "inventory:read",
    "inventory:write",
    "mail:read",
    "orders:read",
    "orders:write",
    "products:read",
    "products:write",
  ],
  support: ["inventory:read", "mail:read", "orders:read", "orders:write", "products:read"],
};

/** Every permission that these contracts ask for, in the order of the alphabet. */
export function permissionsIn(contracts: readonly ServiceContract[]): string[] {
  const accesses = contracts.flatMap(({ actions }) => Object.values(actions).map(({ access }) => access));
  const named = accesses.map((access) => (typeof access === "object" ? access.or : access));
  return [...new Set(named)]
    .filter((access) => access?.includes(":"))
    .map(String)
    .sort();
}

/** What somebody with these roles may do, out of all permissions; a role that is not known gives none. */
export function permissionsOf(roles: readonly string[], all: readonly string[]): string[] {
  const given = roles.map((role) => (Object.hasOwn(builtIn, role) ? builtIn[role] : []) ?? []);
  return all.filter((permission) =>
    given.some((held) => held === "all" || (held as readonly string[]).includes(permission)),
  );
}
