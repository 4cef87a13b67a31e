import { asking } from "../support/http-shop.ts";
import { folderOfTest, runCommand, startProcess } from "../support/process-shop.ts";

jest.setTimeout(60_000);

test("a lost administrator comes in again, while the shop runs and while it does not", async () => {
  const env = { DATA_DIR: folderOfTest() };
  const signIn = async (url: string, email: string, password: string) =>
    asking(url)("/auth/login", { json: { email, password } });
  const admin = "admin@example.com";

  let shop = await startProcess(env);
  const before = await signIn(shop.url, admin, "correct horse battery");
  const running = await runCommand("admin", ["--email", "Admin@Example.com"], env);
  expect(running).toMatchObject({ code: 0, stderr: "" });
  const [, generated = ""] = /^Password (\S{20,}) \(shown only now\)$/m.exec(running.stdout) ?? [];
  expect(await signIn(shop.url, admin, generated)).toMatchObject({
    status: 200,
    json: { user: { roles: ["administrator"] } },
  });
  expect((await signIn(shop.url, admin, "correct horse battery")).status).toBe(401);
  const { refreshToken } = before.json;
  expect((await asking(shop.url)("/auth/refresh", { json: { refreshToken } })).status).toBe(401);
  shop.kill("SIGTERM");
  expect((await shop.exited).code).toBe(0);

  const alone = await runCommand(
    "admin",
    ["--email", "second@example.com", "--password", "a wholly different one"],
    env,
  );
  expect(alone).toMatchObject({ code: 0, stderr: "" });
  expect(alone.stdout).toContain("second@example.com has an account now and is an administrator.");
  expect(alone.stdout).not.toContain("wholly");
  shop = await startProcess(env);
  const second = await signIn(shop.url, "second@example.com", "a wholly different one");
  expect(second.json.user.roles).toEqual(["administrator"]);

  const weak = await runCommand("admin", ["--email", admin, "--password", "qwerty12345"], env);
  expect(weak).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^Some fields are not valid; password: Too easy/),
  });
  const none = await runCommand("admin", ["--email", "nobody"], env);
  expect(none).toMatchObject({ code: 1, stderr: expect.stringMatching(/; email: /) });
  expect(await runCommand("admin", [], env)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("Usage: npm run admin"),
  });
  expect((await signIn(shop.url, admin, generated)).status).toBe(200);
  shop.kill("SIGTERM");
  await shop.exited;
});
