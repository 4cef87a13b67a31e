import { randomBytes } from "node:crypto";
import { unauthorized } from "../shared/errors.ts";
import { sameText, sha256, sign } from "../shared/ids.ts";
import type { Session } from "./user.documents.ts";

/** How long a device may be away before it must sign in again. */
const AWAY = 30 * 24 * 3600_000;
/** Devices of one account; the one that was away longest makes room. */
const MOST = 50;

type Named = { accountId: string; sessionId: string };

/** `account.session.nonce.seal`: the seal tells a token that was ours, and is used up, from one that never was. */
const write = (secret: string, { accountId, sessionId }: Named, nonce: string): string => {
  const text = `${accountId}.${sessionId}.${nonce}`;
  return `${text}.${sign(secret, text)}`;
};

/** The first token of a session. */
export const firstToken = (secret: string, named: Named): string =>
  write(secret, named, randomBytes(18).toString("base64url"));

/** Whose token this is; null for a text that was never one of ours. */
export function readToken(secret: string, token: string): Named | null {
  const [accountId = "", sessionId = "", nonce = "", seal = "", ...more] = token.split(".");
  const genuine = more.length === 0 && sameText(sign(secret, `${accountId}.${sessionId}.${nonce}`), seal);
  return genuine ? { accountId, sessionId } : null;
}

/** The token that comes after this one: always the same, and only the shop can tell it. */
export const tokenAfter = (secret: string, token: string): string =>
  write(secret, readToken(secret, token) as Named, sign(secret, `after ${token}`).slice(0, 24));

export const hashOf = sha256;

const isoIn = (now: number, milliseconds = 0): string => new Date(now + milliseconds).toISOString();

/** A session that begins with this token. */
export const newSession = (token: string, now: number): Session => ({
  tokenHash: hashOf(token),
  usedHash: null,
  usedBy: null,
  createdAt: isoIn(now),
  usedAt: isoIn(now),
  expiresAt: isoIn(now, AWAY),
});

/** The write that uses `token` up for the one after it: its guard holds once. */
export function rotation(secret: string, token: string, { key, now }: { key: string; now: number }) {
  const { sessionId } = readToken(secret, token) as Named;
  const at = `sessions.${sessionId}`;
  return {
    guard: { [`${at}.tokenHash`]: hashOf(token), [`${at}.expiresAt`]: { $gt: isoIn(now) } },
    operators: {
      $set: {
        [`${at}.tokenHash`]: hashOf(tokenAfter(secret, token)),
        [`${at}.usedHash`]: hashOf(token),
        [`${at}.usedBy`]: hashOf(key),
        [`${at}.usedAt`]: isoIn(now),
        [`${at}.expiresAt`]: isoIn(now, AWAY),
      },
    },
  };
}

/** Why a token was refused: its session is over, it comes again in the request that used it up, or it is stolen. */
export function refused(session: Session | undefined, token: string, { key, now }: { key: string; now: number }) {
  if (!session || session.expiresAt <= isoIn(now)) return "over";
  return session.usedHash === hashOf(token) && session.usedBy === hashOf(key) ? "again" : "stolen";
}

/** The sessions that end when another begins: those that have expired, and the oldest beyond the limit. */
export function outdated(sessions: Readonly<Record<string, Session>>, now: number): string[] {
  const byUse = Object.entries(sessions).sort(([, a], [, b]) => (a.usedAt < b.usedAt ? 1 : -1));
  return byUse.filter(([, { expiresAt }], at) => at >= MOST - 1 || expiresAt <= isoIn(now)).map(([id]) => id);
}

export const tokenInvalid = () =>
  unauthorized("REFRESH_TOKEN_INVALID", "The refresh token is not valid: sign in again");
export const tokenReused = () =>
  unauthorized("REFRESH_TOKEN_REUSED", "The refresh token was used before, so its session has ended: sign in again");
