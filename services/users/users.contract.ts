import { z } from "zod";
import { defineContract } from "../contract.ts";
import { Address, Email, Id, page, paging, Time } from "../shared/shapes.ts";

export const User = z.object({
  id: Id,
  email: Email,
  name: z.string(),
  roles: z.array(z.string()),
  permissions: z.array(z.string()),
});
export type User = z.output<typeof User>;

/** An account as staff sees it. */
export const Person = User.extend({ disabled: z.boolean(), createdAt: Time, updatedAt: Time });
export type Person = z.output<typeof Person>;

export const SignedIn = z.object({
  user: User,
  accessToken: z.string(),
  refreshToken: z.string(),
  /** Seconds until the access token ends. */
  expiresIn: z.int(),
  /** Only where a `cartId` came: true when that id is dead; false while an order is being made of it: sign in again. */
  cartMerged: z.boolean().optional(),
});
export type SignedIn = z.output<typeof SignedIn>;

export const SavedAddress = Address.extend({ id: Id });
export type SavedAddress = z.output<typeof SavedAddress>;

/** A device that is signed in. */
export const Session = z.object({ id: Id, createdAt: Time, usedAt: Time, expiresAt: Time, current: z.boolean() });

export const Role = z.object({ name: z.string(), permissions: z.array(z.string()), builtIn: z.boolean() });
export type Role = z.output<typeof Role>;

/** A public key as RFC 7517 writes it, for ES256. */
export const PublicKey = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
  alg: z.literal("ES256"),
  use: z.literal("sig"),
});
export type PublicKey = z.output<typeof PublicKey>;

const Name = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u, "one line, without control characters");
const password = z.string().max(1_000);
const RoleName = z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, "2 to 40 small letters, digits and hyphens");
const refreshToken = z.string().max(200);
/** Whatever it is, it is for `carts` to know: a broken one is no reason to keep somebody out. */
const cartId = z.string().max(200).optional();

const none = z.null().optional();
const AddressChange = z.strictObject({
  ...Address.partial().shape,
  company: Address.shape.company.or(none),
  line2: Address.shape.line2.or(none),
  region: Address.shape.region.or(none),
  phone: Address.shape.phone.or(none),
});
export type AddressChange = z.output<typeof AddressChange>;

