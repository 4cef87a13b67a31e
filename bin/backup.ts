import { resolve } from "node:path";
import { readArguments } from "./arguments.ts";
import { withShop } from "./client.ts";

const { positionals, values } = readArguments("npm run backup -- FILE [--force]", 1, {
  force: { type: "boolean", default: false },
});
// The process that writes it may run elsewhere.
const file = resolve(positionals[0] as string);

await withShop(async (client) => {
  const { bytes, at } = await client.post<{ bytes: number; at: string }>("/backup", { file, force: values.force });
  console.log(`${file}: the shop as of ${at}, ${(bytes / 1e6).toFixed(1)} MB. It holds the secret key: keep it safe.`);
  return 0;
});
