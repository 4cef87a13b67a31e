import { randomBytes } from "node:crypto";
import { getRounds } from "bcryptjs";
import { isCommon } from "./common-passwords.ts";

/** bcrypt reads no further, so that everything behind would open the account whatever it is. */
const MOST_BYTES = 72;
const LEAST = 10;

/** Why this cannot be a password, or null. bcrypt repeats what is short with a zero byte between: none may be in it. */
export function passwordProblem(password: string): string | null {
  if (Buffer.byteLength(password) > MOST_BYTES) return `At most ${MOST_BYTES} bytes`;
  return password.includes("\0") ? "No zero characters" : null;
}

/** Why nobody with this e-mail address should have this as a new password, or null. */
export function newPasswordProblem(password: string, email: string): string | null {
  if ([...password].length < LEAST) return `At least ${LEAST} characters`;
  const problem = passwordProblem(password);
  if (problem) return problem;
  const [text, address] = [password.trim().toLowerCase(), email.toLowerCase()];
  if (text === address || text === address.split("@")[0]) return "Not your e-mail address";
  return isCommon(password) ? "Too easy to guess: take several words, or something longer" : null;
}

/** 120 random bits, for who will read it once. */
export const generatePassword = (): string => randomBytes(15).toString("base64url");

/** A hash that no password has, to be compared with where there is no account: the answer then takes as long. */
export const nobodysHash = (cost: number): string => `$2b$${String(cost).padStart(2, "0")}$${".".repeat(53)}`;

/** Whether a hash was made at another cost than today's. */
export const isOutdated = (hash: string, cost: number): boolean => getRounds(hash) !== cost;
