import { finished } from "node:stream/promises";
import { readArguments } from "./arguments.ts";
import { withShop } from "./client.ts";

readArguments("npm run repl", 0, {});

/** Moleculer's prompt on the running shop: `help` lists its commands, `quit` or Ctrl-D leaves. */
await withShop(async (client) => {
  const { stdin, stdout } = process;
  const shop = await client.prompt(stdout.columns ?? 80);
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.pipe(shop).pipe(stdout, { end: false });
  await finished(shop, { writable: false }).catch(() => undefined);
  if (stdin.isTTY) stdin.setRawMode(false);
  stdin.unpipe().pause();
  console.log();
  return 0;
});
