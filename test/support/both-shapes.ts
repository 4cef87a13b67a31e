import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a suite calls that makes a shop in whichever shape the run has. */
const MAKES_A_SHOP = /\bstart(Services|HttpShop|Users|Money)\(/;

/** Suites that make shops and say nothing more where several nodes do the same, and why. */
export const EMBEDDED_ONLY: Readonly<Record<string, string>> = {
  "test/services/product-export.test.ts": "a stream between nodes has no back pressure: what it holds is not bounded",
};

/** The suites below `root` that run in both shapes: those over HTTP and of services that make shops. */
export const bothShapes = (root: string): string[] =>
  ["test/http", "test/services"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith(".test.ts"))
      .map((file) => `${folder}/${file}`)
      .filter((file) => !(file in EMBEDDED_ONLY) && MAKES_A_SHOP.test(readFileSync(join(root, file), "utf8"))),
  );
