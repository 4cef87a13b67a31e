import { createPublicKey, type KeyObject } from "node:crypto";
import jwt from "jsonwebtoken";
import { z } from "zod";
import { unauthorized } from "../shared/errors.ts";
import type { PublicKey } from "./users.contract.ts";

export const AUDIENCE = "molecart";
/** Seconds. */
export const LIFETIME = 15 * 60;

/** Who holds the token and what they may do. */
const Claims = z.object({
  sub: z.uuid(),
  /** The session; who ends it gets no further tokens for it. */
  sid: z.uuid(),
  roles: z.array(z.string()),
  permissions: z.array(z.string()),
  exp: z.int(),
});
export type Claims = z.output<typeof Claims>;

export interface SigningKey {
  kid: string;
  privateKey: KeyObject;
}

/** An access token of 15 minutes, signed with ES256 (RFC 7518). */
export function signToken(
  { sub, sid, roles, permissions }: Omit<Claims, "exp">,
  { kid, privateKey }: SigningKey,
  { issuer, now = Date.now() }: { issuer: string; now?: number },
): string {
  const iat = Math.floor(now / 1000);
  const claims = { sub, sid, roles, permissions, iat, exp: iat + LIFETIME, iss: issuer, aud: AUDIENCE };
  return jwt.sign(claims, privateKey, { algorithm: "ES256", keyid: kid });
}

const parsed = new WeakMap<PublicKey, KeyObject>();

function keyObject(key: PublicKey): KeyObject {
  let object = parsed.get(key);
  if (!object) {
    object = createPublicKey({ key, format: "jwk" });
    parsed.set(key, object);
  }
  return object;
}

/** Whether the token names a key that is not among these: then the keys are to be read again. */
export function needsKey(token: string, keys: readonly PublicKey[]): boolean {
  const kid = kidOf(token);
  return kid !== undefined && keys.every((key) => key.kid !== kid);
}

function kidOf(token: string): string | undefined {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split(".", 1)[0] ?? "", "base64url").toString());
    return typeof header === "object" && header && "kid" in header ? String(header.kid) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The claims of a token that one of these keys signed for this issuer; throws `TOKEN_EXPIRED` or `TOKEN_INVALID`.
 * The algorithm is never the token's choice.
 */
export function verifyToken(
  token: string,
  keys: readonly PublicKey[],
  { issuer, now = Date.now() }: { issuer: string; now?: number },
): Claims {
  const kid = kidOf(token);
  const key = keys.find((one) => one.kid === kid);
  if (!key) throw unauthorized("TOKEN_INVALID", "The access token is not valid");
  try {
    const payload = jwt.verify(token, keyObject(key), {
      algorithms: ["ES256"],
      issuer,
      audience: AUDIENCE,
      clockTimestamp: Math.floor(now / 1000),
    });
    return Claims.parse(payload);
  } catch (error) {
    if (error instanceof jwt.TokenExpiredError) {
      throw unauthorized("TOKEN_EXPIRED", "The access token has expired: sign in again");
    }
    throw unauthorized("TOKEN_INVALID", "The access token is not valid");
  }
}
