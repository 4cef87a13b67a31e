import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a suite calls that makes a shop in whichever shape the run has. */
const MAKES_A_SHOP = /\bstart(Services|HttpShop|Users|Money)\(/;

/** The suites below `root` that run in both shapes: those over HTTP and of services that make shops. */
export const bothShapes = (root: string): string[] =>
  ["test/http", "test/services"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith(".test.ts"))
      .map((file) => `${folder}/${file}`)
      .filter((file) => MAKES_A_SHOP.test(readFileSync(join(root, file), "utf8"))),
  );
