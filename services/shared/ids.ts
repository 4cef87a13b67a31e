import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { v7, validate, version } from "uuid";

/** A new id that sorts by time. It is no secret: use `secretId` where guessing must be impossible. */
export const newId = (): string => v7();

/** When an id that sorts by time was made, in milliseconds; null where it is none. */
export const timeOf = (id: string): number | null =>
  validate(id) && version(id) === 7 ? Number.parseInt(id.replace("-", "").slice(0, 12), 16) : null;

/** 144 unguessable bits, safe in a URL. */
export const secretId = (): string => randomBytes(18).toString("base64url");

/** Letters and digits that nobody mixes up on the phone: no I, L, O, U, 0 or 1. */
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

/** `7K3F-92QD`: random, so that it does not tell how much is sold. */
export function orderNumber(random: (bytes: number) => Uint8Array = randomBytes): string {
  let text = "";
  while (text.length < 8) {
    for (const byte of random(8)) {
      // 240 is the largest multiple of 30 in a byte: without the cut the first letters would come up more often.
      if (byte < 240 && text.length < 8) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return `${text.slice(0, 4)}-${text.slice(4)}`;
}

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64url");

/** HMAC-SHA-256 (RFC 2104) in base64url. */
export const sign = (key: string, text: string): string => createHmac("sha256", key).update(text).digest("base64url");

/** Whether two texts are the same, in a time that does not tell where they differ. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(sha256(a)), Buffer.from(sha256(b))];
  return timingSafeEqual(left, right);
}
