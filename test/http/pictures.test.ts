import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type HttpShop, startHttpShop } from "../support/http-shop.ts";

const file = join(import.meta.dirname, "../../public/media/trail-jacket-1.svg");
let http: HttpShop;
beforeAll(async () => {
  http = await startHttpShop("api,idempotency,products");
});
afterAll(() => http.stop());

test("a picture is sent as it lies in the folder, may be kept for a week, and can run nothing", async () => {
  const { status, headers, text } = await http.ask("//media/trail-jacket-1.svg");
  expect({ status, text }).toEqual({ status: 200, text: readFileSync(file, "utf8") });
  expect(headers.get("content-type")).toMatch(/^image\/svg\+xml/);
  expect(headers.get("cache-control")).toBe("public, max-age=604800, stale-while-revalidate=86400");
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
});

test("who has a picture already is told so instead of sent it again", async () => {
  const etag = (await http.ask("//media/trail-jacket-1.svg")).headers.get("etag") as string;
  // As a browser asks whose copy has aged; by itself fetch would demand a new one.
  const headers = { "If-None-Match": etag, "Cache-Control": "max-age=0" };
  const again = await http.ask("//media/trail-jacket-1.svg", { headers });
  expect([again.status, again.text]).toEqual([304, ""]);
});

test("pages may not be kept as long as pictures, and a picture that is not there is not kept at all", async () => {
  expect((await http.ask("//shop.css")).headers.get("cache-control")).not.toContain("604800");
  const missing = await http.ask("//media/unicorn-1.svg");
  expect(missing.status).toBe(404);
  expect(missing.headers.get("cache-control") ?? "").not.toContain("604800");
});
