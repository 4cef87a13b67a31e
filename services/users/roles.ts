import type { Actions } from "../cluster.ts";
import type { Permission, ServiceContract } from "../contract.ts";
import { forbidden, invalid } from "../shared/errors.ts";
import { ADMINISTRATOR } from "./roster.ts";

type AccessOf<A> = A extends { access: infer Access } ? Access : never;
type Named<Access> = Access extends Permission ? Access : Access extends { or: infer P extends Permission } ? P : never;
/** The permissions that some contract asks for. */
export type KnownPermission = Named<AccessOf<Actions[keyof Actions]>>;
/** Roles that the shop made, with their permissions. */
export type OwnRoles = ReadonlyMap<string, readonly string[]>;

/** The roles that every shop has; the administrator holds every permission there is. */
const builtIn: Record<string, "all" | readonly KnownPermission[]> = {
  [ADMINISTRATOR]: "all",
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

export const BUILT_IN = Object.keys(builtIn);
export const isBuiltIn = (role: string): boolean => Object.hasOwn(builtIn, role);

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
export function permissionsOf(roles: readonly string[], all: readonly string[], own: OwnRoles = new Map()): string[] {
  const given = roles.map((role) => (isBuiltIn(role) ? builtIn[role] : own.get(role)) ?? []);
  return all.filter((permission) =>
    given.some((held) => held === "all" || (held as readonly string[]).includes(permission)),
  );
}

/** What is in one of the two and not in the other. */
export const difference = (before: readonly string[], after: readonly string[]): string[] => [
  ...new Set(before).symmetricDifference(new Set(after)),
];

/** Throws where somebody would give, take or disable what they do not hold themselves; null holds everything. */
export function assertHeld(held: readonly string[] | null, touched: readonly string[]): void {
  const missing = touched.filter((permission) => held && !held.includes(permission));
  if (missing.length === 0) return;
  throw forbidden("PERMISSION_NOT_HELD", "You can only give and take what you hold yourself", { permissions: missing });
}

/** Throws where one of the names is no role. */
export function assertKnown(roles: readonly string[], own: OwnRoles): void {
  const problems = roles.flatMap((role, at) =>
    isBuiltIn(role) || own.has(role) ? [] : [{ path: ["roles", at], message: `There is no role ${role}` }],
  );
  if (problems.length) throw invalid(problems);
}
