import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { demoCatalogue } from "./catalogue.ts";

/** Writes `catalogue.jsonl` anew: run it after a change to the products beside it. */
writeFileSync(join(import.meta.dirname, "catalogue.jsonl"), demoCatalogue());
