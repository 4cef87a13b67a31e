import { styleText } from "node:util";
import type { Environment } from "./environment.ts";

type Record = {
  level: number;
  time: number;
  msg?: string;
  mod?: string;
  svc?: string;
  err?: { message: string; stack?: string };
};

const LEVELS: { [level: number]: string } = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};
const COLORS = { trace: "gray", debug: "gray", info: "green", warn: "yellow", error: "red", fatal: "red" } as const;

/** One log record as a person reads it: time, level, who, what; a failure with its stack below. */
export function readable(line: string): string {
  const { level, time, msg, mod, svc, err } = JSON.parse(line) as Record;
  const name = (LEVELS[level] ?? "info") as keyof typeof COLORS;
  const head = `${new Date(time).toTimeString().slice(0, 8)} ${styleText(COLORS[name], name.padEnd(5))}`;
  const text = `${head} ${svc ?? mod ?? "shop"}: ${msg ?? err?.message ?? ""}\n`;
  return err?.stack ? `${text}${styleText("gray", err.stack)}\n` : text;
}

/** What Moleculer itself says below `warn` is noise to an operator; a failed start is told by whoever asked for it. */
const FRAMEWORK = ["BROKER", "REGISTRY", "DISCOVERER", "TRANSIT", "TRANSPORTER", "CACHER", "STATISTICS", "$NODE"];
const TOLD_ELSEWHERE =
  /^(Unable to start all services\.|Service '.+' (started|stopped)\.|(Waiting for s|S)ervice\(s\) .+|Listening on .+)$/;

/** Records on the error stream, leaving standard output to answers: JSON for machines, short lines in a terminal. */
export function logger({ LOG_LEVEL }: Pick<Environment, "LOG_LEVEL">) {
  const quiet = LOG_LEVEL === "info" ? "warn" : LOG_LEVEL;
  const terminal = { write: (line: string) => process.stderr.write(readable(line)) };
  const machine = { write: (line: string) => process.stderr.write(line) };
  return {
    type: "Pino",
    options: {
      level: { ...Object.fromEntries(FRAMEWORK.map((name) => [name, quiet])), "**": LOG_LEVEL },
      pino: {
        options: { level: LOG_LEVEL, hooks: { logMethod } },
        destination: process.stderr.isTTY ? terminal : machine,
      },
    },
  };
}

/** Pino drops what comes after a text without placeholders: the error there is what one wants to see. */
function logMethod(this: unknown, args: unknown[], method: (...args: never[]) => void): void {
  const [first, second] = args;
  if (typeof first === "string" && TOLD_ELSEWHERE.test(first)) return;
  const swapped = typeof first === "string" && typeof second === "object" && second !== null;
  method.apply(this, (swapped ? [second instanceof Error ? { err: second } : second, first] : args) as never[]);
}
