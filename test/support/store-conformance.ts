import { keysConform } from "./store/keys.ts";
import { readsConform } from "./store/reads.ts";
import type { OpenStore } from "./store/things.ts";
import { versionsConform } from "./store/versions.ts";
import { writesConform } from "./store/writes.ts";

/** What every adapter of the store must do, whatever database is behind it. */
export function storeConforms(open: OpenStore): void {
  describe("writes", () => writesConform(open));
  describe("keys", () => keysConform(open));
  describe("reads", () => readsConform(open));
  describe("versions", () => versionsConform(open));
}
