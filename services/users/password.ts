import { randomBytes } from "node:crypto";

/** bcrypt reads no further, so that everything behind would open the account whatever it is. */
const MOST_BYTES = 72;

/** Why this cannot be a password, or null. bcrypt repeats what is short with a zero byte between: none may be in it. */
export function passwordProblem(password: string): string | null {
  if (Buffer.byteLength(password) > MOST_BYTES) return `At most ${MOST_BYTES} bytes`;
  return password.includes("\0") ? "No zero characters" : null;
}

/** 120 random bits, for who will read it once. */
export const generatePassword = (): string => randomBytes(15).toString("base64url");

/** A hash that no password has, to be compared with where there is no account: the answer then takes as long. */
export const nobodysHash = (cost: number): string => `$2b$${String(cost).padStart(2, "0")}$${".".repeat(53)}`;
