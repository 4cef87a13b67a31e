import { unauthorized } from "../../shared/errors.ts";
import { sameText, sign } from "../../shared/ids.ts";

export const SIGNATURE_HEADER = "sandbox-signature";
const TOLERANCE = 5 * 60_000;

/** `t=1760000000,v1=…`: the moment in seconds, and an HMAC over it and the body. */
export function signatureOf(key: string, body: string, now: number): string {
  const t = Math.floor(now / 1000);
  return `t=${t},v1=${sign(key, `${t}.${body}`)}`;
}

/** Throws unless these very bytes were signed with this key in the last five minutes. */
export function assertSigned(key: string, body: string, headers: Record<string, string>, now: number): void {
  const [, t, v1] = /^t=(\d{1,12}),v1=([\w-]+)$/.exec(headers[SIGNATURE_HEADER] ?? "") ?? [];
  if (!t || !v1 || !sameText(v1, sign(key, `${t}.${body}`)) || Math.abs(now - Number(t) * 1000) > TOLERANCE) {
    throw unauthorized("WEBHOOK_SIGNATURE_INVALID", "The event is not signed by its provider");
  }
}
