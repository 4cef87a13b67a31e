import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demoCatalogue, demoPictures } from "./catalogue.ts";

const media = join(import.meta.dirname, "../public/media");

/** Writes `catalogue.jsonl` and the pictures in `public/media/` anew: run it after a change to the products beside it. */
writeFileSync(join(import.meta.dirname, "catalogue.jsonl"), demoCatalogue());
rmSync(media, { recursive: true, force: true });
mkdirSync(media, { recursive: true });
for (const { file, svg } of demoPictures()) writeFileSync(join(media, file), svg());
