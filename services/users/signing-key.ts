import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import { sha256 } from "../shared/ids.ts";
import { PublicKey } from "./users.contract.ts";

/** A private key as it is stored: AES-256-GCM, bound to its `kid`. */
export interface SealedKey {
  kid: string;
  iv: string;
  tag: string;
  data: string;
}

const CIPHER = "aes-256-gcm";
const bytes = (text: string) => Buffer.from(text, "base64url");

/** A new pair for ES256. */
export const generateKey = (): KeyObject => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

/** The public half as JWKS publish it; `kid` is its thumbprint (RFC 7638). */
export function publicKeyOf(privateKey: KeyObject): PublicKey {
  const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: "jwk" });
  const kid = sha256(JSON.stringify({ crv, kty, x, y }));
  return PublicKey.parse({ kty, crv, x, y, kid, alg: "ES256", use: "sig" });
}

/** Encrypts the private key; `secret` is 32 bytes in base64url. */
export function seal(privateKey: KeyObject, secret: string): SealedKey {
  const { kid } = publicKeyOf(privateKey);
  const iv = randomBytes(12);
  const cipher = createCipheriv(CIPHER, bytes(secret), iv).setAAD(Buffer.from(kid));
  const plain = privateKey.export({ format: "der", type: "pkcs8" });
  const data = Buffer.concat([cipher.update(plain), cipher.final()]);
  return {
    kid,
    iv: iv.toString("base64url"),
    tag: cipher.getAuthTag().toString("base64url"),
    data: data.toString("base64url"),
  };
}

/** The private key again; throws where the secret is another or the text was changed. */
export function unseal({ kid, iv, tag, data }: SealedKey, secret: string): KeyObject {
  const decipher = createDecipheriv(CIPHER, bytes(secret), bytes(iv), { authTagLength: 16 })
    .setAAD(Buffer.from(kid))
    .setAuthTag(bytes(tag));
  const plain = Buffer.concat([decipher.update(bytes(data)), decipher.final()]);
  return createPrivateKey({ key: plain, format: "der", type: "pkcs8" });
}
