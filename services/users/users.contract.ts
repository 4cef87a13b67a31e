import { z } from "zod";
import { defineContract } from "../contract.ts";
import { Email, Id } from "../shared/shapes.ts";

export const User = z.object({
  id: Id,
  email: Email,
  name: z.string(),
  roles: z.array(z.string()),
  permissions: z.array(z.string()),
});
export type User = z.output<typeof User>;

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

export const usersContract = defineContract({
  name: "users",
  actions: {
    login: {
      summary: "Signs in with e-mail and password; the answer does not tell which of the two was wrong.",
      params: z.strictObject({ email: z.string().max(254), password: z.string().max(1_000) }),
      returns: z.object({ user: User, accessToken: z.string(), expiresIn: z.int() }),
      access: "public",
      idempotency: "none",
      rest: "POST /auth/login",
    },
    me: {
      summary: "Who is signed in.",
      returns: User,
      access: "customer",
      idempotency: "read",
      rest: "GET /me",
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
