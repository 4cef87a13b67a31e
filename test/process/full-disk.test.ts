import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { asking } from "../support/http-shop.ts";
import { folderOfTest, startProcess } from "../support/process-shop.ts";

jest.setTimeout(60_000);

const SERVICES = "products,inventory,pricing,carts,notifications,idempotency,control,api";

/** The system's own limit on the size of a file stands for a disk that is full: no privilege is needed for it. */
const KIB = 1_024;

test("a full disk refuses writes and nothing else, and when there is space again the shop writes again", async () => {
  const dataDir = folderOfTest();
  const shop = await startProcess({ SERVICES, DATA_DIR: dataDir, LOG_LEVEL: "error" }, { limit: KIB });
  const ask = asking(shop.url);
  const create = () => ask("/carts", { json: {} });

  const made: string[] = [];
  let refused = await create();
  while (refused.status === 201) {
    made.push(refused.json.id);
    refused = await create();
  }
  expect(refused.json).toMatchObject({ status: 503, code: "STORAGE_UNAVAILABLE" });
  // Many at once share a commit, and so its failure.
  const many = await Promise.all(Array.from({ length: 20 }, create));
  expect(new Set(many.map(({ status }) => status))).toEqual(new Set([503]));
  for (const id of made) expect((await ask(`/carts/${id}`)).status).toBe(200);
  expect((await ask("/products")).status).toBe(200);
  expect((await ask("//health/live")).status).toBe(200);

  const raised = spawnSync("prlimit", ["--pid", String(shop.pid), "--fsize=unlimited"]);
  expect({ status: raised.status, error: raised.error }).toEqual({ status: 0, error: undefined });
  for (let n = 0; n < 50; n++) {
    const again = await create();
    expect(again.status).toBe(201);
    made.push(again.json.id);
  }
  shop.kill("SIGTERM");
  expect((await shop.exited).code).toBe(0);

  const db = new DatabaseSync(join(dataDir, "shop.db"), { readOnly: true });
  const stored = db.prepare("select id from carts").all();
  expect(db.prepare("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
  db.close();
  expect(new Set(stored.map(({ id }) => id))).toEqual(new Set(made));
});