export const usersContract = defineContract({
  name: "users",
  actions: {
    register: {
      summary:
        "Makes an account and signs in; a taken address is 409 `EMAIL_TAKEN`, after the same time that an account takes.",
      params: z.strictObject({ email: Email, password, name: Name, cartId }),
      returns: SignedIn,
      access: "public",
      idempotency: "none",
      rest: { route: "POST /auth/register", status: 201, countsAsSignIn: {} },
    },
    login: {
      summary: "Signs in with e-mail and password; the answer does not tell which of the two was wrong.",
      params: z.strictObject({ email: z.string().max(254), password, cartId }),
      returns: SignedIn,
      access: "public",
      idempotency: "none",
      rest: { route: "POST /auth/login", countsAsSignIn: { account: "email" } },
    },
    refresh: {
      summary:
        "A new pair for a refresh token, which is used up by it: one that comes again ends its session. Who may lose the answer sends an `Idempotency-Key` of random text; the same request under the same key gives the same refresh token.",
      params: z.strictObject({ refreshToken }),
      returns: SignedIn,
      access: "public",
      idempotency: { keyedBy: "meta.idempotencyKey" },
      rest: { route: "POST /auth/refresh", repeats: "as-it-stands" },
    },
    logout: {
      summary: "Ends the session of this refresh token, or of the access token where none is sent.",
      params: z.strictObject({ refreshToken: refreshToken.optional() }),
      access: "public",
      idempotency: "natural",
      rest: { route: "POST /auth/logout", status: 204 },
    },
    me: {
      summary: "Who is signed in.",
      returns: User,
      access: "customer",
      idempotency: "read",
      rest: "GET /me",
    },
    updateMe: {
      summary: "Changes one's own name.",
      params: z.strictObject({ name: Name }),
      returns: User,
      access: "customer",
      idempotency: "natural",
      rest: "PATCH /me",
    },
    changePassword: {
      summary: "Sets another password, for who knows the current one, and ends every other session.",
      params: z.strictObject({ current: password, new: password }),
      access: "customer",
      idempotency: "none",
      rest: { route: "POST /me/password", status: 204, countsAsSignIn: {} },
    },
    addresses: {
      summary: "One's own addresses, in the order in which they were saved.",
      returns: page(SavedAddress),
      access: "customer",
      idempotency: "read",
      rest: "GET /me/addresses",
    },
    addAddress: {
      summary: "Saves an address; there is room for 20.",
      params: Address,
      returns: SavedAddress,
      access: "customer",
      idempotency: "none",
      rest: { route: "POST /me/addresses", status: 201 },
    },
    updateAddress: {
      summary: "Changes the fields that are named; null takes away one that need not be there.",
      params: AddressChange.extend({ id: Id }),
      returns: SavedAddress,
      access: "customer",
      idempotency: "natural",
      rest: "PATCH /me/addresses/:id",
    },
    removeAddress: {
      summary: "Forgets an address.",
      params: z.strictObject({ id: Id }),
      access: "customer",
      idempotency: "natural",
      rest: { route: "DELETE /me/addresses/:id", status: 204 },
    },
    sessions: {
      summary: "Where one is signed in, the latest used first.",
      returns: page(Session),
      access: "customer",
      idempotency: "read",
      rest: "GET /me/sessions",
    },
    endSession: {
      summary: "Signs one device out: it gets no further tokens, and its access token ends within 15 minutes.",
      params: z.strictObject({ id: Id }),
      access: "customer",
      idempotency: "natural",
      rest: { route: "DELETE /me/sessions/:id", status: 204 },
    },
    list: {
      summary: "Accounts by e-mail address; `q` is how the address begins.",
      params: z.strictObject({ ...paging, q: z.string().max(254).optional() }),
      returns: page(Person),
      access: "users:read",
      idempotency: "read",
      rest: "GET /admin/users",
    },
    get: {
      summary: "One account.",
      params: z.strictObject({ id: Id }),
      returns: Person,
      access: "users:read",
      idempotency: "read",
      rest: "GET /admin/users/:id",
    },
    update: {
      summary:
        "Sets somebody's roles, or keeps them out. Nobody gives, takes or disables what they do not hold themselves, and one administrator always remains. Disabling ends all sessions, and takes the role `administrator` away.",
      params: z.strictObject({
        id: Id,
        roles: z.array(RoleName).max(20).optional(),
        disabled: z.boolean().optional(),
      }),
      returns: Person,
      access: "users:write",
      idempotency: "natural",
      rest: "PATCH /admin/users/:id",
    },
    roles: {
      summary: "Every role with its permissions; the administrator's are all that there are.",
      returns: page(Role),
      access: "users:read",
      idempotency: "read",
      rest: "GET /admin/roles",
    },
    saveRole: {
      summary: "Makes a role of one's own or sets its permissions, of those that one holds oneself.",
      params: z.strictObject({ name: RoleName, permissions: z.array(z.string().max(60)).max(200) }),
      returns: Role,
      access: "users:write",
      idempotency: "natural",
      rest: "PUT /admin/roles/:name",
    },
    removeRole: {
      summary: "Removes a role of one's own, and takes it from everybody who has it.",
      params: z.strictObject({ name: RoleName }),
      access: "users:write",
      idempotency: "natural",
      rest: { route: "DELETE /admin/roles/:name", status: 204 },
    },
    rescue: {
      summary:
        "Makes this address an administrator's, with this password or a generated one, and ends its sessions: for operators who cannot sign in any more.",
      params: z.strictObject({ email: Email, password: password.optional() }),
      returns: z.object({ email: Email, password: z.string().nullable(), made: z.boolean() }),
      access: "internal",
      idempotency: "none",
    },
    contact: {
      summary: "Where somebody with an account is written to; null where there is no such account.",
      params: z.strictObject({ id: Id }),
      returns: z.object({ email: Email, name: z.string() }).nullable(),
      access: "internal",
      idempotency: "read",
    },
    keys: {
      summary: "The public keys that access tokens are checked with (RFC 7517).",
      returns: z.object({ keys: z.array(PublicKey) }),
      access: "public",
      idempotency: "read",
      rest: { route: "GET /.well-known/jwks.json", atRoot: true },
    },
  },
});
