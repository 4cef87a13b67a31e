import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { readArguments } from "./arguments.ts";
import { withShop } from "./client.ts";

const { positionals } = readArguments("npm run export -- FILE   (FILE - is standard output)", 1, {});
const name = positionals[0] as string;

await withShop(async (client) => {
  const products = await client.receive("products.export");
  if (name === "-") {
    await pipeline(products, process.stdout, { end: false });
    return 0;
  }
  // Under its name there is only ever a whole file.
  const partial = `${name}.partial`;
  try {
    await pipeline(products, createWriteStream(partial));
    await rename(partial, name);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return 0;
});
