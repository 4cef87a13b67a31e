import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "./environment.ts";
import { sign } from "./ids.ts";

/** The shop's secret: given by the environment, or made once in the data folder, readable by its owner only. */
export function secretKey({ SECRET_KEY, DATA_DIR }: Pick<Environment, "SECRET_KEY" | "DATA_DIR">): string {
  if (SECRET_KEY) return SECRET_KEY;
  const file = join(DATA_DIR, "secret.key");
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  return readFileSync(file, "utf8").trim();
}

/** A key of its own for each purpose, so that one that leaks tells nothing of the others. */
export const keyFor = (secret: string, purpose: string): string => sign(secret, `molecart/${purpose}`);
