import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { freePort } from "../../rig/ports.ts";
import { folderOfTest, runCommand, startProcess } from "../support/process-shop.ts";

jest.setTimeout(60_000);

const SERVICES = "products,inventory,pricing,carts,control,api";

/** The one line that a start in this environment ends with. */
async function refusal(env: Record<string, string>): Promise<string> {
  const port = String(await freePort());
  const { code, stdout, stderr } = await runCommand("start", [], {
    SERVICES,
    DATA_DIR: folderOfTest(),
    PORT: port,
    ...env,
  });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  return stderr.trimEnd();
}

test("every bad variable is named in one line", async () => {
  const line = await refusal({ PORT: "eighty", CURRENCY: "DOLLAR", LOG_LEVEL: "loud", PUBLIC_URL: "shop" });
  for (const name of ["PORT", "CURRENCY", "LOG_LEVEL", "PUBLIC_URL"]) expect(line).toContain(`${name}: `);
});

test("a service that does not exist is told with those that do", async () => {
  expect(await refusal({ SERVICES: "orders,order" })).toMatch(
    /^SERVICES: there is no service order; known are .*carts/,
  );
});

test("a variable that this release would ignore is refused", async () => {
  expect(await refusal({ MONGO_URL: "mongodb://localhost" })).toContain("MONGO_URL");
});

test("a port in use is told by its number", async () => {
  const other = createServer();
  const port = await new Promise<number>((resolve) =>
    other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port)),
  );
  expect(await refusal({ PORT: String(port) })).toBe(
    `Port ${port} is in use by another process: set PORT to a free one`,
  );
  other.close();
});

test("a data folder that another process owns is left alone", async () => {
  const dataDir = folderOfTest();
  const shop = await startProcess({ SERVICES, DATA_DIR: dataDir });
  expect(await refusal({ DATA_DIR: dataDir })).toMatch(/is in use by another process/);
  expect((await fetch(`${shop.url}/api/v1/products`)).status).toBe(200);
  shop.kill("SIGTERM");
  expect((await shop.exited).code).toBe(0);
});

test("a data folder that cannot be made or written is told by its path", async () => {
  const file = join(folderOfTest(), "file");
  writeFileSync(file, "not a folder");
  expect(await refusal({ DATA_DIR: file })).toBe(`${file}: it is not a folder`);
  expect(await refusal({ DATA_DIR: join(file, "data") })).toMatch(/part of the path is not a folder$/);
  // Not even for an administrator, whom permissions do not stop.
  const blocked = folderOfTest();
  mkdirSync(join(blocked, "shop.db"));
  expect(await refusal({ DATA_DIR: blocked })).toContain(blocked);
});

test("a file that is no database is left as it is", async () => {
  const dataDir = folderOfTest();
  writeFileSync(join(dataDir, "shop.db"), "my shopping list\n".repeat(100));
  expect(await refusal({ DATA_DIR: dataDir })).toContain("the file is not a database");
});

test("trap 25: data of a newer release is refused and not touched", async () => {
  const dataDir = folderOfTest();
  const shop = await startProcess({ SERVICES, DATA_DIR: dataDir });
  shop.kill("SIGTERM");
  await shop.exited;
  const db = new DatabaseSync(join(dataDir, "shop.db"));
  db.exec("update collections set version = 99 where name = 'carts'");
  db.close();
  expect(await refusal({ DATA_DIR: dataDir })).toMatch(/carts.* version 99/);
});
