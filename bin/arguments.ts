import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/** A command's arguments; `usage` and code 1 where they do not fit. */
export function readArguments<const O extends ParseArgsOptionsConfig>(usage: string, files: number, options: O) {
  try {
    const parsed = parseArgs({ options, allowPositionals: true, strict: true });
    if (parsed.positionals.length === files) return parsed;
  } catch (error) {
    console.error((error as Error).message);
  }
  console.error(`Usage: ${usage}`);
  process.exit(1);
}
