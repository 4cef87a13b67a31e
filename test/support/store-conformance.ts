import { readsConform } from "./store/reads.ts";
import type { OpenStore } from "./store/things.ts";
import { versionsConform } from "./store/versions.ts";
import { writesConform } from "./store/writes.ts";

/** What every adapter of the store must do, whatever database is behind it. */
export function storeConforms(open: OpenStore): void {
  writesConform(open);
  readsConform(open);
  versionsConform(open);
}
