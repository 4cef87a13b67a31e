import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EmbeddedPlatform } from "../../mixins/embedded/embedded-platform.ts";
import { readEnvironment } from "../../services/shared/environment.ts";
import { firstAdministrator } from "../../services/users/first-start.ts";
import { KeyRing } from "../../services/users/key-ring.ts";
import { PasswordPool } from "../../services/users/password-pool.ts";
import { verifyToken } from "../../services/users/token.ts";
import { accountsSpec, signingKeysSpec } from "../../services/users/user.documents.ts";
import service from "../../services/users/users.service.ts";
import { eventually } from "../support/eventually.ts";
import { startServices, type TestShop, temporaryFolder } from "../support/services.ts";
import { describeEmbedded, testEmbedded } from "../support/shape.ts";

// The lowest that bcrypt knows: these tests are about who gets in, not about how long it takes.
Object.assign(service.settings as object, { passwordCost: 4 });

const folders: string[] = [];
const folder = () => {
  const path = temporaryFolder();
  folders.push(path);
  return path;
};
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

const email = "admin@example.com";
const password = "correct horse battery";
const wrong = { code: 401, type: "CREDENTIALS_INVALID" };

describe("signing in", () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startServices("users", { PUBLIC_URL: "https://shop.example" });
  });
  afterAll(() => shop.stop());

  test("the administrator signs in, whatever the case of the address", async () => {
    const { user, expiresIn } = await shop.as({}).call("users.login", { email: "Admin@Example.com", password });
    expect(user).toMatchObject({ email, roles: ["administrator"] });
    expect(user.permissions).toEqual(expect.arrayContaining(["products:write", "orders:read", "mail:read"]));
    expect(expiresIn).toBe(900);
  });

  test("the token is good by the published keys, and is the way to oneself", async () => {
    const { user, accessToken } = await shop.as({}).call("users.login", { email, password });
    const { keys } = await shop.as({}).call("users.keys");
    const claims = verifyToken(accessToken, keys, { issuer: "https://shop.example" });
    expect(claims).toMatchObject({ sub: user.id, roles: user.roles, permissions: user.permissions });
    expect(await shop.as({ userId: claims.sub }).call("users.me")).toEqual(user);
  });

  test("a wrong password and an unknown address get the same answer", async () => {
    const answers = await Promise.all(
      [
        { email, password: "wrong" },
        { email: "nobody@example.com", password },
        { email: "no address", password: "" },
      ].map((input) =>
        shop
          .as({})
          .call("users.login", input)
          .then(String, (error: unknown) => error),
      ),
    );
    for (const answer of answers) expect(answer).toMatchObject(wrong);
    // Which node answered is not told outside.
    const told = answers.map((error) =>
      JSON.stringify({ ...(error as object), message: (error as Error).message, nodeID: null }),
    );
    expect(new Set(told).size).toBe(1);
  });

  test("a password that bcrypt would cut is refused", async () => {
    const long = { email, password: `${password}${"x".repeat(72)}` };
    await expect(shop.as({}).call("users.login", long)).rejects.toMatchObject({
      code: 422,
      data: { errors: [{ path: "password", message: "At most 72 bytes" }] },
    });
  });

  test("without a sign-in nobody is anybody", async () => {
    await expect(shop.as({}).call("users.me")).rejects.toMatchObject({ code: 401, type: "SIGN_IN_REQUIRED" });
    const stranger = { userId: "0198c0de-0000-7000-8000-0000000000ff" };
    await expect(shop.as(stranger).call("users.me")).rejects.toMatchObject({ code: 401 });
  });

  test("twenty sign-ins at once all get in", async () => {
    const all = Array.from({ length: 20 }, () => shop.as({}).call("users.login", { email, password }));
    expect(new Set((await Promise.all(all)).map(({ user }) => user.id)).size).toBe(1);
  });
});

describe("the first start", () => {
  test("a later start keeps the administrator's password and the keys", async () => {
    const DATA_DIR = folder();
    const first = await startServices("users", { DATA_DIR });
    const { accessToken } = await first.as({}).call("users.login", { email, password });
    await first.stop();

    const second = await startServices("users", { DATA_DIR, ADMIN_PASSWORD: "another password" });
    const { keys } = await second.as({}).call("users.keys");
    expect(verifyToken(accessToken, keys, { issuer: "http://localhost:3000" }).roles).toEqual(["administrator"]);
    expect((await second.as({}).call("users.login", { email, password })).user.email).toBe(email);
    const other = second.as({}).call("users.login", { email, password: "another password" });
    await expect(other).rejects.toMatchObject(wrong);
    await second.stop();
  });

  test("another administrator's address later makes no second administrator", async () => {
    const DATA_DIR = folder();
    await (await startServices("users", { DATA_DIR })).stop();
    const second = await startServices("users", { DATA_DIR, ADMIN_EMAIL: "other@example.com" });
    await expect(second.as({}).call("users.login", { email: "other@example.com", password })).rejects.toMatchObject(
      wrong,
    );
    await second.stop();
  });

  test("a generated password is printed once, opens the account and is in no file", async () => {
    const printed = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    const DATA_DIR = folder();
    try {
      const first = await startServices("users", { DATA_DIR, ADMIN_PASSWORD: "" });
      const said = printed.mock.calls.map(([text]) => String(text)).filter((text) => text.startsWith("Administrator"));
      expect(said).toHaveLength(1);
      const generated = /password (\S+)/.exec(said[0] ?? "")?.[1] ?? "";
      expect(generated.length).toBeGreaterThanOrEqual(20);
      await first.as({}).call("users.login", { email, password: generated });
      await first.stop();
      for (const file of readdirSync(DATA_DIR)) {
        expect(readFileSync(join(DATA_DIR, file)).includes(generated)).toBe(false);
      }
      printed.mockClear();
      await (await startServices("users", { DATA_DIR, ADMIN_PASSWORD: "" })).stop();
      expect(printed.mock.calls.filter(([text]) => String(text).startsWith("Administrator"))).toEqual([]);
    } finally {
      printed.mockRestore();
    }
  });

  test("keys that another secret sealed stop the start with a line that names it", async () => {
    const DATA_DIR = folder();
    await (await startServices("users", { DATA_DIR, SECRET_KEY: "a".repeat(32) })).stop();
    await expect(startServices("users", { DATA_DIR, SECRET_KEY: "b".repeat(32) })).rejects.toThrow(/^SECRET_KEY: /);
  });

  testEmbedded(
    "of nodes that start at once one makes the administrator, and all have the same keys",
    "it makes its own nodes on one file",
    async () => {
      const platform = new EmbeddedPlatform(readEnvironment({ DATA_DIR: folder() }));
      const accounts = platform.collection(accountsSpec);
      const signingKeys = platform.collection(signingKeysSpec);
      await accounts.ready();
      await signingKeys.ready();
      const nodes = Array.from({ length: 8 }, (_, node) => node);
      const made = await Promise.all(
        nodes.map((node) => firstAdministrator(accounts, `Node${node}@example.com`, async () => `hash of ${node}`)),
      );
      expect(made.filter((account) => account !== null)).toHaveLength(1);
      expect(await accounts.find({}, { limit: 10 })).toEqual(made.filter((account) => account !== null));
      const secret = Buffer.alloc(32, 7).toString("base64url");
      const rings = nodes.map(() => new KeyRing(signingKeys, secret));
      await Promise.all(rings.map((ring) => ring.open()));
      const signing = await Promise.all(rings.map((ring) => ring.signing()));
      expect(new Set(signing.map(({ kid }) => kid)).size).toBe(1);
      await platform.close();
    },
  );
});

describeEmbedded("hashing in threads", "it needs no shop of either shape", () => {
  test("threads start with the first job, at most so many, and end when idle", async () => {
    const pool = new PasswordPool({ size: 2, idle: 50 });
    expect(pool.threads).toBe(0);
    const hashes = await Promise.all([1, 2, 3, 4].map((n) => pool.hash(`password ${n}`, 4)));
    expect(pool.threads).toBe(2);
    expect(await pool.compare("password 3", hashes[2] ?? "")).toBe(true);
    expect(await pool.compare("password 4", hashes[2] ?? "")).toBe(false);
    await eventually(() => pool.threads === 0);
    expect(await pool.compare("password 1", hashes[0] ?? "")).toBe(true);
    await pool.close();
    expect(pool.threads).toBe(0);
  });

  test("who has waited for long is told to come later, whatever the length of the queue", async () => {
    const pool = new PasswordPool({ size: 1, patience: 10 });
    const answers = await Promise.allSettled([1, 2, 3].map((n) => pool.hash(`password ${n}`, 10)));
    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(answers[1]).toMatchObject({ reason: { type: "SIGN_IN_BUSY", code: 503 } });
    await pool.close();
  });

  test("a flood is told at once to come later, and what waits at the end is too", async () => {
    const pool = new PasswordPool({ size: 1, waiting: 2 });
    const answers = [1, 2, 3, 4].map((n) =>
      pool.hash(`password ${n}`, 10).then(
        () => "done",
        (error) => error.type,
      ),
    );
    expect(await answers[3]).toBe("SIGN_IN_BUSY");
    await pool.close();
    expect(await Promise.all(answers)).toEqual(Array(4).fill("SIGN_IN_BUSY"));
  });
});
